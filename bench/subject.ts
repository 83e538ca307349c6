/** What is compared: something that runs sagas in a worker process of its own, which may be killed. */
import type { Ending, Saga } from './sagas.js';
import type { Stage } from './stage.js';

export interface Subject {
  readonly name: string;
  /** What stands in tables. */
  readonly title: string;
  open(stage: Stage, options?: OpenOptions): Promise<OpenSubject>;
}

export interface OpenOptions {
  /** Worker processes. Default 1. */
  readonly workers?: number;
  /** What the workspace's cloud allows, for those that know of such limits; the workflow's never is in the way. */
  readonly limits?: { readonly requestsPerMinute: number; readonly concurrency: number; readonly workers?: number };
  /** Where ours serves its worker's metrics on this machine. Default: nowhere. */
  readonly metricsPort?: number;
  /** For the Node of the workers that run on Temporal. Default: none. */
  readonly nodeFlags?: readonly string[];
}

export interface OpenSubject {
  /** Hands the saga over; resolves once it is accepted. */
  start(saga: Saga): Promise<void>;
  /** Resolves when it has ended, however often the worker was killed meanwhile. */
  ending(saga: Saga): Promise<Ending>;
  /** As the subject's documentation has it. A saga that has ended stays as it is. */
  cancel(saga: Saga): Promise<void>;
  /** Process ids of the workers, and of the servers behind them. */
  pids(): { readonly workers: readonly number[]; readonly servers: readonly number[] };
  /** SIGKILL to the first worker, and a new one in its place at once. */
  killWorker(): Promise<void>;
  close(): Promise<void>;
}
