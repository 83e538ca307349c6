/**
 * The words for what went wrong, shared by workflow, activities and whoever starts us. No imports.
 * The vocabulary is AWS Cloud Control's handler error codes where they fit; the last two are our own.
 */

/** Every failure type of an activity. Stable strings: they are in histories and in other people's code. */
export const FAILURE_TYPES = [
  'InvalidRequest',
  'AccessDenied',
  'AlreadyExists',
  'NotFound',
  'NotEmpty',
  'ServiceLimitExceeded',
  'Throttling',
  'NetworkFailure',
  'ServiceTimeout',
  'ServiceInternalError',
  'NotStabilized',
  'OutcomeUnknown',
  'Misconfigured',
] as const;

/** One of {@link FAILURE_TYPES}. */
export type FailureType = (typeof FAILURE_TYPES)[number];

/**
 * How `provision` can close, as in the search attribute `ProvisionerOutcome`. An open workflow has none yet, but for a
 * managed plan, which stays open as Provisioned. `Deprovisioned`: it was given up on request, or at the end of its time.
 */
export const OUTCOMES = ['Provisioned', 'RolledBack', 'Cancelled', 'NotStarted', 'Abandoned', 'Deprovisioned'] as const;

/** One of {@link OUTCOMES}. */
export type Outcome = (typeof OUTCOMES)[number];

/**
 * Types of the failures that `provision` itself closes with; of `Rejected` the outcome is NotStarted. `Cancelled` closes as
 * a cancellation instead. `InvalidRequest`: a `deprovision` that had nothing to undo, or may not.
 */
export type CloseType = 'RolledBack' | 'InvalidPlan' | 'InvalidRequest' | 'Misconfigured' | 'Rejected' | 'Abandoned';

/** One thing that is wrong with a plan or a configuration: where, and what would be right. Never holds a value. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

/**
 * What a create may have done in its cloud, worst over all attempts so far.
 *
 * - `never`: no request left this process.
 * - `refused`: the cloud said no; definitely nothing was made.
 * - `unknown`: a request was sent and its effect is not known.
 * - `made`: the cloud answered with the resource.
 */
export type Sent = 'never' | 'refused' | 'unknown' | 'made';

/** `details[0]` of every failure that our activities throw. All ids are the provider's own, none is a secret. */
export interface FailureDetails {
  readonly provider?: string;
  readonly operation?: string;
  readonly status?: number;
  readonly code?: string;
  readonly requestId?: string;
  /** Only from a create: what it may have done. */
  readonly sent?: Sent;
  /** Only from a create: the id, if one is known. */
  readonly id?: string;
  /** Only from a create: a request was sent while an earlier one could still take effect. */
  readonly resent?: boolean;
}
