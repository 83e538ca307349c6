/** What `resolvePlan` tells the workflow, and what the workflow tells the activities. */
import type { Problem } from './failures.js';
import type { Cause, Ledger } from './ledger.js';
import type { JsonObject, ProvisionResult, StepOutputs } from './plan.js';

/** A step, ready to be interpreted by a workflow that knows no provider. The spec stays in the plan. */
export interface ResolvedStep {
  readonly key: string;
  readonly kind: string;
  readonly provider: string;
  readonly connection: string;
  readonly taskQueue: string;
  /** All steps that must be live before this one: `dependsOn` and every `$ref`. */
  readonly dependsOn: readonly string[];
  readonly ifExists: 'fail' | 'adopt';
  readonly retain: boolean;
  /** Deprovisioning leaves it unless told otherwise. Missing: no. */
  readonly protect?: boolean;
  /** The resource's name, where the spec tells it without other steps: an operator types it to let go of it. */
  readonly name?: string;
  /** Where a person sees it at its cloud: an address, in which `{id}` stands for the resource's. */
  readonly console?: string;
  /** Whose marker it carries, where that is not the plan's owner and this step: it was found by its marker. */
  readonly owner?: Owner;
}

/** A plan that passed every check, in an order in which dependencies come first. */
export interface ResolvedPlan {
  readonly name: string;
  readonly onFailure: 'rollback' | 'pause';
  readonly steps: readonly ResolvedStep[];
  /** Names for the search attribute: as many as fit into one. */
  readonly connections: readonly string[];
  /** Those of the connections that reach only the simulator: every screen says so. */
  readonly simulated: readonly string[];
  /** Fixed for the run, so that a worker configured otherwise replays the same commands. */
  readonly searchAttributes: boolean;
  /** Hash of the worker's connections and kinds; activities compare it with their own. */
  readonly fingerprint: string;
  /** Wait for an operator before the first create. Missing: do not. */
  readonly approval?: boolean;
  /** Stay open as the owner. Missing: close when everything is live. Times in ms. */
  readonly managed?: { readonly ttlMs?: number; readonly verifyEveryMs: number };
  /** Whose the resources are, where that is not the run itself: `deprovision` acts in the name of a closed one. */
  readonly owner?: Omit<Owner, 'step'>;
  /** What is undone was told by a manifest or by markers: see {@link DeleteInput.markedOnly}. */
  readonly markedOnly?: true;
}

/** What `resolvePlan` is told of the run besides the plan. */
export interface RunFacts {
  readonly firstRunId: string;
  /** What would end this run without undoing: named, so that the refusal can say what to remove. */
  readonly killers: readonly string[];
}

export type Resolution =
  | { readonly plan: ResolvedPlan }
  | { readonly problems: readonly Problem[]; readonly searchAttributes: boolean };

/** The fingerprint of a call that no plan was resolved for: a workflow of somebody's own makes it. */
export const UNPLANNED = '';

/** Whose a resource is: the words of its marker. */
export interface Owner {
  readonly namespace: string;
  readonly workflowId: string;
  readonly step: string;
  /** First run id of the chain: the same after continue-as-new, retry and reset. */
  readonly runId: string;
}

/** Input of `<kind>.create`. References are already replaced, secrets are not. */
export interface CreateInput {
  readonly step: ResolvedStep;
  readonly spec: JsonObject;
  readonly owner: Owner;
  /** False after a workflow reset: the history may lie, so an earlier create may be under way. */
  readonly originalRun: boolean;
  /** The run that scheduled it. A reset hands a create in back-off to the new run, input and all, as a first attempt. */
  readonly scheduledBy: string;
  readonly fingerprint: string;
}

export interface CreateResult {
  readonly outputs: StepOutputs;
  readonly adopted: boolean;
  readonly requestId?: string;
  /** A request of ours could still take effect after this one. */
  readonly resent: boolean;
  /** The marker could not be read back: ownership rests on the id alone. */
  readonly unmarked?: boolean;
}

