/**
 * What a run that did not end as Provisioned says of itself, read from the error that its caller caught: a client, a parent
 * workflow, or whoever called it through Nexus. By shape and not by class, so that it needs no SDK and works on both sides.
 */
import { type CloseType, FAILURE_TYPES, type FailureDetails, type Outcome, type Problem } from './failures.js';
import type { Cause, Ledger } from './ledger.js';

/** How a run of ours ended that was not provisioned: what is left, why, and what was wrong. */
export interface CloseFailure {
  readonly outcome: Exclude<Outcome, 'Provisioned' | 'Deprovisioned'>;
  /** For people: the outcome, the cause and the next step in one sentence. */
  readonly message: string;
  /** Missing after a cancel (it is in the memo of the closed run) and where the run was ended from outside. */
  readonly ledger?: Ledger;
  /** The first thing that went wrong, in the provider's own evidence. A cancel has none. */
  readonly cause?: Cause;
  /** Only NotStarted: what was wrong with the plan or with the worker's configuration. */
  readonly problems?: readonly Problem[];
}

const OUTCOME_OF: Readonly<Record<CloseType, CloseFailure['outcome']>> = {
  RolledBack: 'RolledBack',
  Abandoned: 'Abandoned',
  InvalidPlan: 'NotStarted',
  InvalidRequest: 'NotStarted',
  Misconfigured: 'NotStarted',
  Rejected: 'NotStarted',
};

/** An error of Temporal's SDK, as much of it as matters here. */
interface Thrown {
  readonly name?: string;
  readonly message?: string;
  readonly type?: string | null;
  readonly details?: readonly unknown[] | null;
  readonly cause?: unknown;
}

/** What wraps a run's own failure on its way to a caller. */
const AROUND = ['WorkflowFailedError', 'ChildWorkflowFailure', 'NexusOperationFailure', 'OperationError'];

/** Undefined where `error` is not the end of a run of ours. */
export function readCloseFailure(error: unknown): CloseFailure | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const thrown = error as Thrown;
  const { name = '', message = '', cause } = thrown;
  // The caller's own time-out: the run goes on, and nothing is known of its end.
  if (name === 'NexusOperationFailure' && (cause as Thrown | undefined)?.name === 'TimeoutFailure') return undefined;
  if (AROUND.includes(name)) return readCloseFailure(cause);
  if (name === 'CancelledFailure')
    return { outcome: 'Cancelled', message: 'Cancelled: what was made is deleted again.' };
  if (name === 'TerminatedFailure' || name === 'TimeoutFailure') return { outcome: 'Abandoned', message: ENDED };
  const type = thrown.type as CloseType;
  if (name !== 'ApplicationFailure' || !Object.hasOwn(OUTCOME_OF, type)) return undefined;
  const outcome = OUTCOME_OF[type];
  const { details } = thrown;
  const ledger = details?.map(asLedger).find((found) => found !== undefined);
  const facts = causeFacts(cause);
  const problems = outcome === 'NotStarted' ? problemsIn(details ?? []) : undefined;
  return {
    outcome,
    message,
    ...(ledger && { ledger: { ...ledger, outcome } }),
    ...(facts && { cause: facts }),
    ...(problems && { problems }),
  };
}

const ENDED = 'The workflow was ended from outside, without undoing: the resources in the ledger may be alive.';

function asLedger(value: unknown): Ledger | undefined {
  const ledger = value as Partial<Ledger> | null | undefined;
  const whole = typeof ledger?.plan === 'string' && typeof ledger.steps === 'object' && ledger.steps !== null;
  return whole ? (ledger as Ledger) : undefined;
}

function causeFacts(cause: unknown): Cause | undefined {
  const { type, message = '', details } = (cause ?? {}) as Thrown;
  const known = FAILURE_TYPES.find((one) => one === type);
  if (!known) return undefined;
  const { provider, operation, status, code, requestId } = (details?.[0] ?? {}) as FailureDetails;
  return {
    type: known,
    message,
    ...(provider !== undefined && { provider }),
    ...(operation !== undefined && { operation }),
    ...(status !== undefined && { status }),
    ...(code !== undefined && { code }),
    ...(requestId !== undefined && { requestId }),
  };
}

/** The first of the details that is or holds such a list. */
function problemsIn(details: readonly unknown[]): readonly Problem[] | undefined {
  for (const detail of details) {
    const list: unknown = Array.isArray(detail) ? detail : (detail as { problems?: unknown } | null)?.problems;
    if (Array.isArray(list) && list.every(isProblem)) return list;
  }
  return undefined;
}

function isProblem(value: unknown): value is Problem {
  const problem = value as Partial<Problem> | null | undefined;
  return typeof problem?.path === 'string' && typeof problem.message === 'string';
}
