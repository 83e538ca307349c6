/**
 * Sagas a minute where a cloud allows only so many requests: as near to its bound as the limiter comes. The bound is the
 * allowed requests over those that a saga really makes, which fall with look-ups that are shared.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { sagaOf } from '../sagas.js';
import type { Stage } from '../stage.js';
import { OURS } from '../subjects/ours.js';

export interface ProviderLimitRow {
  readonly workers: number;
  readonly limitPerMinute: number;
  readonly sagasPerMinute: number;
  readonly requestsPerSaga: number;
  /** Requests that the cloud took a minute, over `limitPerMinute`. What each saga needs of them stands beside it. */
  readonly ofBound: number;
  /** Answers of the cloud that the limit was exceeded. */
  readonly throttled: number;
}

export interface ProviderLimitScale {
  readonly limitPerMinute: number;
  readonly workers: readonly number[];
  readonly atOnce: number;
  /** Measured after a first minute: a multiple of the limit's minute, since the limiter lets a minute's share go at once. */
  readonly minutes: number;
}

const MINUTE_MS = 60_000;
const LOOK_EVERY_MS = 10_000;
const STUDIO_OPERATIONS = ['ListManagerWorkSpaces', 'CreateManagerWorkSpace'];

/** Requests of Studio that one saga makes alone, and each of `atOnce`. */
export async function requestsPerSaga(stage: Stage, atOnce: number): Promise<{ alone: number; together: number }> {
  const running = await OURS.open(stage);
  try {
    const count = async (label: string, sagas: number) => {
      await stage.simulator.empty();
      const before = await studioRequests(stage);
      const all = Array.from({ length: sagas }, (_, index) => sagaOf(`r_${label}_${index}`));
      await Promise.all(all.map((saga) => running.start(saga)));
      const endings = await Promise.all(all.map((saga) => running.ending(saga)));
      if (endings.some((ending) => ending !== 'done')) throw new Error(`sagas ended as ${endings.join(', ')}`);
      return ((await studioRequests(stage)) - before) / sagas;
    };
    await count('warm', 1);
    return { alone: await count('alone', 1), together: await count('together', atOnce) };
  } finally {
    await running.close();
    await stage.simulator.empty();
  }
}

export async function providerLimit(stage: Stage, scale: ProviderLimitScale): Promise<ProviderLimitRow[]> {
  const rows: ProviderLimitRow[] = [];
  const { limitPerMinute, atOnce } = scale;
  for (const workers of scale.workers) {
    const limits = { requestsPerMinute: limitPerMinute, concurrency: atOnce, workers };
    const running = await OURS.open(stage, { workers, limits });
    const rateLimits = { 'dataarts-studio': { requests: limitPerMinute, perMs: MINUTE_MS } };
    await stage.simulator.changeSettings({ rateLimits });
    let over = false;
    let done = 0;
    let started = 0;
    const lane = async () => {
      while (!over) {
        const saga = sagaOf(`l_${workers}_${started}`);
        started += 1;
        await running.start(saga);
        const ending = await running.ending(saga);
        if (ending !== 'done') throw new Error(`a saga ended as ${ending}`);
        done += 1;
      }
    };
    const lanes = Promise.all(Array.from({ length: atOnce }, lane));
    try {
      await sleep(MINUTE_MS);
      const before = {
        done,
        requests: await studioRequests(stage),
        at: performance.now(),
      };
      const throttled = await countThrottled(stage, scale.minutes * MINUTE_MS);
      const minutes = (performance.now() - before.at) / MINUTE_MS;
      const sagas = done - before.done;
      const requests = (await studioRequests(stage)) - before.requests - throttled;
      const row = {
        workers,
        limitPerMinute,
        sagasPerMinute: sagas / minutes,
        requestsPerSaga: requests / sagas,
        ofBound: requests / minutes / limitPerMinute,
        throttled,
      };
      rows.push(row);
      stage.log(`provider limit, ${workers} workers: ${row.ofBound.toFixed(3)} of the bound`);
    } finally {
      over = true;
      await lanes;
      await running.close();
      await stage.simulator.changeSettings({ rateLimits: 'off' });
      await stage.simulator.empty();
    }
  }
  return rows;
}

async function studioRequests(stage: Stage): Promise<number> {
  const { requests } = await stage.simulator.state();
  return STUDIO_OPERATIONS.reduce((sum, operation) => sum + (requests[operation] ?? 0), 0);
}

/** For so long: how many requests were refused for the limit. Looked at often, since only the latest are remembered. */
async function countThrottled(stage: Stage, ms: number): Promise<number> {
  const since = Date.now();
  const end = performance.now() + ms;
  const throttled = new Set<string>();
  for (let left = ms; left > 0; left = end - performance.now()) {
    await sleep(Math.min(left, LOOK_EVERY_MS));
    for (const { status, time, requestId } of await stage.simulator.requests())
      if (status === 429 && Date.parse(time) >= since) throttled.add(requestId);
  }
  return throttled.size;
}
