/**
 * `temporal-provisioner/nexus`: the service that the plugin's worker answers, for callers in any namespace. Safe to import
 * in a workflow: it brings nexus-rpc and types, nothing else.
 */
import { operation, service } from 'nexus-rpc';
import type { Outcome } from './failures.js';
import type { Ledger } from './ledger.js';
import type { DeprovisionRequest } from './manifest.js';
import type { Plan, ProvisionResult } from './plan.js';

/** Which plan to tell of. */
export interface StatusRequest {
  /** The plan's name. */
  readonly plan: string;
}

/** The run that acts for a plan now: its deprovisioning while that is open, else the plan's own latest run. */
export interface PlanStatus {
  readonly workflowId: string;
  /** First of its chain: the one in the resources' markers. */
  readonly runId: string;
  /** Missing while it is open. */
  readonly outcome?: Outcome;
  /** What it provisioned was deprovisioned since. */
  readonly deprovisioned?: true;
  readonly ledger: Ledger;
}

/** Type of a refusal's cause. `details[0]`: the problems of what is invalid, else the workflow id. */
export type RefusalType = 'InvalidPlan' | 'InvalidRequest' | 'PlanConflict' | 'NotFound';

/**
 * - `provision`: the operation ends as the plan's workflow does. The same plan attaches, and one that is provisioned is
 *   answered at once. Fails with the workflow's own failure as its cause; a cancel rolls back first.
 * - `deprovision`: deletes what a plan provisioned. Its result is the ledger, which names what is kept.
 * - `status`: answered at once.
 *
 * @example
 * const provisioner = createNexusServiceClient({ endpoint: 'provisioner', service: provisionerService });
 * const { workspace } = await provisioner.executeOperation('provision', plan);
 */
export const provisionerService = service('provisioner', {
  provision: operation<Plan, ProvisionResult>(),
  deprovision: operation<DeprovisionRequest, Ledger>(),
  status: operation<StatusRequest, PlanStatus>(),
});

export type { CloseType, FailureDetails, FailureType, Outcome, Problem } from './failures.js';
export type { Cause, Ledger, LedgerStep, StepState } from './ledger.js';
export type { DeprovisionRequest, Manifest } from './manifest.js';
export type { Json, JsonObject, Plan, PlanResource, ProvisionResult, StepOutputs } from './plan.js';
