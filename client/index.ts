/** `temporal-provisioner/client`: what a program that starts plans needs. Pulls in no worker and no workflow code. */
export type { KindSpecs } from '../activities/kind-specs.js';
export type { LedgerReading, LedgerSource } from '../activities/owner/read-ledger.js';
export type { Reference, ResultOf, Secret, TypedPlan } from '../contract/typed-plan.js';
export { type ListOptions, ProvisionerClient, type ProvisionerClientOptions } from './client.js';
export { definePlan } from './define-plan.js';
export { DeprovisionHandle } from './deprovision.js';
export {
  InvalidPlanError,
  InvalidRequestError,
  MoveRefusedError,
  PlanConflictError,
  type PossibleMove,
  ProvisionerError,
  ProvisionFailedError,
  type ProvisionFailure,
  ProvisionNotFoundError,
} from './errors.js';
export { ProvisionHandle } from './handle.js';
export type { Listed, ListFilter, ListPage, ListPageOptions } from './listing.js';
export type { Run } from './run.js';
