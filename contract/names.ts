/** Every name that crosses a process boundary: workflows, activities, queries, queues, memo keys, search attributes. */

export const WORKFLOW = { provision: 'provision' } as const;

export const QUERY = { ledger: 'ledger' } as const;

/** Memo keys. `ledger` is written after a cancel, since a Cancelled close carries no details. */
export const MEMO = { ledger: 'ledger', planHash: 'planHash' } as const;

/** The queue that `provisioner worker` polls for workflows unless told otherwise. */
export const DEFAULT_TASK_QUEUE = 'provisioner';

/** Each connection's activities have a queue of their own: that is where its account's rate limit lives. */
export function connectionTaskQueue(provisionTaskQueue: string, connection: string): string {
  return `${provisionTaskQueue}:${connection}`;
}

/** The local activity that checks a plan. Prefixed, since it stands beside the user's own activities. */
export const RESOLVE_PLAN = 'provisioner.resolvePlan';

/** A local activity: a run that continues a cancelled one can close as Cancelled only once it is cancelled itself. */
export const CANCEL_SELF = 'provisioner.cancel';

export type StepVerb = 'create' | 'delete' | 'verify';

/** Activity types name kind and verb, so that the Temporal UI and the SDK's metrics name the provider operation. */
export function activityType(kind: string, verb: StepVerb): string {
  return `${kind}.${verb}`;
}

/** Search attributes and their Temporal types. `provisioner setup` creates them. */
export const SEARCH_ATTRIBUTES = {
  ProvisionerPlan: 'KEYWORD',
  ProvisionerOutcome: 'KEYWORD',
  ProvisionerAttention: 'BOOL',
  ProvisionerConnections: 'KEYWORD_LIST',
} as const;

/** The workflow id of a plan: one open workflow for each plan name. */
export function workflowIdOf(planName: string): string {
  return `provision-${planName}`;
}
