/**
 * When a request of this connection may leave: never more than its share in any minute as the cloud counts, urgent
 * callers first, fewer for a minute after a 429. Own code: the kept limiters (p-queue, bottleneck, p-throttle) either
 * cannot change the rate while requests wait, or cannot order by priority and abort a wait.
 */

const MINUTE_MS = 60_000;

/** A share is halved at most so often: an eighth still makes progress, and a 429 of every process cannot starve one. */
const MAX_HALVINGS = 3;

export interface LimiterShare {
  /** This process's share; may be below one. */
  readonly requestsPerMinute: number;
  readonly concurrency: number;
}

/** Leave for one request. It must be released, whatever happened. */
export interface Permit {
  /** The request is on its way: from here on it counts. */
  start(): void;
  /** The request is over, or will never leave: then its place goes to the next. */
  release(): void;
  /** The cloud answered 429: halve the share, once for all requests that were already out. */
  throttled(): void;
}

export interface Wait {
  readonly urgent: boolean;
  readonly signal?: AbortSignal;
}

interface Waiter {
  grant(permit: Permit): void;
}

export class Limiter {
  readonly #share: LimiterShare;
  readonly #urgent: Waiter[] = [];
  readonly #ordinary: Waiter[] = [];
  /** When requests ended: the cloud received each before that, so a minute from then is on the safe side. */
  readonly #ended: number[] = [];
  #held = 0;
  #maxHeld: number;
  #halvings = 0;
  #halvedAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(share: LimiterShare) {
    this.#share = share;
    this.#maxHeld = share.concurrency;
  }

  /** Waits in line, or throws the signal's reason. */
  async acquire({ urgent, signal }: Wait): Promise<Permit> {
    signal?.throwIfAborted();
    const line = urgent ? this.#urgent : this.#ordinary;
    return await new Promise<Permit>((resolve, reject) => {
      const leave = () => {
        line.splice(line.indexOf(waiter), 1);
        reject(signal?.reason);
        this.#pump();
      };
      const waiter: Waiter = {
        grant: (permit) => {
          signal?.removeEventListener('abort', leave);
          resolve(permit);
        },
      };
      signal?.addEventListener('abort', leave, { once: true });
      line.push(waiter);
      this.#pump();
    });
  }

  /** How many may be out at once from now on, never more than the connection's own. */
  allowAtOnce(count: number): void {
    this.#maxHeld = Math.min(count, this.#share.concurrency);
    this.#pump();
  }

  #pump(): void {
    clearTimeout(this.#timer);
    const now = performance.now();
    if (now - this.#halvedAt >= MINUTE_MS) this.#halvings = 0;
    const rate = this.#share.requestsPerMinute / 2 ** this.#halvings;
    const capacity = Math.max(1, Math.floor(rate));
    const windowMs = rate < 1 ? MINUTE_MS / rate : MINUTE_MS;
    while (this.#ended[0] !== undefined && this.#ended[0] <= now - windowMs) this.#ended.shift();
    while (this.#held < this.#maxHeld && this.#held + this.#ended.length < capacity) {
      const next = this.#urgent.shift() ?? this.#ordinary.shift();
      if (!next) return;
      next.grant(this.#permit(now));
    }
    if (this.#urgent.length + this.#ordinary.length === 0) return;
    const changes = this.#ended.slice(0, 1).map((end) => end + windowMs);
    if (this.#halvings > 0) changes.push(this.#halvedAt + MINUTE_MS);
    if (changes.length > 0) this.#timer = setTimeout(() => this.#pump(), Math.ceil(Math.min(...changes) - now));
  }

  #permit(grantedAt: number): Permit {
    let started = false;
    let released = false;
    this.#held += 1;
    return {
      start: () => {
        started = true;
      },
      release: () => {
        if (released) return;
        released = true;
        this.#held -= 1;
        if (started) this.#ended.push(performance.now());
        this.#pump();
      },
      throttled: () => {
        if (grantedAt < this.#halvedAt) return;
        this.#halvedAt = performance.now();
        this.#halvings = Math.min(this.#halvings + 1, MAX_HALVINGS);
      },
    };
  }
}
