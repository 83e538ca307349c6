/** `provisioner status NAME`: the ledger, the outcome, the cause and the next step, with or without a worker alive. */
import { Command } from 'commander';
import type { LedgerReading } from '../../activities/owner/read-ledger.js';
import { failureOf } from '../../client/failure-of.js';
import type { Run } from '../../client/run.js';
import type { Outcome, Problem } from '../../contract/failures.js';
import type { Cause } from '../../contract/ledger.js';
import { WORKFLOW } from '../../contract/names.js';
import { type Context, finish, nextCommand } from '../context.js';
import { decideCommands, waiting } from '../decide.js';
import { EXIT, type ExitCode } from '../exit.js';
import { exitOfOutcome } from '../failure-of.js';
import { addHelp, SERVER } from '../help-text.js';
import { causeText, firstCause, ledgerLines, outcomeLines } from '../ledger-table.js';
import type { Output } from '../output.js';
import { printable } from '../printable.js';
import { withServer } from '../server.js';
import { uiLink } from '../ui-link.js';

export function statusCommand(): Command {
  const command = new Command('status')
    .description('show the ledger of a plan, how it ended, and what to do next')
    .argument('<name>', 'the name of the plan')
    .action((name: string, _options: object, command: Command) => finish(command, (context) => status(context, name)));
  return addHelp(command, {
    exits: {
      ...SERVER,
      provisioned: 'running or provisioned',
      undone: 'rolled back or cancelled',
      invalid: 'invalid input, the plan is unknown, or it was never started',
      operator: 'needs an operator, or abandoned',
    },
    example: 'status flagship',
  });
}

interface Status {
  readonly plan: string;
  readonly run: Run;
  readonly reading: LedgerReading | undefined;
  readonly simulated: readonly string[];
  readonly outcome: Outcome | undefined;
  /** What it provisioned was given up since. */
  readonly deprovisioned: boolean;
  readonly attention: readonly string[];
  readonly message: string | undefined;
  readonly cause: Cause | undefined;
  readonly problems: readonly Problem[];
  readonly ui: string | undefined;
  readonly next: (command: string) => string;
}

async function status({ output, global }: Context, name: string): Promise<ExitCode> {
  return await withServer(global, async ({ provisioner, address, namespace }) => {
    const handle = await provisioner.acting(name);
    const run = await handle.describe();
    const reading = await handle.findLedger();
    const outcome = await handle.outcome();
    const simulated = await handle.simulated();
    const failure = outcome === undefined || outcome === 'Provisioned' ? undefined : await failureOf(handle);
    const found: Status = {
      plan: name,
      run,
      reading,
      simulated,
      outcome,
      deprovisioned: outcome === 'Provisioned' && (await provisioner.givenUp(name, handle.runId)) === 'done',
      attention: outcome === undefined && reading ? waiting(reading.ledger) : [],
      message: failure?.message,
      cause: failure?.facts ?? (reading && firstCause(reading.ledger)),
      problems: failure?.problems ?? [],
      next: (command) => nextCommand(global, command),
      ui: await uiLink({ address, namespace, workflowId: run.workflowId, runId: run.runId }),
    };
    output.document(asDocument(found));
    show(output, found);
    if (outcome !== undefined) return exitOfOutcome(outcome);
    return found.attention.length > 0 ? EXIT.operator : EXIT.provisioned;
  });
}

function asDocument({
  plan,
  run,
  reading,
  simulated,
  outcome,
  deprovisioned,
  attention,
  message,
  cause,
  problems,
  ui,
}: Status): object {
  return {
    plan,
    workflowId: run.workflowId,
    runId: run.runId,
    status: run.status,
    cancelRequested: run.cancelRequested,
    outcome: outcome ?? null,
    ...(deprovisioned && { deprovisioned }),
    attention,
    ...(simulated.length > 0 && { simulated }),
    ...(message !== undefined && { message }),
    ...(cause && { cause }),
    ...(problems.length > 0 && { problems }),
    ledger: reading?.ledger ?? null,
    ledgerSource: reading?.source ?? null,
    startTime: run.startTime,
    closeTime: run.closeTime ?? null,
    ...(ui !== undefined && { ui }),
  };
}

function show(output: Output, found: Status): void {
  const { plan, run, reading, simulated, outcome, message, cause, problems, ui } = found;
  output.line(`Plan ${plan}, workflow ${run.workflowId}, run ${run.runId}`);
  if (simulated.length > 0) output.line(`On the simulator, nothing real is touched: ${simulated.join(', ')}`);
  output.line(`Started ${run.startTime.toISOString()}${run.closeTime ? `, ended ${run.closeTime.toISOString()}` : ''}`);
  output.line();
  for (const line of reading ? ledgerLines(reading.ledger) : ['There is no ledger: it was not started with a plan.']) {
    output.line(line);
  }
  output.line();
  if (outcome === undefined && reading?.source === 'history') {
    output.note('No worker answers, so this is what the history tells. Start one with: provisioner worker');
  }
  if (message !== undefined) output.line(printable(message));
  if (cause && !(reading && firstCause(reading.ledger))) output.line(`Cause: ${causeText(cause)}`);
  for (const problem of problems) output.line(`  ${printable(`${problem.path}: ${problem.message}`)}`);
  tellWhere(output, found);
  if (ui !== undefined) output.line(ui);
}

function tellWhere(output: Output, { plan, run, reading, outcome, deprovisioned, attention, next }: Status): void {
  if (deprovisioned) output.line('Deprovisioned since: what it provisioned is deleted again, but what was to be kept.');
  else if (outcome !== undefined) for (const line of outcomeLines(outcome)) output.line(line);
  else if (attention.length > 0 && reading) tellWaiting(output, plan, attention, reading, next);
  else if (run.type === WORKFLOW.deprovision) output.line('Running: what was provisioned is being deleted again.');
  else if (reading?.ledger.outcome === 'Provisioned') tellOwned(output, plan, next);
  else if (run.cancelRequested) output.line('Running, and cancelled: what was made is being deleted again.');
  else output.line(`Running. To undo everything: ${next(`cancel ${plan}`)}`);
}

function tellWaiting(
  output: Output,
  plan: string,
  attention: readonly string[],
  { ledger }: LedgerReading,
  next: Status['next'],
): void {
  output.line(`Running, and needs an operator: ${attention.join(', ')}.`);
  const commands = decideCommands(ledger, plan, next);
  if (commands.length > 0) output.line('To decide, one of:');
  for (const command of commands) output.line(`  ${command}`);
}

function tellOwned(output: Output, plan: string, next: Status['next']): void {
  output.line('Provisioned and managed: it stays open as the owner of its resources.');
  output.line(`To give them up: ${next(`deprovision ${plan} --why WHY`)}`);
}
