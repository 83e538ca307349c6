/**
 * The line to one account: every request of a connection in this process goes through one of these. Its one decision is
 * the order: breaker, limiter, authentication, fence, wire, classification.
 */
import { AsyncResource } from 'node:async_hooks';
import type { AuthContext, Cloud, CloudAnswer, CloudRequest, Provider, WireRequest } from '../cloud.js';
import type { Caller, Connection } from '../connection.js';
import { ProviderError } from '../provider-error.js';
import { UNWATCHED, type Watch } from '../watch.js';
import { abortable } from './abortable.js';
import { toCloudAnswer } from './answer.js';
import { BOUNDS, type Bounds, MAX_FENCES } from './bounds.js';
import { Breaker, type Pass } from './breaker.js';
import { requestUrl } from './endpoint.js';
import { failure, finish, redirectFailure, transportFailure, unclassifiedFailure } from './failures.js';
import { Limiter, type Permit, type Wait } from './limiter.js';
import type { Reach } from './reach.js';
import { reportOf } from './report.js';
import { SharedLookUps } from './shared-look-ups.js';
import { Transport, TransportFailure } from './transport.js';
import { plainRequest, secretHeaders } from './wire.js';

export interface Line {
  /** The account as one caller sees it. */
  cloud(caller: Caller): Cloud;
  /** Lets go of the connections, once reads under way are over. Its callers should have ended before. */
  close(): Promise<void>;
}

export interface LineOptions {
  /** Hears of every exchange and every wait. */
  readonly watch?: Watch;
  /** For tests. */
  readonly bounds?: Partial<Bounds>;
}

/** One line a connection and process. */
export function openLine(connection: Connection, provider: Provider, { watch, bounds }: LineOptions = {}): Line {
  const line = new ProviderLine(connection, provider, { watch: watch ?? UNWATCHED, bounds: { ...BOUNDS, ...bounds } });
  const lookUps = new SharedLookUps();
  return {
    cloud: (caller) => ({
      scope: connection.scope,
      call: (request) => line.call(request, caller),
      // Bound to its caller: another one may set it going, whose activity and trace it is no part of.
      shared: (key, lookUp) => lookUps.join(key, AsyncResource.bind(lookUp), caller),
    }),
    close: () => line.close(),
  };
}

/** Until the cloud has accepted the credentials once, no more requests may be out than the breaker needs to open. */
const AT_ONCE_UNPROVEN = 2;

/** One try of a call. In the `second` the session is fresh. */
interface Attempt {
  readonly pass: Pass;
  readonly round: 'first' | 'second';
}

/** A request with its permit, signed. */
interface Ready {
  readonly wire: WireRequest;
  readonly permit: Permit;
  readonly secrets: readonly string[];
}

/** When the request was last handed to the wire, in terms of `performance.now()`. */
interface Sending {
  sentAt?: number;
}

class ProviderLine {
  readonly #connection: Connection;
  readonly #provider: Provider;
  readonly #bounds: Bounds;
  readonly #watch: Watch;
  readonly #limiter: Limiter;
  readonly #breaker = new Breaker();
  readonly #transport: Transport;
  readonly #sessions = new Map<string, unknown>();
  #renewals = 0;
  #queued = 0;

