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
import type { Cause, Ledger, StepState } from '../contract/ledger.js';
import { CANCEL_SELF, MEMO } from '../contract/names.js';
import type { ProvisionResult } from '../contract/plan.js';
import type { StopCause } from '../contract/steps.js';
import type { Book } from './book.js';
import { MAX_MESSAGE, RESOLVE } from './policies.js';

const NEXT: Readonly<Partial<Record<FailureType, string>>> = {
  InvalidRequest: 'correct the plan, then',
  AccessDenied: 'grant the permission, then',
  AlreadyExists: 'choose another name or ifExists adopt, then',
  NotFound: 'check what the plan refers to, then',
  NotEmpty: 'clear what is inside, then',
  ServiceLimitExceeded: 'free or raise the quota, then',
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

/** Nothing was called: every problem with its path in `details[0]`. */
export function notStarted(type: CloseType, problems: readonly Problem[], ledger?: Ledger): ApplicationFailure {
  const first = problems[0];
  const more = problems.length > 1 ? ` and ${problems.length - 1} more in the details` : '';
  const where = first?.path ? `${first.path}: ` : '';
  const head = type === 'InvalidPlan' ? 'Not started: the plan is invalid.' : 'Not started:';
  return bare({
    type,
    message: sentence(head, `${where}${first?.message ?? ''}${more}`, 'Nothing was called.'),
    details: [problems, ...(ledger ? [ledger] : [])],
  });
}

/** After an undo: returns what is left of a plan that was deprovisioned, and throws every other end. */
export async function closeUndone(book: Book): Promise<ProvisionResult> {
  const { stop } = book;
  const abandoned = Object.keys(book.steps).filter((key) => book.state(key) === 'abandoned');
  if (abandoned.length > 0) throw abandonedFailure(book, abandoned);
  if (stop?.by === 'failure') throw rolledBack(book, stop);
  const deprovisioned = stop?.by === 'deprovision';
  book.close(deprovisioned ? 'Deprovisioned' : 'Cancelled');
  // Neither close carries details; the memo can be read without a worker.
  upsertMemo({ [MEMO.ledger]: book.ledger() });
  if (deprovisioned) return keptOutputs(book);
  if (!CancellationScope.current().consideredCancelled) await cancelSelf();
  throw new CancelledFailure('Cancelled and rolled back');
}

function rolledBack(book: Book, { step, cause }: Extract<StopCause, { readonly by: 'failure' }>): ApplicationFailure {
  book.close('RolledBack');
  const count = (wanted: StepState) => Object.values(book.steps).filter(({ state }) => state === wanted).length;
  const undone = count('deleted');
  const kept = count('kept');
  const left = kept > 0 ? `${kept} kept` : 'nothing left behind';
  const tail = `Undone ${undone} of ${undone}, ${left}. Next: ${NEXT[cause.type] ?? 'when it works again,'} start it again.`;
  return bare({
    type: 'RolledBack',
    message: sentence(`Rolled back: ${step} failed.`, cause.message, tail),
    details: [book.ledger()],
    cause: asFailure(cause),
  });
}

/** Whatever the undo was for: that something may be alive comes first. */
function abandonedFailure(book: Book, steps: readonly string[]): ApplicationFailure {
  book.close('Abandoned');
  const cause = book.stop?.by === 'failure' ? book.stop.cause : steps.map((key) => book.step(key).cause).find(Boolean);
  const [first = '', ...others] = steps;
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  const tail = 'Next: look at the cloud console, delete by hand.';
  return bare({
    type: 'Abandoned',
    message: sentence(
      `Abandoned: ${first}${more} may be alive.`,
      book.step(first).cause?.message ?? 'an operator let go',
      tail,
    ),
    details: [book.ledger()],
    ...(cause && { cause: asFailure(cause) }),
  });
}

/** What is kept is all that is left of the result. */
function keptOutputs(book: Book): ProvisionResult {
  return Object.fromEntries(Object.entries(book.outputs).filter(([key]) => book.state(key) === 'kept'));
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
