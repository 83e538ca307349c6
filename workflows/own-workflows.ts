/**
 * What a workflow of your own takes from us, on whichever worker it runs. No workflow is among it, so it is imported where it
 * is used and not re-exported; it brings no zod and no provider into a bundle.
 */
export type { KindSpecs } from '../activities/kind-specs.js';
export { type CloseFailure, readCloseFailure } from '../contract/close-failure.js';
export type { Reference, ResultOf, Secret, TypedPlan } from '../contract/typed-plan.js';
export { definePlan } from './define-plan.js';
export { executeProvision } from './execute-provision.js';
export { type Resource, type ResourceOptions, resource } from './resource.js';
