/**
 * A managed plan: the run stays open as the owner of what it made, looks at it at an interval, and gives it up when its
 * time is over, when an operator says so, or on a cancel. It continues as new, so that its history stays small, and so that
 * no worker version has to live as long as what it provisioned.
 */
import { allHandlersFinished, CancellationScope, condition, workflowInfo } from '@temporalio/workflow';
import type { Drift, Verified } from '../contract/drift.js';
import type { Book } from './book.js';
import { isOutdated, moveOn } from './hand-over.js';
import { lookAt } from './look.js';
import { DIFFERENCES_KEPT, LOOKS_A_RUN } from './policies.js';
import { isReset } from './reset.js';

/** Resolves when the resources are to be undone: why stands in `book.stop`. */
export async function ownResources(book: Book): Promise<void> {
  const { managed } = book.resolved;
  if (!managed) return;
  book.provisionedAt ??= Date.now();
  const end = book.provisionedAt + (managed.ttlMs ?? Number.POSITIVE_INFINITY);
  let reading: CancellationScope | undefined;
  book.whenStopped(() => reading?.cancel());
  await CancellationScope.nonCancellable(async () => {
    for (let looks = 1; !book.stop; looks++) {
      // After a reset the run before may have given some of it up: that is told at once.
      if (looks > 1 || !isReset()) await rest(book, Math.min(managed.verifyEveryMs, end - Date.now()));
      reading = new CancellationScope();
      if (Date.now() >= end) book.stopFor({ by: 'deprovision', includeProtected: false });
      if (!book.stop) await look(book, reading);
      if (!book.stop && (looks >= LOOKS_A_RUN || workflowInfo().continueAsNewSuggested || isOutdated()))
        await goOn(book);
    }
  });
  book.reopen();
  // What differed is deleted now, like the rest: nobody has to decide over it any more.
  for (const [key, { attention }] of Object.entries(book.steps)) if (attention) book.calm(key);
}

async function rest(book: Book, ms: number): Promise<void> {
  const stopped = () => book.stop !== undefined;
  // A timer of no length is no timer.
  if (ms > 0) await condition(stopped, ms, { summary: 'OWNED: send update deprovision to give up' });
}

async function goOn(book: Book): Promise<void> {
  // Whoever sent a move gets an answer from the run that took it.
  await condition(allHandlersFinished);
  if (book.stop) return;
  await moveOn(book);
}

/** Every step at once; ended early where the plan is given up meanwhile. */
async function look(book: Book, reading: CancellationScope): Promise<void> {
  await Promise.all(
    book.resolved.steps.map(async (step) => {
      const { key } = step;
      const drift = await reading.run(() => lookAt(book, step, book.step(key)));
      if (!book.stop) tell(book, key, drift);
    }),
  );
}

function tell(book: Book, key: string, { compared: _compared, ...drift }: Drift): void {
  // The ledger is handed on to the next run whole, beside the plan: `provisioner verify` tells all.
  const differences = drift.differences.slice(0, DIFFERENCES_KEPT);
  const verified: Verified = { ...drift, differences, at: new Date().toISOString() };
  book.note(key, { verified });
  const reason = whatIsWrong(drift);
  if (reason !== undefined) book.park(key, { reason, moves: ['deprovision'] });
  else if (book.step(key).attention) book.calm(key);
}

function whatIsWrong({ verdict, differences, why }: Omit<Drift, 'compared'>): string | undefined {
  switch (verdict) {
    case 'missing':
      return `is missing in its cloud${why === undefined ? '' : `: ${why}`}`;
    case 'differs':
      return `differs from the plan in ${someOf(differences.map(({ field }) => field))}`;
    case 'unread':
      return `could not be looked at: ${why ?? 'no reason known'}`;
    case 'same':
    case 'skipped':
      return undefined;
  }
}

function someOf(fields: readonly string[]): string {
  const more = fields.length - DIFFERENCES_KEPT;
  return `${fields.slice(0, DIFFERENCES_KEPT).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
