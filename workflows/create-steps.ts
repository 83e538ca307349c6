/**
 * Forward: start each step when what it needs is live, independent ones at once. At the first failure or cancel start
 * nothing new, cancel what is in flight, and wait for its answer: a create in flight is never abandoned. With
 * `onFailure: pause` a failed step parks instead, and nothing new starts until an operator has decided.
 */
import { CancellationScope, condition, isCancellation, workflowInfo } from '@temporalio/workflow';
import type { CreateInput, CreateResult, ResolvedStep } from '../contract/steps.js';
import { readReport } from './activity-report.js';
import type { Book } from './book.js';
import { createOptions, PAUSE_TICK } from './policies.js';
import { isReset } from './reset.js';
import { callStep } from './step-activity.js';

/**
 * Resolves when nothing is in flight any more. Whether everything is live stands in `book.stop`.
 *
 * Each promise of a workflow costs a stack trace in the SDK (temporalio/sdk-typescript#1587), so none is made here that says nothing.
 */
export async function createSteps(book: Book): Promise<void> {
  const forward = new CancellationScope();
  book.whenStopped(() => forward.cancel());
  const settled = new Map<string, Promise<void>>();
  for (const [index, step] of book.resolved.steps.entries()) {
    const needs = step.dependsOn.map((key) => settled.get(key));
    settled.set(
      step.key,
      bringLive(book, step, needs, () => forward.run(() => createStep(book, step, index))),
    );
  }
  await Promise.all(settled.values());
}

/** Resolves when the step is live, or the run is stopped. */
async function bringLive(
  book: Book,
  step: ResolvedStep,
  needs: readonly (Promise<void> | undefined)[],
  create: () => Promise<boolean>,
): Promise<void> {
  const { key } = step;
  // What it needs is live then, unless the run was stopped.
  // Waited for in one way by all, so that steps that can begin at the same moment do so in the plan's order, as in histories.
  if (needs.length > 0) await Promise.all(needs);
  if (isPaused(book)) await uncancelled(() => condition(() => book.stop !== undefined || !isPaused(book)));
  while (!book.stop) {
    if (await create()) return;
    if (book.stop) return;
    if (book.resolved.onFailure === 'rollback') return stopForFailure(book, step);
    await uncancelled(() => decided(book, key));
    if (book.state(key) === 'live') return;
  }
}

/**
 * Only creates hear of a cancel: a wait that a cancel ends by an error would skip the undo. The wait hears of it through the book.
 * Not inside the creates' scope: a history without the SDK's flag for it is not even shielded by this from what cancels a parent.
 */
function uncancelled<Result>(wait: () => Promise<Result>): Promise<Result> {
  return CancellationScope.nonCancellable(wait);
}

function isPaused(book: Book): boolean {
  return Object.values(book.steps).some(({ attention }) => attention?.moves.includes('rollback'));
}

function stopForFailure(book: Book, { key }: ResolvedStep): void {
  const { cause } = book.step(key);
  if (cause) book.stopFor({ by: 'failure', step: key, cause });
}

async function createStep(book: Book, step: ResolvedStep, index: number): Promise<boolean> {
  const { key } = step;
  const { length } = book.resolved.steps;
  // An operator has it made again: what an earlier create may have made comes first.
  const fresh = book.state(key) !== 'uncertain';
  // Written down before the call: whatever happens now, the undo knows.
  book.move(key, 'creating');
  try {
    const result = await callStep<CreateInput, CreateResult>(book, step, {
      verb: 'create',
      summary: `${index + 1} of ${length} ${key}`,
      options: createOptions(length),
      input: { originalRun: !isReset() && fresh, scheduledBy: workflowInfo().runId },
    });
    recordLive(book, key, result);
    return true;
  } catch (error) {
    recordFailure(book, step, error);
    return false;
  }
}

function recordLive(book: Book, key: string, { outputs, adopted, requestId, resent, unmarked }: CreateResult): void {
  book.outputs[key] = outputs;
  // What is adopted has no id to be undone by.
  book.traces[key] = { ...(!adopted && { id: outputs.id }), resent, endedAt: Date.now() };
  book.move(key, 'live', {
    id: outputs.id,
    ...(adopted && { adopted }),
    ...(requestId !== undefined && { requestId }),
  });
  if (unmarked) {
    const reason = 'its marker cannot be read back, so only this id proves whose it is';
    book.park(key, { reason, moves: [] });
  }
}

function recordFailure(book: Book, step: ResolvedStep, error: unknown): void {
  const { cause, sent, id = book.traces[step.key]?.id, resent } = readReport(error, step);
  const { key } = step;
  book.traces[key] = { ...(id !== undefined && { id }), resent, endedAt: Date.now() };
  // A step that stopped because the run was stopped is not a cause of its own.
  const facts = { ...(id !== undefined && { id }), ...(!(book.stop && isCancellation(error)) && { cause }) };
  book.move(key, sent === 'never' || sent === 'refused' ? 'refused' : 'uncertain', facts);
}

/** `onFailure: pause`: what is live stays, nothing new starts, and a person decides over the step or the plan. */
async function decided(book: Book, key: string): Promise<void> {
  const { cause } = book.step(key);
  book.park(key, {
    reason: `its create failed: ${cause?.message ?? 'no reason known'}`,
    moves: ['retry', 'adopt', 'skip', 'rollback'],
    ...(cause?.requestId !== undefined && { requestId: cause.requestId }),
  });
  const over = () => book.stop !== undefined || book.asked.has(key) || book.state(key) === 'live';
  const summary = `PARKED ${key}: send update retry, adopt, skip or rollback`;
  while (!over()) await condition(over, PAUSE_TICK, { summary });
  book.asked.delete(key);
  book.calm(key);
}
