/**
 * Stops a connection whose credentials are not accepted, before the cloud locks them: Huawei locks a key for five
 * minutes after more than five signature failures in a row (API Gateway FAQ, "AK access failed to reach the limit").
 */

/** Two tell a wrong key from a mistake on the way, and leave room for other processes that use the same key. */
const FAILURES_TO_OPEN = 2;

/** As long as Huawei's lock lasts. */
const OPEN_MS = 5 * 60_000;

/** One call's way through the breaker. */
export interface Pass {
  /** The one call that may find out whether the credentials are accepted again. */
  readonly probe: boolean;
}

export class Breaker {
  #failures = 0;
  #openUntil: number | undefined;
  #probe: Pass | undefined;

  /** Ms until a call may try again; 0 for a call that may go on. Each pass must {@link leave}. */
  enter(): { readonly pass: Pass } | { readonly waitMs: number } {
    if (this.#openUntil === undefined) return { pass: { probe: false } };
    const waitMs = this.#openUntil - performance.now();
    if (waitMs > 0 || this.#probe) return { waitMs: Math.max(waitMs, 0) };
    this.#probe = { probe: true };
    return { pass: this.#probe };
  }

  /** As {@link enter}, for a call that has waited meanwhile. Undefined: it may go on. */
  waitOf(pass: Pass): number | undefined {
    if (this.#openUntil === undefined || pass === this.#probe) return undefined;
    return Math.max(this.#openUntil - performance.now(), 0);
  }

  accepted(): void {
    this.#failures = 0;
    this.#openUntil = undefined;
    this.#probe = undefined;
  }

  refused(): void {
    this.#failures += 1;
    if (this.#failures < FAILURES_TO_OPEN) return;
    this.#openUntil = performance.now() + OPEN_MS;
    this.#probe = undefined;
  }

  /** A probe that ended without telling anything lets the next call try. */
  leave(pass: Pass): void {
    if (pass === this.#probe) this.#probe = undefined;
  }
}
