/** What a run of the benchmarks found, as JSON: documentation is written from it. */
import type { ColdStartRow } from './parts/cold-start.js';
import type { ManyOpenRow } from './parts/many-open.js';
import type { OrphansRow } from './parts/orphans.js';
import type { OverheadRow } from './parts/overhead.js';
import type { ProviderLimitRow } from './parts/provider-limit.js';
import type { RecoveryRow } from './parts/recovery.js';
import type { TwoStepRow } from './parts/two-step.js';

export interface Conditions {
  /** The day, in UTC. */
  readonly date: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly node: string;
  readonly temporalServer: string;
  /** By name: the SDK and what it is compared with. */
  readonly versions: Readonly<Record<string, string>>;
  readonly version: string;
  readonly scale: string;
}

export interface Results {
  readonly conditions: Conditions;
  readonly twoStep?: readonly TwoStepRow[];
  readonly overhead?: readonly OverheadRow[];
  readonly requestsPerSaga?: { readonly alone: number; readonly together: number; readonly atOnce: number };
  readonly providerLimit?: readonly ProviderLimitRow[];
  readonly manyOpen?: readonly ManyOpenRow[];
  readonly coldStart?: readonly ColdStartRow[];
  readonly recovery?: readonly RecoveryRow[];
  readonly orphans?: readonly OrphansRow[];
}
