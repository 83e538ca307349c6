/** How much is measured. `full` is what documentation is written from; `quick` shows that everything runs. */
import type { OrphansScale } from './parts/orphans.js';
import type { ProviderLimitScale } from './parts/provider-limit.js';
import type { TwoStepScale } from './parts/two-step.js';

export interface Scale {
  readonly twoStep: TwoStepScale;
  readonly overhead: readonly { readonly createMs: number; readonly rounds: number }[];
  readonly together: number;
  readonly providerLimit: ProviderLimitScale;
  readonly manyOpen: { readonly sagas: number };
  readonly coldStart: { readonly rounds: number };
  readonly recovery: { readonly rounds: number };
  readonly orphans: OrphansScale;
}

export const SCALES: Readonly<Record<'full' | 'quick', Scale>> = {
  full: {
    twoStep: { warmUp: 20, rounds: 120, many: 200, atOnce: 64, repeats: 12 },
    overhead: [
      { createMs: 50, rounds: 50 },
      { createMs: 1_000, rounds: 20 },
    ],
    together: 100,
    providerLimit: { limitPerMinute: 120, workers: [1, 2, 4], atOnce: 100, minutes: 2 },
    manyOpen: { sagas: 10_000 },
    coldStart: { rounds: 7 },
    recovery: { rounds: 3 },
    orphans: { seed: 20, kills: 40, cancels: 160, others: 80, everyMs: 3_000 },
  },
  quick: {
    twoStep: { warmUp: 3, rounds: 10, many: 40, atOnce: 16, repeats: 1 },
    overhead: [{ createMs: 50, rounds: 5 }],
    together: 20,
    providerLimit: { limitPerMinute: 60, workers: [1], atOnce: 20, minutes: 1 },
    manyOpen: { sagas: 100 },
    coldStart: { rounds: 2 },
    recovery: { rounds: 1 },
    orphans: { seed: 20, kills: 3, cancels: 12, others: 6, everyMs: 4_000 },
  },
};
