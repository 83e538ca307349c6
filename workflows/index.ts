/** What a worker's workflow module re-exports: `export * from 'temporal-provisioner/workflows'`. */
export { executeProvision } from './execute-provision.js';
export { provision } from './provision.js';
export { sweepOrphans } from './sweep-orphans.js';
