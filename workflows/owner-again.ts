/**
 * A plan's own run that is reset while it is deprovisioned may make again what was deleted already, under the same marker. So
 * before the end it is asked whether it ran, and then everything is looked for once more.
 */
import { condition, proxyLocalActivities, workflowInfo } from '@temporalio/workflow';
import type { OwnersState } from '../contract/deprovision.js';
import { OWNERS_SINCE } from '../contract/names.js';
import type { Owner } from '../contract/steps.js';
import type { Book } from './book.js';
import { parkedFor, READ_OWNER } from './policies.js';
import { undoSteps } from './undo-steps.js';

/** Resolves when nothing that the owners made since is left. */
export async function undoWhatCameBack(book: Book): Promise<void> {
  // Of a chain of runs the first one's start is what counts, which its clock told.
  let since = workflowInfo().startTime.getTime();
  for (let waits = 1; ; ) {
    const state = await ask(book, since);
    if (state === 'closed') return;
    if (state === 'open') {
      await waitForOwner(book, waits++);
      continue;
    }
    since = Date.now();
    book.resetBefore = true;
    await undoSteps(book);
  }
}

async function waitForOwner(book: Book, waits: number): Promise<void> {
  book.parkPlan({ reason: 'its own run is open again, and may make again what was deleted', moves: [] });
  await condition(() => false, parkedFor(waits), { summary: 'PARKED: the plan’s own run is open' });
  book.parkPlan();
}

async function ask({ resolved }: Book, since: number): Promise<OwnersState> {
  type Local = Record<string, (owners: readonly Omit<Owner, 'step'>[], since: number) => Promise<OwnersState>>;
  const owners = resolved.steps.flatMap((step) => (step.owner ? [step.owner] : resolved.owner ? [resolved.owner] : []));
  const named = [
    ...new Map(owners.map(({ namespace, workflowId, runId }) => [runId, { namespace, workflowId, runId }])),
  ];
  const ownersSince = proxyLocalActivities<Local>(READ_OWNER)[OWNERS_SINCE] as Local[string];
  return await ownersSince(
    named.map(([, owner]) => owner),
    since,
  );
}
