/** `approval: required`: before the first create the run shows its plan and waits for a person to say yes or no. */
import { CancellationScope, condition } from '@temporalio/workflow';
import type { Book } from './book.js';
import { notStarted } from './closing.js';
import { PAUSE_TICK } from './policies.js';
import { isReset } from './reset.js';

/** For a plan that asks for it. Resolves when it is approved, or the run is stopped. Throws what the run closes with where it is rejected. */
export async function awaitApproval(book: Book): Promise<void> {
  const steps = book.resolved.steps.length;
  const reason = `waits for approval before ${steps === 1 ? 'its resource is' : `its ${steps} resources are`} created`;
  book.parkPlan({ reason, moves: ['approve', 'reject'] });
  const over = () => book.stop !== undefined || book.decision !== undefined;
  await CancellationScope.nonCancellable(async () => {
    const summary = 'PARKED: send update approve or reject';
    while (!over()) await condition(over, PAUSE_TICK, { summary });
  });
  if (!book.decision) book.parkPlan();
  if (book.stop || book.decision?.move !== 'reject') return;
  // The run before the reset may have been approved: what it made is undone, as after a cancel.
  if (isReset()) return book.stopFor({ by: 'cancel' });
  const { by, why } = book.decision;
  book.close('NotStarted');
  throw notStarted('Rejected', [{ path: '', message: `rejected by ${by}: ${why}` }], book.ledger());
}