/** Input of `<kind>.delete`. */
export interface DeleteInput {
  readonly step: ResolvedStep;
  readonly spec: JsonObject;
  readonly owner: Owner;
  /** The id that our own create returned, if it did. */
  readonly id?: string;
  /** More than one request of ours may have taken effect, or may yet. */
  readonly resent: boolean;
  /** Server time, in ms since 1970, at which the create was over. */
  readonly createEndedAt: number;
  /** The id is somebody's word, not our own create's: it helps to find, and only the owner's marker proves. */
  readonly markedOnly?: true;
  readonly fingerprint: string;
}

export interface DeleteResult {
  /** How many resources of ours were found and deleted. 0: it was verified that there was none. */
  readonly deleted: number;
  readonly requestId?: string;
}

/** Input of `<kind>.verify`, which only a run that was reset schedules. */
export interface VerifyInput {
  readonly step: ResolvedStep;
  readonly spec: JsonObject;
  readonly owner: Owner;
  readonly id?: string;
  /**
   * `usable`: whether exactly `id` is there and usable, once nothing of the run before can change that any more.
   * `anything`: whether anything of ours is there at all, as soon as it is seen.
   */
  readonly look: 'usable' | 'anything';
  /** Server time, in ms since 1970, from which the late-commit window counts. */
  readonly since: number;
  readonly fingerprint: string;
}

/** Result of `<kind>.verify`: what is there, and the run that asked; a later reset replays the answer to another. */
export type VerifyResult = { readonly by: string } & (
  | { readonly found: false }
  | { readonly found: true; readonly outputs: StepOutputs }
);

/** Input of `<kind>.adopt`, which an operator's move schedules. */
export interface AdoptInput {
  readonly step: ResolvedStep;
  readonly spec: JsonObject;
  readonly owner: Owner;
  /** What is to stand for the step. Missing: nothing; it is only asked whether anything of ours is there. */
  readonly id?: string;
  /** What the step's own create answered, if it did: ours by that id alone where no marker is on it. */
  readonly made?: string;
  /** The create may have made something: what it made must be known before anything else stands for the step. */
  readonly uncertain: boolean;
  /** Server time, in ms since 1970, from which the late-commit window counts. */
  readonly since: number;
  /** The run that asked. A reset hands the question to the new run, and what was sent after it may still land. */
  readonly scheduledBy: string;
  readonly fingerprint: string;
}

/** `adopted`: not ours, so no rollback deletes it. Without an id there is nothing of ours, and nothing to tell. */
export interface AdoptResult {
  readonly outputs?: StepOutputs;
  readonly adopted?: boolean;
}

/** Input of `<kind>.read`: how a resource is now, compared with its spec. */
export interface ReadInput {
  readonly step: ResolvedStep;
  /** References replaced, secrets not: a field that holds one is compared without being told. */
  readonly spec: JsonObject;
  readonly owner: Owner;
  readonly id: string;
  /** An adopted resource carries no marker of ours. */
  readonly adopted: boolean;
  readonly fingerprint: string;
}

/** What the undo has to know of a create that may have made something. */
export interface CreateTrace {
  readonly id?: string;
  readonly resent: boolean;
  /** Server time, in ms since 1970, at which the create was over. */
  readonly endedAt: number;
}

/** Why a run stopped creating: the first cause wins. */
export type StopCause =
  | { readonly by: 'cancel' }
  | { readonly by: 'failure'; readonly step: string; readonly cause: Cause }
  /** A managed plan at the end of its time or by an operator, or the workflow `deprovision`. */
  | { readonly by: 'deprovision'; readonly includeProtected: boolean };

/**
 * What a continued run is handed by the one before it. Believed only where the server says that there was one: a
 * starter could otherwise forge ids to delete.
 */
export interface Carried {
  readonly plan: ResolvedPlan;
  readonly ledger: Ledger;
  readonly outputs: ProvisionResult;
  readonly traces: { readonly [step: string]: CreateTrace };
  /** Missing only in a managed plan that is provisioned. */
  readonly stop?: StopCause;
  /** Server time, in ms since 1970, at which a managed plan was provisioned. */
  readonly provisionedAt?: number;
  /** The run before was reset: what another run of this chain made has to be looked for at the end. */
  readonly reset: boolean;
  /** How often each parked undo has failed: its next wait grows with it. */
  readonly failedUndos: { readonly [step: string]: number };
}
