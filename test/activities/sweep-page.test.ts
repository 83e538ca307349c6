/** A page of a sweep over an account of any size: what it holds is bounded, and what a person may stop is heard. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import type { Attempt } from '../../activities/attempt.js';
import type { Cloud } from '../../activities/cloud.js';
import type { Kind, Sighting } from '../../activities/kind.js';
import { MARKED_A_PAGE } from '../../activities/policies.js';
import { type SweepPageTask, sweepPage } from '../../activities/sweep-page.js';
import { formatMarker } from '../../contract/marker.js';
import type { SweepPageInput } from '../../contract/sweep.js';
import { acmeLocker } from '../support/own-kind.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const cloud: Cloud = {
  scope: {},
  call: () => Promise.reject(new Error('not called')),
  shared: (_key, lookUp) => lookUp(),
};

function attemptThat(throwIfStopped: () => void): Attempt<never> {
  return {
    number: 1,
    first: true,
    scheduledAt: 0,
    progress: undefined,
    now: () => 1_000_000,
    note: () => undefined,
    fence: () => Promise.reject(new Error('not asked')),
    signal: new AbortController().signal,
    stopped: () => 'no',
    pause: async () => undefined,
    throwIfStopped,
  };
}

function sighting(index: number): Sighting {
  // Not in the order of their ids, as no cloud lists them.
  const id = String((index * 7_919) % 1_000_003).padStart(8, '0');
  const owner = {
    namespace: 'default',
    workflowId: `provision-${index % 50}`,
    step: 'it',
    runId: 'first',
    keep: false,
  };
  const description = `${'what it is for '.repeat(10)} ${formatMarker(owner)}`;
  return { id, name: `locker-${id}`, description, status: 'ready', outputs: { door: index } };
}

function accountOf(size: number, seen: (index: number) => void = () => undefined): Kind {
  return {
    ...acmeLocker,
    async *list() {
      for (let index = 0; index < size; index++) {
        seen(index);
        yield sighting(index);
      }
    },
  } as Kind;
}

const input: SweepPageInput = {
  connection: 'acme',
  graceMs: 0,
  delete: true,
  room: { orphans: 100, unknown: 10 },
  fingerprint: '',
};

function taskOf(kind: Kind, more: Partial<SweepPageTask> = {}): SweepPageTask {
  return {
    kind,
    windowMs: 20_000,
    namespace: 'default',
    attempt: attemptThat(() => undefined),
    cloud,
    readOwner: async () => ({ state: 'provisioned' }),
    redact: (text) => text,
    ...more,
  };
}

test('the pages of an account cover it once, whatever order it is listed in', async () => {
  const size = 2 * MARKED_A_PAGE + 500;
  const task = taskOf(accountOf(size));
  const live: number[] = [];
  for (let after: string | undefined = '', pages = 0; after !== undefined && pages < 10; pages++) {
    const page = await sweepPage({ ...input, ...(after && { after }) }, task);
    live.push(page.counts.live);
    after = page.next;
  }
  expect(live).toEqual([MARKED_A_PAGE, MARKED_A_PAGE, 500]);
});

test('of 100,000 marked resources a page holds as little as of its own size', async () => {
  let peak = 0;
  const measure = (index: number) => {
    if (index % 20_000 !== 0) return;
    collectGarbage();
    peak = Math.max(peak, process.memoryUsage().heapUsed);
  };
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  const { counts, next } = await sweepPage(input, taskOf(accountOf(100_000, measure)));
  expect([counts.live, next]).toEqual([MARKED_A_PAGE, expect.any(String)]);
  const grown = Math.round((peak - before) / 1_000) / 1_000;
  process.stdout.write(`a page over 100,000 marked resources: ${grown} MB of heap\n`);
  expect(grown).toBeLessThan(15);
});

test('a page ends early when it is told to stop, while it lists and between two owners', async () => {
  const stop = new Error('stopped');
  let listed = 0;
  const whileListing = attemptThat(() => {
    if (listed > 10) throw stop;
  });
  const account = accountOf(1_000, (index) => {
    listed = index;
  });
  await expect(sweepPage(input, taskOf(account, { attempt: whileListing }))).rejects.toThrow(/stopped/);
  expect(listed).toBeLessThan(20);
  let asked = 0;
  const betweenOwners = attemptThat(() => {
    if (asked === 3) throw stop;
  });
  const readOwner = async () => {
    asked += 1;
    return { state: 'open' } as const;
  };
  await expect(sweepPage(input, taskOf(accountOf(1_000), { attempt: betweenOwners, readOwner }))).rejects.toThrow();
  expect(asked).toBe(3);
});
