/** How a run ends, in words that must not mislead: outcome first, next step last, as much as the Temporal UI shows. */
import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  proxyLocalActivities,
  sleep,
  upsertMemo,
} from '@temporalio/workflow';
import type { CloseType, FailureDetails, FailureType, Problem } from '../contract/failures.js';
import type { Cause } from '../contract/ledger.js';
import { CANCEL_SELF, MEMO } from '../contract/names.js';
import type { Book } from './book.js';
import { MAX_MESSAGE, RESOLVE } from './policies.js';

const NEXT: Readonly<Partial<Record<FailureType, string>>> = {
  InvalidRequest: 'correct the plan, then',
  AccessDenied: 'grant the permission, then',
  AlreadyExists: 'choose another name or ifExists adopt, then',
  NotFound: 'check what the plan refers to, then',
  NotEmpty: 'clear what is inside, then',
  ServiceLimitExceeded: 'raise the quota, then',
  NotStabilized: 'look at the cloud console, then',
  Misconfigured: 'correct the connection, then',
};

/** A failure without a stack: ours says nothing to an operator, and pushes the cause out of the UI's view. */
function bare(options: Parameters<typeof ApplicationFailure.create>[0]): ApplicationFailure {
  const failure = ApplicationFailure.create({ nonRetryable: true, ...options });
  failure.stack = '';
  return failure;
}

/** One line, without double quotes (the UI shows them as \"), no longer than it can show. */
function sentence(head: string, middle: string, tail: string): string {
  const clean = middle.replace(/"/g, "'").replace(/\s+/g, ' ').trim().replace(/\.$/, '');
  const room = MAX_MESSAGE - head.length - tail.length - 3;
  const cut = clean.length > room ? `${clean.slice(0, Math.max(0, room))}…` : `${clean}.`;
  return `${head} ${cut.charAt(0).toUpperCase()}${cut.slice(1)} ${tail}`;
}

function asFailure({ type, message, ...details }: Cause): ApplicationFailure {
  const facts: FailureDetails = details;
  return bare({ type, message, details: [facts] });
}

function undoneCount(book: Book): { undone: number; of: number; kept: number } {
  const states = Object.values(book.steps).map(({ state }) => state);
  const count = (...wanted: string[]) => states.filter((state) => wanted.includes(state)).length;
  return { undone: count('deleted'), of: count('deleted', 'abandoned'), kept: count('kept') };
}

/** Nothing was called: every problem with its path in `details[0]`. */
export function notStarted(type: CloseType, problems: readonly Problem[]): ApplicationFailure {
  const first = problems[0];
  const more = problems.length > 1 ? ` and ${problems.length - 1} more in the details` : '';
  const where = first?.path ? `${first.path}: ` : '';
  const head = type === 'InvalidPlan' ? 'Not started: the plan is invalid.' : 'Not started:';
  return bare({
    type,
    message: sentence(head, `${where}${first?.message ?? ''}${more}`, 'Nothing was called.'),
    details: [problems],
  });
}

/** Throws what the run closes with after an undo. */
export async function closeUndone(book: Book): Promise<never> {
  const { stop } = book;
  if (stop?.by === 'failure') {
    book.close('RolledBack');
    const { undone, of, kept } = undoneCount(book);
    const left = kept > 0 ? `${kept} kept` : 'nothing left behind';
    const tail = `Undone ${undone} of ${of}, ${left}. Next: ${NEXT[stop.cause.type] ?? 'when it works again,'} start it again.`;
    throw bare({
      type: 'RolledBack',
      message: sentence(`Rolled back: ${stop.step} failed.`, stop.cause.message, tail),
      details: [book.ledger()],
      cause: asFailure(stop.cause),
    });
  }
  book.close('Cancelled');
  // A Cancelled close carries no details; the memo can be read without a worker.
  upsertMemo({ [MEMO.ledger]: book.ledger() });
  if (!CancellationScope.current().consideredCancelled) await cancelSelf();
  throw new CancelledFailure('Cancelled and rolled back');
}

/** A cancel is not carried over by continue-as-new, and the server closes as Cancelled only what was cancelled. */
async function cancelSelf(): Promise<never> {
  type Local = Record<string, () => Promise<void>>;
  const cancel = proxyLocalActivities<Local>(RESOLVE)[CANCEL_SELF] as Local[string];
  for (;;) {
    await CancellationScope.nonCancellable(async () => cancel()).catch(() => undefined);
    // The cancel ends this wait; a server that could not be asked is asked again.
    await sleep('10 s');
  }
}
