/** What a look at a provisioned resource finds: whether it is there, and which fields are not as planned. */
import type { Json } from './plan.js';

/** One field that is not as planned. */
export interface Difference {
  /** Dotted path below `spec`: `configuration.docker.image`. */
  readonly field: string;
  /**
   * Both left out where the field may hold a secret, or is longer than can be searched for one. Of more than 200
   * characters of JSON there is an excerpt, as text, from where the two part.
   */
  readonly planned?: Json;
  /** `null` where the cloud returns the field without a value. */
  readonly actual?: Json;
}

/**
 * - `same`: it is there, and every field that the cloud returns is as planned.
 * - `differs`: it is there, `differences` says how. `missing`: nothing of that id and owner is there that
 *   works; `why` says whether it is gone, broken or another's.
 * - `unread`: it could not be looked at; `why` says why.
 * - `skipped`: an operator gave its outputs; there is nothing of ours to look at.
 */
export type DriftVerdict = 'same' | 'differs' | 'missing' | 'unread' | 'skipped';

/** What a look at one resource came to. */
export interface Drift {
  readonly verdict: DriftVerdict;
  /** The first 50. */
  readonly differences: readonly Difference[];
  /** The first 200 fields of the spec that were compared; the cloud returns no others. */
  readonly compared: readonly string[];
  readonly why?: string;
}

/** In the ledger of a managed plan: the first 5 differences. `at` is ISO 8601. */
export interface Verified extends Omit<Drift, 'compared'> {
  readonly at: string;
}
