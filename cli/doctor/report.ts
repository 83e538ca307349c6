/** Findings as lines for people: a sign, what was looked at, how it is, and below it what to do. */
import pc from 'picocolors';
import type { Finding, Level } from './finding.js';

const SIGNS: Readonly<Record<Level, string>> = {
  fine: pc.green('✓'),
  warning: pc.yellow('!'),
  failure: pc.red('✗'),
  unchecked: pc.dim('·'),
};

export function findingLines(findings: readonly Finding[]): readonly string[] {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const areas = [...new Set(findings.map(({ area }) => area))];
  return areas.flatMap((area) => [
    pc.bold(area),
    ...findings.filter((finding) => finding.area === area).flatMap((finding) => linesOf(finding, width)),
  ]);
}

function linesOf({ check, level, says, remedy }: Finding, width: number): readonly string[] {
  const line = `  ${SIGNS[level]} ${check.padEnd(width)}  ${says}`;
  return remedy === undefined ? [line] : [line, `    ${' '.repeat(width)}  ${pc.dim(`→ ${remedy}`)}`];
}

export function summaryLine(findings: readonly Finding[]): string {
  const count = (level: Level) => findings.filter((finding) => finding.level === level).length;
  const failures = count('failure');
  const warnings = count('warning');
  if (failures === 0 && warnings === 0) return 'All is well.';
  return `${failures} to mend, ${warnings} to look at, ${count('unchecked')} not checked.`;
}
