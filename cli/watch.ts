/**
 * Follows one provisioning to its end by polling the ledger beside the result. Polling is what a query is for: it leaves
 * no event in the history, and a view may miss a state that lasted less than an interval, never the last one.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ProvisionFailedError } from '../client/errors.js';
import type { ProvisionHandle } from '../client/handle.js';
import type { Ledger, StepState } from '../contract/ledger.js';
import type { ProvisionResult } from '../contract/plan.js';

/** Shows a ledger as it changes. */
export interface ProgressView {
  update(ledger: Ledger): void;
  /** Nothing real is touched: said on every screen. */
  simulator(): void;
  /** Nobody answers: no worker polls the queue, or the server is away. Undefined: somebody answers again. */
  waiting(reason: string | undefined): void;
  /** The last call: leaves the terminal as it should stay. */
  close(): void;
}

export type WatchEnd =
  | { readonly end: 'provisioned'; readonly result: ProvisionResult }
  | { readonly end: 'failed'; readonly failure: ProvisionFailedError }
  /** A step waits for an operator and nothing else moves: the workflow stays open. */
  | { readonly end: 'parked'; readonly ledger: Ledger }
  /** The watcher was interrupted; the workflow runs on. */
  | { readonly end: 'left' };

export interface WatchOptions {
  readonly view: ProgressView;
  readonly signal: AbortSignal;
  readonly intervalMs?: number;
}

/** Quick enough for eyes, and at most a few queries a second on the worker. */
const INTERVAL_MS = 250;

/** A query that nobody answered is worth telling after the second time: the first may be a worker that starts. */
const SILENT_POLLS = 2;

export async function watch(handle: ProvisionHandle, options: WatchOptions): Promise<WatchEnd> {
  const { view, signal } = options;
  const left = new Promise<WatchEnd>((resolve) => {
    if (signal.aborted) resolve({ end: 'left' });
    signal.addEventListener('abort', () => resolve({ end: 'left' }), { once: true });
  });
  const stop = new AbortController();
  const closed = closing(handle, stop.signal);
  try {
    const end = await Promise.race([left, closed, polling(handle, options, stop.signal)]);
    stop.abort();
    const last = await lastLedger(handle, end);
    if (last) view.update(last);
    return end;
  } finally {
    stop.abort();
    view.close();
  }
}

/** The signal ends the long poll for the result: while one is open, the process would not end. */
async function closing(handle: ProvisionHandle, signal: AbortSignal): Promise<WatchEnd> {
  try {
    return { end: 'provisioned', result: await handle.result({ signal }) };
  } catch (error) {
    if (error instanceof ProvisionFailedError) return { end: 'failed', failure: error };
    throw error;
  }
}

/** Resolves only when the run is parked; the caller's race ends it otherwise. */
async function polling(handle: ProvisionHandle, options: WatchOptions, stop: AbortSignal): Promise<WatchEnd> {
  let silent = 0;
  let parkedBefore = false;
  let asked = false;
  for (;;) {
    const ledger = await handle.liveLedger();
    if (stop.aborted) return await new Promise(() => undefined);
    silent = ledger ? 0 : silent + 1;
    options.view.waiting(silent >= SILENT_POLLS ? 'no worker answers; start one with: provisioner worker' : undefined);
    if (ledger) {
      // Once the plan is resolved its history can tell.
      if (!asked && Object.keys(ledger.steps).length > 0) {
        asked = true;
        if ((await handle.simulated()).length > 0) options.view.simulator();
      }
      options.view.update(ledger);
      const parked = isParked(ledger);
      // Twice, since between two polls an independent step may just be about to start.
      if (parked && parkedBefore) return { end: 'parked', ledger };
      parkedBefore = parked;
    }
    await sleep(options.intervalMs ?? INTERVAL_MS);
  }
}

async function lastLedger(handle: ProvisionHandle, end: WatchEnd): Promise<Ledger | undefined> {
  if (end.end === 'left') return undefined;
  if (end.end === 'parked') return end.ledger;
  return end.end === 'failed' ? end.failure.ledger : await handle.ledger();
}

const MOVING: readonly StepState[] = ['creating', 'deleting', 'uncertain'];

/** Some step waits for a person, and no other one is under way. */
export function isParked(ledger: Ledger): boolean {
  const steps = Object.values(ledger.steps);
  return (
    ledger.outcome === undefined &&
    (ledger.attention !== undefined || steps.some(({ attention }) => attention)) &&
    steps.every((s) => s.attention || !MOVING.includes(s.state))
  );
}
