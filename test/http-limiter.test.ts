/** The limiter by a clock that the test turns: never too many in a minute, in order, and fewer after a 429. */
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Limiter } from '../activities/http/limiter.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

const ordinary = { urgent: false };

interface Flight {
  readonly left: number;
  readonly ended: number;
}

/** Asks for a permit and runs a request of so many ms with it. The cloud receives it at any moment of its flight. */
async function send(limiter: Limiter, durationMs: number): Promise<Flight> {
  const permit = await limiter.acquire(ordinary);
  permit.start();
  const left = performance.now();
  if (durationMs > 0) await new Promise((resolve) => setTimeout(resolve, durationMs));
  permit.release();
  return { left, ended: performance.now() };
}

test('however requests arrive, the cloud never sees more than the share in any minute', async () => {
  const arrivals = fc.array(
    fc.record({ at: fc.integer({ min: 0, max: 200_000 }), takes: fc.integer({ min: 1, max: 20_000 }) }),
    {
      minLength: 1,
      maxLength: 40,
    },
  );
  await fc.assert(
    fc.asyncProperty(arrivals, fc.integer({ min: 1, max: 10 }), async (requests, share) => {
      vi.clearAllTimers();
      const limiter = new Limiter({ requestsPerMinute: share, concurrency: 100 });
      const all = requests.map(
        ({ at, takes }) => new Promise<Flight>((resolve) => setTimeout(() => resolve(send(limiter, takes)), at)),
      );
      await vi.advanceTimersByTimeAsync(10_000_000);
      const flights = await Promise.all(all);
      for (const { left } of flights) {
        const inOneMinute = flights.filter((other) => other.left <= left && other.ended > left - 60_000);
        expect(inOneMinute.length).toBeLessThanOrEqual(share);
      }
    }),
    { numRuns: 50 },
  );
});

test('an urgent caller goes before ordinary ones that waited longer, equals in turn', async () => {
  const limiter = new Limiter({ requestsPerMinute: 1_000, concurrency: 1 });
  const first = await limiter.acquire(ordinary);
  const order: string[] = [];
  const wait = async (name: string, urgent: boolean) => {
    const permit = await limiter.acquire({ urgent });
    order.push(name);
    permit.release();
  };
  const all = [wait('a', false), wait('b', false), wait('undo 1', true), wait('undo 2', true)];
  first.release();
  await Promise.all(all);
  expect(order).toEqual(['undo 1', 'undo 2', 'a', 'b']);
});

test('a cancelled wait ends with the reason of the cancel and frees its turn', async () => {
  const limiter = new Limiter({ requestsPerMinute: 1_000, concurrency: 1 });
  const first = await limiter.acquire(ordinary);
  const cancel = new AbortController();
  const cancelled = limiter.acquire({ urgent: false, signal: cancel.signal });
  const next = limiter.acquire(ordinary);
  const reason = new Error('cancelled by the test');
  cancel.abort(reason);
  await expect(cancelled).rejects.toBe(reason);
  first.release();
  (await next).release();
});

test('a permit whose request never left gives its place to the next at once', async () => {
  const limiter = new Limiter({ requestsPerMinute: 1, concurrency: 10 });
  (await limiter.acquire(ordinary)).release();
  (await limiter.acquire(ordinary)).release();
  expect((await send(limiter, 0)).left).toBe(performance.now());
});

async function leftInTheNext(limiter: Limiter, ms: number): Promise<number> {
  const left: number[] = [];
  const stops: AbortController[] = [];
  for (let i = 0; i < 100; i++) {
    const stop = new AbortController();
    stops.push(stop);
    limiter.acquire({ urgent: false, signal: stop.signal }).then(
      (permit) => {
        permit.start();
        left.push(performance.now());
        permit.release();
      },
      () => undefined,
    );
  }
  await vi.advanceTimersByTimeAsync(ms);
  for (const stop of stops) stop.abort();
  return left.length;
}

test('a 429 halves the share for the next minute, then the whole share is back', async () => {
  const limiter = new Limiter({ requestsPerMinute: 8, concurrency: 100 });
  const throttled = await limiter.acquire(ordinary);
  throttled.start();
  throttled.throttled();
  throttled.release();
  expect(await leftInTheNext(limiter, 59_000)).toBe(3);
  await vi.advanceTimersByTimeAsync(120_000);
  expect(await leftInTheNext(limiter, 59_000)).toBe(8);
});

test('requests that were out together halve the share once, however many met the 429', async () => {
  const limiter = new Limiter({ requestsPerMinute: 8, concurrency: 100 });
  const together = await Promise.all([1, 2, 3].map(() => limiter.acquire(ordinary)));
  await vi.advanceTimersByTimeAsync(10);
  for (const permit of together) permit.throttled();
  for (const permit of together) permit.release();
  expect(await leftInTheNext(limiter, 59_000)).toBe(4);
});

test('a share below one a minute spreads single requests over longer windows', async () => {
  const limiter = new Limiter({ requestsPerMinute: 0.5, concurrency: 10 });
  expect(await leftInTheNext(limiter, 119_000)).toBe(1);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await leftInTheNext(limiter, 1_000)).toBe(1);
});
