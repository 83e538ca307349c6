/**
 * What a connection tells of its work while it works: each exchange with the cloud, each wait for leave, each attempt of an
 * activity, each list of a sweep. Whoever watches makes logs, metrics and spans of it. Nothing told here is a secret.
 */
import type { FailureType } from '../contract/failures.js';
import type { StepVerb, SweepVerb } from '../contract/names.js';
import type { SweepCounts } from '../contract/sweep.js';

/** How something ended that did not end well. `Cancelled`: by whoever asked. */
export type Failing = FailureType | 'Cancelled';

/** One request that was on its way to a cloud, and what became of it. */
export interface ExchangeReport {
  /** The operation's documented name. */
  readonly operation: string;
  readonly service: string;
  readonly method: string;
  /** Without a query, which may hold names. */
  readonly url: URL;
  /** Missing where no answer came. */
  readonly status?: number;
  readonly failure?: Failing;
  /** The cloud's own code of an error, or the network's. */
  readonly code?: string;
  readonly requestId?: string;
  /** Wall clock, in ms since 1970: when it was handed to the wire, connecting included. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** The answer's `Date`, in ms since 1970, to the second. */
  readonly cloudTime?: number;
}

/** One attempt of an activity of a kind. */
export interface AttemptReport {
  readonly kind: string;
  readonly action: StepVerb | SweepVerb;
  readonly failure?: Failing;
  /** Of the request that failed, or that made or deleted the resource, as the cloud names them. */
  readonly code?: string;
  readonly requestId?: string;
  /** Resources that this attempt made, and that it deleted. */
  readonly created: number;
  readonly deleted: number;
}

/** What one page of a sweep found of a kind; `whole` where the page speaks of everything that there is. */
export interface ListReport {
  readonly kind: string;
  readonly counts: SweepCounts;
  readonly whole: boolean;
}

/** Of one connection. It must not throw: what it watches goes on regardless. */
export interface Watch {
  exchanged(report: ExchangeReport): void;
  /** A request got its leave after so many ms. */
  waited(ms: number): void;
  /** So many requests wait for leave now. */
  queued(requests: number): void;
  attempted(report: AttemptReport): void;
  listed(report: ListReport): void;
}

export const UNWATCHED: Watch = {
  exchanged() {},
  waited() {},
  queued() {},
  attempted() {},
  listed() {},
};
