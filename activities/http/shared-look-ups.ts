/**
 * Look-ups that callers of one connection share. Who arrives while one is under way joins the next one, never that
 * one: it may have read the list before the caller's own change. One caller's cancellation never ends another's look-up.
 */
import type { Caller } from '../connection.js';

interface Waiter {
  readonly caller: Pick<Caller, 'urgent' | 'signal'>;
  readonly lookUp: () => Promise<unknown>;
  settled: boolean;
  resolve(value: unknown): void;
  reject(reason: unknown): void;
}

export class SharedLookUps {
  /** The callers of the next look-up; a key stands here while one is under way. */
  readonly #next = new Map<string, Waiter[]>();

  join<T>(key: string, lookUp: () => Promise<T>, caller: Pick<Caller, 'urgent' | 'signal'>): Promise<T> {
    const answer = new Promise<unknown>((resolve, reject) => {
      const waiter = addWaiter({ caller, lookUp, settled: false, resolve, reject });
      const next = this.#next.get(key);
      if (next) next.push(waiter);
      else void this.#serve(key, [waiter]);
    });
    // The key names the look-up, so its type is the caller's own.
    return answer as Promise<T>;
  }

  async #serve(key: string, first: Waiter[]): Promise<void> {
    for (let batch = first; batch.length > 0; batch = this.#next.get(key) ?? []) {
      this.#next.set(key, []);
      await answerAll(batch);
    }
    this.#next.delete(key);
  }
}

/** Leaves at once when its caller is cancelled; the others of its batch go on. */
function addWaiter(waiter: Waiter): Waiter {
  const { signal } = waiter.caller;
  const leave = () => settle(waiter, () => waiter.reject(signal?.reason));
  const { resolve, reject } = waiter;
  waiter.resolve = (value) => {
    signal?.removeEventListener('abort', leave);
    resolve(value);
  };
  waiter.reject = (reason) => {
    signal?.removeEventListener('abort', leave);
    reject(reason);
  };
  if (signal?.aborted) leave();
  else signal?.addEventListener('abort', leave, { once: true });
  return waiter;
}

function settle(waiter: Waiter, how: () => void): void {
  if (waiter.settled) return;
  waiter.settled = true;
  how();
}

/** One look-up for all of them, made as the most urgent; where its caller gave up meanwhile, by the next one. */
async function answerAll(batch: Waiter[]): Promise<void> {
  const drivers = [...batch].sort((a, b) => Number(b.caller.urgent) - Number(a.caller.urgent));
  for (const driver of drivers) {
    if (driver.settled) continue;
    try {
      const value = await driver.lookUp();
      for (const waiter of batch) settle(waiter, () => waiter.resolve(value));
    } catch (error) {
      if (driver.caller.signal?.aborted) continue;
      for (const waiter of batch) settle(waiter, () => waiter.reject(error));
    }
    return;
  }
}
