/**
 * Watches a provisioning for a command and tells its end: progress while it runs, then ledger, outputs and next step, or
 * one JSON document. Shared by `provision` and `cancel --wait`.
 */

import type { ProvisionHandle } from '../client/handle.js';
import type { Ledger } from '../contract/ledger.js';
import type { ProvisionResult } from '../contract/plan.js';
import { decideCommands, waiting } from './decide.js';
import { EXIT, type ExitCode } from './exit.js';
import { exitOfOutcome } from './failure-of.js';
import { causeText, firstCause, ledgerLines, outcomeLines } from './ledger-table.js';
import type { Output } from './output.js';
import { printable } from './printable.js';
import { chooseView, SilentView } from './progress.js';
import { type WatchEnd, watch } from './watch.js';

export interface FollowOptions {
  readonly output: Output;
  readonly signal: AbortSignal;
  /** The plan's name, for the commands that the user may type next. */
  readonly plan: string;
  readonly next: (command: string) => string;
}

export async function follow(handle: ProvisionHandle, options: FollowOptions): Promise<ExitCode> {
  const { output, signal } = options;
  const view = output.json ? new SilentView() : chooseView({ stream: process.stdout });
  const end = await watch(handle, { view, signal });
  return await tell(handle, end, options);
}

async function tell(handle: ProvisionHandle, end: WatchEnd, options: FollowOptions): Promise<ExitCode> {
  const { output, plan } = options;
  const { workflowId, runId } = handle;
  switch (end.end) {
    case 'left':
      output.document({ plan, workflowId, runId, outcome: null, left: true });
      output.note(`Stopped watching; the workflow runs on. See it with: ${options.next(`status ${plan}`)}`);
      output.note('The same command attaches to it again.');
      return EXIT.interrupted;
    case 'parked': {
      const attention = waiting(end.ledger);
      const error = `needs an operator: ${attention.join(', ')}`;
      output.document({ plan, workflowId, runId, outcome: null, error, attention, ledger: end.ledger });
      showLedger(output, end.ledger);
      output.note(`The workflow stays open and ${error}. See it with: ${options.next(`status ${plan}`)}`);
      for (const command of decideCommands(end.ledger, plan, options.next)) output.note(`  ${command}`);
      return EXIT.operator;
    }
    case 'provisioned': {
      const ledger = await handle.ledger();
      const manifest = output.json ? await handle.manifest() : undefined;
      output.document({ plan, workflowId, runId, outcome: 'Provisioned', result: end.result, ledger, manifest });
      showLedger(output, ledger);
      showOutputs(output, end.result, Object.keys(ledger.steps));
      for (const line of outcomeLines('Provisioned')) output.line(line);
      return EXIT.provisioned;
    }
    case 'failed': {
      const { outcome, message, ledger, facts, problems } = end.failure;
      const found = { ...(facts && { cause: facts }), ...(problems.length > 0 && { problems }) };
      const said = outcome === 'Deprovisioned' ? { message } : { error: message };
      output.document({ plan, workflowId, runId, outcome, ...said, ...found, ledger: ledger ?? null });
      if (ledger) showLedger(output, ledger);
      if (outcome !== 'Deprovisioned') output.line(printable(message)); // said below
      if (facts && !(ledger && firstCause(ledger))) output.line(`Cause: ${causeText(facts)}`);
      for (const problem of problems) output.line(`  ${printable(`${problem.path}: ${problem.message}`)}`);
      for (const line of outcomeLines(outcome)) output.line(line);
      return exitOfOutcome(outcome);
    }
  }
}

function showLedger(output: Output, ledger: Ledger): void {
  output.line();
  for (const line of ledgerLines(ledger)) output.line(line);
  output.line();
}

/** Every output of every step, in the plan's order; ids and names, and nothing secret can be among them. */
export function showOutputs(output: Output, result: ProvisionResult, steps: readonly string[]): void {
  for (const step of steps) {
    const { id, ...others } = result[step] ?? {};
    for (const [name, value] of Object.entries({ id, ...others })) {
      output.line(`${step}.${name} = ${printable(typeof value === 'string' ? value : JSON.stringify(value))}`);
    }
  }
  output.line();
}