  constructor(connection: Connection, provider: Provider, { watch, bounds }: { watch: Watch; bounds: Bounds }) {
    const { requestsPerMinute, concurrency, workers } = connection.limits;
    this.#connection = connection;
    this.#provider = provider;
    this.#bounds = bounds;
    this.#watch = watch;
    this.#transport = new Transport(bounds, reachOf(connection));
    this.#limiter = new Limiter({
      requestsPerMinute: (requestsPerMinute ?? provider.limits.requestsPerMinute) / workers,
      concurrency: concurrency ?? provider.limits.concurrency,
    });
    this.#limiter.allowAtOnce(AT_ONCE_UNPROVEN);
  }

  async close(): Promise<void> {
    await this.#transport.close();
  }

  /** One call; once more with a fresh session where the cloud says that the session has run out. */
  async call(request: CloudRequest, caller: Caller): Promise<CloudAnswer> {
    const renewals = this.#renewals;
    try {
      return await this.#attempt(request, caller, 'first');
    } catch (error) {
      if (!this.#canRenew(error)) throw error;
      // Others may have met the same old session: the first one drops it for all of them.
      if (renewals === this.#renewals) {
        this.#renewals += 1;
        this.#sessions.clear();
      }
      return await this.#attempt(request, caller, 'second');
    }
  }

  /** Only after a definite refusal, and only where there is a session: a signature refused once is refused again. */
  #canRenew(error: unknown): boolean {
    if (!(error instanceof ProviderError) || error.facts.sent === 'unknown') return false;
    return error.facts.renewCredential === true && this.#sessions.size > 0;
  }

  async #attempt(request: CloudRequest, caller: Caller, round: Attempt['round']): Promise<CloudAnswer> {
    const url = requestUrl(this.#connection, this.#provider, request);
    const entry = this.#breaker.enter();
    if ('waitMs' in entry) throw this.#paused(request, entry.waitMs);
    const attempt = { pass: entry.pass, round };
    try {
      const ready = await this.#ready(request, url, caller, attempt);
      return await this.#exchange(request, ready, caller, attempt);
    } finally {
      this.#breaker.leave(entry.pass);
    }
  }

  async #acquire(wait: Wait): Promise<Permit> {
    const askedAt = performance.now();
    this.#watch.queued(++this.#queued);
    try {
      const permit = await this.#limiter.acquire(wait);
      this.#watch.waited(performance.now() - askedAt);
      return permit;
    } finally {
      this.#watch.queued(--this.#queued);
    }
  }

  /** Waits for the limiter, then signs. A token that has to be fetched first travels on this request's permit. */
  async #ready(request: CloudRequest, url: URL, caller: Caller, attempt: Attempt): Promise<Ready> {
    const slot: { permit: Permit | undefined } = { permit: await this.#acquire(caller) };
    const take = () => {
      const { permit } = slot;
      slot.permit = undefined;
      return permit;
    };
    try {
      const credentials = this.#readCredentials(request);
      const plain = plainRequest(request, url, caller);
      const context: AuthContext = {
        request,
        credentials,
        scope: this.#connection.scope,
        now: Date.now(),
        cache: this.#sessions,
        send: (own) => this.#sendUnsigned(own, caller, { attempt, permit: take(), credentials }),
      };
      const auth = await abortable(async () => await this.#provider.authenticate(plain, context), caller.signal);
      const permit = take() ?? (await this.#acquire(caller));
      const secrets = [...Object.values(credentials), ...secretHeaders(auth)].filter((value) => value !== undefined);
      return { wire: { ...plain, headers: { ...plain.headers, ...auth } }, permit, secrets };
    } catch (error) {
      take()?.release();
      throw error;
    }
  }

  #readCredentials(request: CloudRequest): Readonly<Record<string, string | undefined>> {
    try {
      return this.#connection.readCredentials();
    } catch (error) {
      // Its message names the variable or file, never a value.
      const message = error instanceof Error ? error.message : 'The credentials cannot be read';
      throw failure(this.#provider, request, { type: 'Misconfigured', retryable: false, sent: 'never' }, message);
    }
  }

  /** A request of the authentication's own. Others may wait for its token: no caller's cancellation ends it. */
  async #sendUnsigned(
    request: CloudRequest,
    caller: Caller,
    own: { attempt: Attempt; permit: Permit | undefined; credentials: Readonly<Record<string, string | undefined>> },
  ): Promise<CloudAnswer> {
    const permit = own.permit ?? (await this.#acquire({ urgent: true }));
    const read: CloudRequest = { ...request, effect: 'none' };
    try {
      const wire = plainRequest(read, requestUrl(this.#connection, this.#provider, read), caller);
      const secrets = Object.values(own.credentials).filter((value) => value !== undefined);
      const anyone: Caller = { userAgent: caller.userAgent, urgent: true };
      return await this.#exchange(read, { wire, permit, secrets }, anyone, own.attempt);
    } finally {
      permit.release();
    }
  }

  /** Asks the fence, sends, and reads the answer as success or error. Ends the permit. */
  async #exchange(request: CloudRequest, ready: Ready, caller: Caller, attempt: Attempt): Promise<CloudAnswer> {
    const { permit, wire, secrets } = ready;
    const sending: Sending = {};
    let answer: CloudAnswer | undefined;
    const tell = (error?: unknown) => {
      const { sentAt } = sending;
      if (sentAt !== undefined) this.#watch.exchanged(reportOf({ request, wire, sentAt, answer, error, secrets }));
    };
    try {
      answer = toCloudAnswer(await this.#dispatch(request, ready, caller, { attempt, sending }));
      const error =
        redirectFailure(this.#provider, request, answer) ??
        this.#provider.classify(answer, request) ??
        unclassifiedFailure(this.#provider, request, answer);
      if (error?.facts.type === 'Throttling') permit.throttled();
      this.#learn(error, answer, request, attempt);
      if (error) throw finish(error, request, answer, [...secrets, ...this.#connectionSecrets()]);
      tell();
      return answer;
    } catch (error) {
      const failed = transportFailure(this.#provider, request, error, this.#connection.name);
      tell(failed);
      throw failed;
    } finally {
      permit.release();
    }
  }

  async #dispatch(
    request: CloudRequest,
    { wire, permit }: Ready,
    caller: Caller,
    { attempt, sending }: { readonly attempt: Attempt; readonly sending: Sending },
  ) {
    const creates = request.effect === 'creates';
    for (let fences = 1; ; fences++) {
      caller.signal?.throwIfAborted();
      const waitMs = this.#breaker.waitOf(attempt.pass);
      if (waitMs !== undefined) throw this.#paused(request, waitMs);
      const fence = await fenceOf(request, caller)?.();
      caller.signal?.throwIfAborted();
      const sendBefore = fence?.sendBefore ?? Number.POSITIVE_INFINITY;
      try {
        if (performance.now() >= sendBefore - this.#bounds.connectMs)
          throw new TransportFailure('window', false, undefined);
        sending.sentAt = performance.now();
        return await this.#transport.send({
          wire,
          sendBefore,
          socket: creates ? 'fresh' : 'kept',
          ...(request.effect === 'none' && caller.signal && { signal: caller.signal }),
          started: () => permit.start(),
        });
      } catch (error) {
        const missed = error instanceof TransportFailure && error.why === 'window';
        if (!missed || fences >= MAX_FENCES) throw error;
      }
    }
  }

  /** What an answer says about the credentials. Server errors may come from before the signature check. */
  #learn(error: ProviderError | undefined, answer: CloudAnswer, request: CloudRequest, attempt: Attempt): void {
    if (error?.facts.signature) {
      // An old session says nothing about the credentials behind it; a fresh one that is refused does.
      if (this.#canRenew(error) && attempt.round === 'first' && request.service !== 'iam') return;
      this.#limiter.allowAtOnce(1);
      this.#breaker.refused();
    } else if (answer.status < 300 && request.service !== 'iam') {
      this.#limiter.allowAtOnce(Number.POSITIVE_INFINITY);
      this.#breaker.accepted();
    }
  }

  /** An answer may echo what `$secret` put into the request. */
  #connectionSecrets(): string[] {
    return this.#connection.secretNames.flatMap((name) => {
      try {
        return [this.#connection.readSecret(name)];
      } catch {
        return [];
      }
    });
  }

  #paused(request: CloudRequest, waitMs: number): ProviderError {
    const until = new Date(Date.now() + waitMs).toISOString();
    const message = `Connection ${this.#connection.name} is paused until ${until}: its credentials were refused twice in a row, and more tries may lock them. Correct them.`;
    const facts = { type: 'AccessDenied', retryable: false, sent: 'never', retryAfterMs: waitMs } as const;
    return failure(this.#provider, request, facts, message);
  }
}

function reachOf({ simulator, allowPrivateNetwork }: Connection): Reach {
  if (simulator) return 'loopback';
  return allowPrivateNetwork ? 'private' : 'public';
}

function fenceOf({ effect }: CloudRequest, caller: Caller): Caller['beforeCreate'] {
  if (effect === 'creates') return caller.beforeCreate;
  return effect === 'changes' ? caller.beforeChange : undefined;
}
