/** For tests of plans, kinds and whole services: the clouds on one port, in this process, and the contract of kinds. */
export type { Fault, FaultAction, FaultReport } from '../simulator/faults.js';
export type { SimulatorSettings } from '../simulator/settings.js';
export { type Simulator, type SimulatorOptions, type SimulatorState, startSimulator } from '../simulator/start.js';
export { simulatorConnections } from '../worker/config/simulator-connections.js';
export type { DocumentedError } from './contract-answers.js';
export { type Exploration, type ExploreOptions, explore, type Finding, replay } from './explorer/explore.js';
export type { CloudModel } from './explorer/model-cloud.js';
export type { Adversity, Bounds, Bystander, Scenario } from './explorer/scenario.js';
export { SCENARIOS } from './explorer/scenarios.js';
export { bundleWorkflows, type Isolates, openIsolates } from './explorer/sdk-isolate.js';
export { type ContractCase, type KindContractOptions, kindContract } from './kind-contract.js';
