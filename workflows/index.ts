/** What a worker's workflow module re-exports: `export * from 'temporal-provisioner/workflows'`. */
export { deprovision } from './deprovision.js';
export { executeProvision } from './execute-provision.js';
export { provision } from './provision.js';
export { sweepOrphans } from './sweep-orphans.js';
export { verifyPlan } from './verify-plan.js';
