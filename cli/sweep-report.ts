/** A sweep's report as lines for people, and the exit code that it deserves. */
import pc from 'picocolors';
import type { Finding, SweepAct, SweepProblem, SweepReport } from '../contract/sweep.js';
import { EXIT, type ExitCode } from './exit.js';
import { causeText } from './ledger-table.js';
import { printable } from './printable.js';

/** 3 where somebody has to look. Unknown owners alone are none: what outlives its workflow's retention becomes one. */
export function exitOfReport(report: SweepReport): ExitCode {
  const { counts, acted, problems } = report;
  const orphansLeft = report.delete ? acted.failed : counts.orphan;
  return orphansLeft + problems.length > 0 ? EXIT.operator : EXIT.provisioned;
}

export function reportLines(report: SweepReport, next: (command: string) => string): string[] {
  const { counts, acted, acts, orphans, unknown, problems, skipped, simulated } = report;
  const failed = acts.filter(({ result }) => result === 'failed' || result === 'left');
  const findings = report.delete ? acts : orphans;
  const inAll = report.delete ? Object.values(acted).reduce((sum, count) => sum + count, 0) : counts.orphan;
  return [
    ...(simulated.length > 0 ? [`On the simulator, nothing real is touched: ${simulated.join(', ')}`] : []),
    `${counts.live} owned and live, ${counts.kept} kept, ${counts.young} within the grace time, ` +
      `${counts.unmarked + counts.elsewhere} not ours`,
    ...section(pc.red, inAll === 1 ? 'orphan' : 'orphans', inAll, findings),
    ...section(pc.yellow, 'with an unknown owner, never deleted', counts.unknown, unknown),
    ...problemLines(pc.red('Could not be listed:'), problems),
    ...problemLines(pc.dim('Not listed:'), skipped),
    report.delete
      ? `Deleted ${acted.deleted}, gone already ${acted.gone}, left alone ${acted.left}, failed ${acted.failed}.`
      : counts.orphan === 0
        ? 'No orphans.'
        : `Nothing was deleted. To delete the orphans: ${next('sweep --delete')}`,
    ...(failed.length > 0 ? ['What is left is looked at again by the next sweep.'] : []),
  ];
}

export function actLine(act: SweepAct): string {
  return `${act.result}  ${place(act)}${reason(act)}`;
}

function section(
  paint: (text: string) => string,
  what: string,
  count: number,
  findings: readonly (Finding | SweepAct)[],
): string[] {
  if (count === 0) return [];
  const more = count > findings.length ? [`  and ${count - findings.length} more`] : [];
  return [
    paint(`${count} ${what}`),
    ...findings.map((finding) =>
      'result' in finding ? `  ${actLine(finding)}` : `  ${place(finding)}: ${finding.why}`,
    ),
    ...more,
  ];
}

function place({ connection, kind, id, name, owner }: Finding): string {
  const words = [connection, kind, name, id, `of ${owner.workflowId}/${owner.step}`];
  return words.map(printable).join('  ');
}

function reason(act: SweepAct): string {
  if (act.result === 'failed') return `: ${causeText(act.cause)}`;
  return act.result === 'left' ? `: ${act.why}` : '';
}

function problemLines(title: string, problems: readonly SweepProblem[]): string[] {
  return problems.map(({ connection, kind, message }) => `${title} ${connection}  ${kind}: ${printable(message)}`);
}
