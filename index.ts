/**
 * temporal-provisioner: the plugin for your worker, and what a kind or a cloud of your own is made of.
 * @module
 */
export type {
  AuthContext,
  Cloud,
  CloudAnswer,
  CloudRequest,
  Effect,
  Provider,
  WireRequest,
} from './activities/cloud.js';
export type { Connection, ConnectionLimits } from './activities/connection.js';
export { type ConsolePlace, type Created, defineKind, type Kind, type Sighting } from './activities/kind.js';
export { ProviderError, type ProviderErrorFacts } from './activities/provider-error.js';
export { BUILT_IN_KINDS, BUILT_IN_PROVIDERS } from './activities/providers/built-in.js';
export { ProvisionerPlugin, type ProvisionerPluginOptions, type RunningWorker } from './worker/plugin.js';
export { HISTOGRAM_BUCKETS } from './worker/telemetry/metric-list.js';
