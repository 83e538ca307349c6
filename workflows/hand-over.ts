/**
 * Ends a run by the next one of its chain. A run is pinned to the worker version that began it; between two runs nothing is in
 * flight and all that counts is carried, so there the chain may move on to the version that has become current.
 */
import { type ContinueAsNewOptions, makeContinueAsNewFunc, workflowInfo } from '@temporalio/workflow';
import type { Book } from './book.js';
import { isReset } from './reset.js';

/** An undo belongs to its creates: it stays on their version. */
export async function handOver(book: Book): Promise<never> {
  return await continueWith(book, {});
}

/** What is provisioned moves to the version that is current. */
export async function moveOn(book: Book): Promise<never> {
  return await continueWith(book, isOutdated() ? { initialVersioningBehavior: 'AUTO_UPGRADE' } : {});
}

async function continueWith(book: Book, options: ContinueAsNewOptions): Promise<never> {
  const { memo } = workflowInfo();
  // Given anew, so that it is encrypted anew: the server would copy it as it is, under a key that may be taken out by then.
  const next = makeContinueAsNewFunc({ ...options, ...(memo && { memo }) });
  return await next(book.plan, book.carry({ reset: isReset() || book.resetBefore }));
}

/** Another worker version has become current. Never so where workers have no versions. */
export function isOutdated(): boolean {
  return workflowInfo().targetWorkerDeploymentVersionChanged;
}
