/** The saga: resolve the plan, create its steps, and if anything stops that, undo them until nothing of ours is alive. */
import { CancellationScope, proxyLocalActivities, workflowInfo } from '@temporalio/workflow';
import { RESOLVE_PLAN } from '../contract/names.js';
import type { Plan, ProvisionResult } from '../contract/plan.js';
import type { Carried, Resolution, RunFacts } from '../contract/steps.js';
import { awaitApproval } from './approval.js';
import { isContinued, killers } from './beginning.js';
import { Book, showUnstarted } from './book.js';
import { closeUndone, notStarted } from './closing.js';
import { createSteps } from './create-steps.js';
import { Desk } from './desk.js';
import { ownResources } from './own-resources.js';
import { RESOLVE } from './policies.js';
import { isReset, verifyLiveSteps } from './reset.js';
import { undoSteps } from './undo-steps.js';
import { answerWaiters } from './wait-for-step.js';

/**
 * Provisions every resource of `plan`, or leaves nothing of ours alive.
 *
 * @returns Each step's outputs; `id` is always a string.
 * @throws ApplicationFailure `InvalidPlan`, `Misconfigured` or `Rejected` before any cloud was called, problems in `details[0]`;
 *   `Abandoned`, with the ledger in `details[0]`, where an operator let go of a resource;
 *   `RolledBack` with the ledger in `details[0]` and the first cause as its cause. After a cancel it closes as
 *   Cancelled, with the ledger in the memo.
 */
export async function provision(plan: Plan, carried?: Carried): Promise<ProvisionResult> {
  const desk = new Desk();
  answerWaiters(() => desk.book);
  const book = desk.open(carried && isContinued() ? new Book(plan, carried.plan, carried) : await open(plan));
  watchForCancel(book);
  if (!book.stop && book.provisionedAt === undefined) {
    if (book.resolved.approval) await awaitApproval(book);
    if (!book.stop) await createSteps(book);
  }
  // What is owned already is looked at, and told: one resource that is missing is no reason to delete the others.
  if (!book.stop && isReset() && book.provisionedAt === undefined) await verifyLiveSteps(book);
  if (!book.stop) {
    book.close('Provisioned');
    if (book.resolved.managed) await ownResources(book);
  }
  if (!book.stop) await desk.close();
  if (!book.stop) return book.outputs;
  await undoSteps(book);
  await desk.close();
  return await closeUndone(book);
}

/** Kept as a flag: a cancel in back-off, with a dead worker and with a failing attempt are three different errors. */
function watchForCancel(book: Book): void {
  const run = CancellationScope.current();
  if (run.consideredCancelled) book.stopFor({ by: 'cancel' });
  run.cancelRequested.catch(() => book.stopFor({ by: 'cancel' }));
}

/** Not cancellable: a cancel this early finds nothing to undo, and closes as Cancelled with a ledger like any other. */
function open(plan: Plan): Promise<Book> {
  type Local = Record<string, (plan: Plan, run: RunFacts) => Promise<Resolution>>;
  const check = proxyLocalActivities<Local>(RESOLVE)[RESOLVE_PLAN] as Local[string];
  return CancellationScope.nonCancellable(async () => {
    showUnstarted(plan);
    let resolution: Resolution;
    try {
      const run = { firstRunId: workflowInfo().firstExecutionRunId, killers: killers() };
      resolution = await check(plan ?? null, run);
    } catch (error) {
      const message = `the worker cannot check plans: ${(error as Error).message}`;
      throw notStarted('Misconfigured', [{ path: '', message }]);
    }
    if ('plan' in resolution) return new Book(plan, resolution.plan);
    showUnstarted(plan, resolution);
    throw notStarted('InvalidPlan', resolution.problems);
  });
}
