/**
 * After `temporal workflow reset` the history may lie: what it calls live may have been undone by the run before, and
 * what it never started may exist. So a reset run takes stock of the clouds before it believes its own book.
 */
import { patched, workflowInfo } from '@temporalio/workflow';
import type { Cause } from '../contract/ledger.js';
import type { ResolvedStep, VerifyInput, VerifyResult } from '../contract/steps.js';
import { readReport } from './activity-report.js';
import type { Book } from './book.js';
import { deleteOptions } from './policies.js';
import { callStep } from './step-activity.js';

/** Names the marker that a reset run leaves where its own part of the history begins. */
const RESET = 'temporal-provisioner.reset';

/**
 * Whether this run was reset, asked where it matters. What it replays was decided by the run before, which was not: the
 * marker says from where on the answer is yes, and says it in every later replay, where the run ids may not (a replay of
 * an exported history runs under the original run's id).
 */
export function isReset(): boolean {
  const { runId, originalExecutionRunId, unsafe } = workflowInfo();
  return (unsafe.isReplaying || runId !== originalExecutionRunId) && patched(RESET);
}

/** Exported for the undo, which asks the same of what is to be kept and may not have been made. */
export async function verify(
  book: Book,
  step: ResolvedStep,
  how: Pick<VerifyInput, 'look' | 'since'>,
): Promise<VerifyResult> {
  const { id } = book.step(step.key);
  return callStep<VerifyInput, VerifyResult>(book, step, {
    verb: 'verify',
    summary: `verify ${step.key}`,
    options: deleteOptions(book.resolved.steps.length),
    input: { ...(id !== undefined && { id }), ...how },
  });
}

/** Before Provisioned: each live step must still be there. One that is missing stops the run, which then rolls back. */
export async function verifyLiveSteps(book: Book): Promise<void> {
  const live = book.resolved.steps.filter(({ key }) => book.state(key) === 'live');
  const since = Date.now();
  await Promise.all(
    live.map(async (step) => {
      const cause = await missing(book, step, since);
      if (!cause) return;
      book.move(step.key, 'uncertain', { cause });
      book.stopFor({ by: 'failure', step: step.key, cause });
    }),
  );
}

async function missing(book: Book, step: ResolvedStep, since: number): Promise<Cause | undefined> {
  try {
    const { found } = await verify(book, step, { look: 'usable', since });
    if (found) return undefined;
    return { type: 'NotFound', message: 'gone since this run was reset', provider: step.provider };
  } catch (error) {
    return readReport(error, step).cause;
  }
}

/**
 * Before an undo, and after one that was reset on its way: whatever another run of this chain may have created counts as
 * possibly made. A step waits for those it needs: the outputs of one that is found complete the specs of the others.
 */
export async function takeStock(book: Book): Promise<void> {
  const taken = new Map<string, Promise<void>>();
  const since = Date.now();
  for (const step of book.resolved.steps) {
    const needs = step.dependsOn.map((key) => taken.get(key));
    taken.set(
      step.key,
      Promise.all(needs).then(() => takeStockOf(book, step, since)),
    );
  }
  await Promise.all(taken.values());
}

async function takeStockOf(book: Book, step: ResolvedStep, since: number): Promise<void> {
  const { key } = step;
  if (!['planned', 'refused', 'deleted'].includes(book.state(key))) return;
  let outputs: VerifyResult | undefined;
  try {
    outputs = await verify(book, step, { look: 'anything', since });
  } catch {
    // Nobody knows: then the undo has to find out, and parks if it cannot either.
  }
  if (outputs?.found === false) return;
  if (outputs?.found) book.outputs[key] = outputs.outputs;
  const id = outputs?.found ? outputs.outputs.id : undefined;
  book.traces[key] = { ...(id !== undefined && { id }), resent: true, endedAt: Date.now() };
  book.move(key, 'uncertain', id !== undefined ? { id } : {});
}
