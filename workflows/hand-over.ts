/**
 * Ends a run by the next one of its chain. A run is pinned to the worker version that began it; between two runs nothing is in
 * flight and all that counts is carried, so there the chain may move on to the version that has become current.
 */
import { makeContinueAsNewFunc, workflowInfo } from '@temporalio/workflow';
import type { Book } from './book.js';
import { isReset } from './reset.js';

export async function handOver(book: Book): Promise<never> {
  const next = makeContinueAsNewFunc(isOutdated() ? { initialVersioningBehavior: 'AUTO_UPGRADE' } : {});
  return await next(book.plan, book.carry({ reset: isReset() || book.resetBefore }));
}

/** Another worker version has become current. Never so where workers have no versions. */
export function isOutdated(): boolean {
  return workflowInfo().targetWorkerDeploymentVersionChanged;
}
