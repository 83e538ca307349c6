/** What crosses a boundary: types of plan, ledger and outcomes, and the names everything goes by. */
export { type CloseFailure, readCloseFailure } from './close-failure.js';
export type { VerifiedStep, VerifyReport } from './deprovision.js';
export type { Difference, Drift, DriftVerdict } from './drift.js';
export {
  type CloseType,
  FAILURE_TYPES,
  type FailureDetails,
  type FailureType,
  OUTCOMES,
  type Outcome,
  type Problem,
  type Sent,
} from './failures.js';
export type { Attention, Cause, Ledger, LedgerStep, Move, StepState } from './ledger.js';
export type { DeprovisionRequest, Manifest, ManifestStep, VerifyRequest } from './manifest.js';
export { checkManifest } from './manifest-schema.js';
export { formatMarker, type Marker, parseMarker } from './marker.js';
export {
  activityType,
  connectionTaskQueue,
  DEFAULT_TASK_QUEUE,
  MEMO,
  QUERY,
  SEARCH_ATTRIBUTES,
  WORKFLOW,
  workflowIdOf,
} from './names.js';
export {
  type Json,
  type JsonObject,
  PLAN_LIMITS,
  type Plan,
  type PlanResource,
  type ProvisionResult,
  type StepOutputs,
} from './plan.js';
export { planHash } from './plan-hash.js';
export { checkPlanShape, planSchema } from './plan-schema.js';
export type { Owner } from './steps.js';
