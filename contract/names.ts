/** Every name that crosses a process boundary: workflows, activities, queries, queues, memo keys, search attributes. */

export const WORKFLOW = {
  provision: 'provision',
  sweep: 'sweepOrphans',
  deprovision: 'deprovision',
  verify: 'verifyPlan',
} as const;

/** `outputs`: what is live by now; `report` is the sweep's. */
export const QUERY = { ledger: 'ledger', outputs: 'outputs', report: 'report' } as const;

/** Updates beside the operators' moves. Its one argument is `{ step }`, its answer the step's outputs. */
export const UPDATE = { waitForStep: 'waitForStep' } as const;

/** Type of the refusal of one waiter too many: the queries `ledger` and `outputs` tell the same. */
export const TOO_MANY_WAITERS = 'TooManyWaiters';

export interface StepRequest {
  readonly step: string;
}

/**
 * Memo keys. `ledger`, and the sweep's `report`, are written after a cancel, since a Cancelled close carries no details.
 * `provisionRunIds`: in whose name a `deprovision` acts, as first run ids.
 */
export const MEMO = {
  ledger: 'ledger',
  planHash: 'planHash',
  report: 'report',
  provisionRunIds: 'provisionRunIds',
} as const;

/** The queue that `provisioner worker` polls for workflows unless told otherwise. */
export const DEFAULT_TASK_QUEUE = 'provisioner';

/** Each connection's activities have a queue of their own: that is where its account's rate limit lives. */
export function connectionTaskQueue(provisionTaskQueue: string, connection: string): string {
  return `${provisionTaskQueue}:${connection}`;
}

/** The local activity that checks a plan. Prefixed, since it stands beside the user's own activities. */
export const RESOLVE_PLAN = 'provisioner.resolvePlan';

/** The local activity that says what there is to sweep. */
export const RESOLVE_SWEEP = 'provisioner.resolveSweep';

/** The local activities that say what there is to deprovision, and to verify. */
export const RESOLVE_DEPROVISION = 'provisioner.resolveDeprovision';
export const RESOLVE_VERIFY = 'provisioner.resolveVerify';

/** A local activity of `deprovision`: whether the plan's own run was taken up again meanwhile. */
export const OWNERS_SINCE = 'provisioner.ownersSince';

/** A local activity: a run that continues a cancelled one can close as Cancelled only once it is cancelled itself. */
export const CANCEL_SELF = 'provisioner.cancel';

/** What a step takes of its kind, an activity type each. */
export const STEP_VERBS = ['create', 'delete', 'verify', 'adopt', 'read'] as const;
/** One of {@link STEP_VERBS}. */
export type StepVerb = (typeof STEP_VERBS)[number];

/** The sweep's: one page of everything there is, and one orphan's deletion. And all that carries a plan's marker. */
export const SWEEP_VERBS = ['list', 'sweep', 'discover'] as const;
/** One of {@link SWEEP_VERBS}. */
export type SweepVerb = (typeof SWEEP_VERBS)[number];

/** Activity types name kind and verb, so that the Temporal UI and the SDK's metrics name the provider operation. */
export function activityType(kind: string, verb: StepVerb | SweepVerb): string {
  return `${kind}.${verb}`;
}

/** Search attributes and their Temporal types. `provisioner setup` creates them. */
export const SEARCH_ATTRIBUTES = {
  ProvisionerPlan: 'KEYWORD',
  ProvisionerOutcome: 'KEYWORD',
  ProvisionerAttention: 'BOOL',
  ProvisionerConnections: 'KEYWORD_LIST',
} as const;

/** The workflow id of a sweep that somebody starts, and the id of the schedule that starts one: one for each queue. */
export function sweepIdOf(provisionTaskQueue: string): string {
  return `${provisionTaskQueue}-sweep`;
}

/** The workflow ids of what is done to a plan later: one of each at a time. */
export function deprovisionIdOf(planName: string): string {
  return `deprovision-${planName}`;
}

export function verifyIdOf(planName: string): string {
  return `verify-${planName}`;
}

/** The workflow id of a plan: one open workflow for each plan name. */
export function workflowIdOf(planName: string): string {
  return `provision-${planName}`;
}
