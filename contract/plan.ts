/** A plan: what a caller wants to exist. Plain JSON, so that any language can write one. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
/** A JSON object. */
export type JsonObject = { readonly [key: string]: Json };

/**
 * One resource of a plan. `spec` holds the cloud's own documented field names; anywhere in it
 * `{ "$ref": "step.output" }` stands for another step's output (and makes that step a dependency), and
 * `{ "$secret": "name" }` for a secret of the connection, where the kind allows one.
 */
export interface PlanResource {
  readonly kind: string;
  /** Name of a connection that the worker is configured with. */
  readonly connection: string;
  readonly spec: JsonObject;
  /** Steps to wait for beyond those that `spec` refers to. */
  readonly dependsOn?: readonly string[];
  /** What to do when the name is taken by something that is not ours. Default `fail`. */
  readonly ifExists?: 'fail' | 'adopt';
  /** Keep this resource on rollback. Its spec may then refer only to steps that are retained too. Default false. */
  readonly retain?: boolean;
  /**
   * Once provisioned, deprovisioning refuses to delete it unless it is told to include what is protected. A rollback
   * deletes it: nothing was provisioned then. Its spec may refer only to steps that are protected or retained too.
   * Default false.
   */
  readonly protect?: boolean;
}

/** How long a managed plan keeps its resources, and how often it looks at them. Durations: `90s`, `15m`, `12h`, `7d`. */
export interface Lifetime {
  /** From Provisioned on; then everything is deprovisioned but what is retained or protected. Default: no end. */
  readonly ttl?: string;
  /** Default `1h`. */
  readonly verifyEvery?: string;
}

/**
 * What a caller wants to exist, by step name. `name` (1 to 63 characters) makes the workflow id `provision-NAME`; at most 200
 * resources, and 1,000,000 bytes of JSON ({@link PLAN_LIMITS}).
 */
export interface Plan {
  readonly name: string;
  readonly resources: { readonly [step: string]: PlanResource };
  /** `rollback` (default) undoes everything at the first failure; `pause` waits for an operator. */
  readonly onFailure?: 'rollback' | 'pause';
  /** Before the first create the run waits for an operator's `approve` or `reject`. Default: it does not. */
  readonly approval?: 'required';
  /** The run stays open as the owner of its resources, verifies them and deprovisions them. Default false. */
  readonly managed?: boolean;
  /** Implies `managed`. */
  readonly lifetime?: Lifetime;
}

/** Whether its run stays open as the owner of its resources. */
export function isManaged({ managed, lifetime }: Pick<Plan, 'managed' | 'lifetime'>): boolean {
  return managed === true || lifetime !== undefined;
}

/** The result of a provisioned plan: each step's outputs; `id` is always a string. */
export type ProvisionResult = { readonly [step: string]: StepOutputs };
/** What other steps, and callers, get of a resource: its `id` in its cloud, and what its kind names besides. */
export type StepOutputs = { readonly id: string; readonly [output: string]: Json };

/** Bounds on a plan, each with its reason. */
export const PLAN_LIMITS = {
  /** Far below Temporal's 2,000 pending activities, and a ledger of this size stays readable in its UI. */
  maxResources: 200,
  /** Half of Temporal's 2 MB payload limit: the plan travels once as input, once more in continue-as-new. */
  maxBytes: 1_000_000,
  /** Deeper than any documented spec, and far from the end of any stack. */
  maxDepth: 100,
  /** Names go into workflow ids, markers and tables. */
  maxNameLength: 63,
  maxStepLength: 40,
} as const;

/** Names of plans and steps: they stand in workflow ids and in markers. */
export const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?$/;
