/** An attempt as an activity sees it, without a worker: real clock, nobody cancels, and the fence always lets through. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Attempt } from '../activities/attempt.js';
import { SEND_WINDOW_MS } from '../activities/policies.js';

export interface LocalAttempt<Progress> extends Attempt<Progress> {
  /** What this attempt has left so far for the next one. */
  left(): Progress | undefined;
}

export interface LocalAttemptOptions<Progress> {
  /** Waits fail after this: nobody is there to park what does not end. */
  readonly patienceMs: number;
  /** Default 1. */
  readonly number?: number;
  /** What earlier attempts left. */
  readonly progress?: Progress | undefined;
}

export function localAttempt<Progress>(options: LocalAttemptOptions<Progress>): LocalAttempt<Progress> {
  const { patienceMs, number = 1, progress } = options;
  const scheduledAt = Date.now();
  const startedAt = performance.now();
  let latest = progress;
  return {
    number,
    first: number === 1,
    scheduledAt,
    progress,
    now: () => scheduledAt + Math.floor(performance.now() - startedAt),
    note(given) {
      latest = given;
    },
    async fence(given) {
      latest = given;
      return { sendBefore: performance.now() + SEND_WINDOW_MS };
    },
    signal: new AbortController().signal,
    stopped: () => 'no',
    async pause(ms) {
      if (performance.now() - startedAt > patienceMs) throw new Error(`not settled after ${patienceMs} ms`);
      await sleep(ms);
    },
    throwIfStopped() {},
    left: () => latest,
  };
}
