/**
 * One HTTP exchange over undici: which connection it takes, how long it may last and how much it may bring back. It
 * knows exactly whether the request began to leave, since that decides what a create may have done.
 */
import { Agent, type Dispatcher, EnvHttpProxyAgent, Pool, request } from 'undici';
import type { WireRequest } from '../cloud.js';
import { type Bounds, MAX_HEADER_BYTES } from './bounds.js';
import { isLoopback } from './endpoint.js';
import { addressIn, isWithin, lookUpWithin, OutOfReach, outOfReach, type Reach } from './reach.js';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface Exchange {
  readonly wire: WireRequest;
  /** `fresh` for creates: a keep-alive socket that went stale would leave their outcome unknown. */
  readonly socket: 'fresh' | 'kept';
  /** Ends the exchange at once; only for what may be abandoned. */
  readonly signal?: AbortSignal;
  /** In terms of `performance.now()`: not a byte of the request leaves later. */
  readonly sendBefore: number;
  /** The request begins to leave. */
  started(): void;
}

/** Why there is no answer. `started` false: nothing has left. */
export class TransportFailure extends Error {
  override readonly name = 'TransportFailure';

  constructor(
    readonly why: 'window' | 'deadline' | 'too-large' | 'network' | 'reach',
    readonly started: boolean,
    override readonly cause: unknown,
  ) {
    super(why);
  }
}

/** Calls `onStart` when the headers are about to be written; what it throws keeps them from being written. */
function announceStart(handler: Dispatcher.DispatchHandler, onStart: () => void): Dispatcher.DispatchHandler {
  return {
    onRequestStart(controller, context) {
      onStart();
      handler.onRequestStart?.(controller, context);
    },
    onResponseStart: (...args) => handler.onResponseStart?.(...args),
    onResponseData: (...args) => handler.onResponseData?.(...args),
    onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
    onResponseError: (...args) => handler.onResponseError?.(...args),
  };
}

class WindowMissed extends Error {}

class DeadlinePassed extends Error {}

export class Transport {
  readonly #bounds: Bounds;
  readonly #reach: Reach;
  readonly #kept = new Map<'direct' | 'proxied', Dispatcher>();

  constructor(bounds: Bounds, reach: Reach) {
    this.#bounds = bounds;
    this.#reach = reach;
  }

  async send(exchange: Exchange): Promise<RawAnswer> {
    const { hostname } = exchange.wire.url;
    // A socket to an address looks up nothing.
    const address = addressIn(hostname);
    if (address !== undefined && !isWithin(this.#reach, address)) {
      throw new TransportFailure('reach', false, outOfReach(this.#reach));
    }
    const route = isLoopback(hostname) ? 'direct' : 'proxied';
    if (exchange.socket === 'kept') return await this.#sendOver(this.#keptAgent(route), exchange);
    const fresh = openAgent(route, this.#bounds, this.#reach);
    try {
      return await this.#sendOver(fresh, exchange);
    } finally {
      void fresh.destroy();
    }
  }

  /** Waits for what is on the wire, no longer than an exchange may last. */
  async close(): Promise<void> {
    const agents = [...this.#kept.values()];
    this.#kept.clear();
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#bounds.totalMs);
    });
    await Promise.race([Promise.all(agents.map((agent) => agent.close())), limit]);
    clearTimeout(timer);
    for (const agent of agents) void agent.destroy();
  }

  #keptAgent(route: 'direct' | 'proxied'): Dispatcher {
    const agent = this.#kept.get(route) ?? openAgent(route, this.#bounds, this.#reach);
    this.#kept.set(route, agent);
    return agent;
  }

  async #sendOver(agent: Dispatcher, exchange: Exchange): Promise<RawAnswer> {
    const { signal, sendBefore, started } = exchange;
    // Not AbortSignal.any and .timeout: in Node 20 such signals may be collected before they fire (nodejs/node#57736).
    const end = new AbortController();
    const cancel = () => end.abort(signal?.reason);
    const timer = setTimeout(() => end.abort(new DeadlinePassed()), this.#bounds.totalMs);
    signal?.addEventListener('abort', cancel, { once: true });
    let left = false;
    const onStart = () => {
      if (end.signal.aborted || performance.now() >= sendBefore) throw new WindowMissed();
      left = true;
      started();
    };
    try {
      return await untilAborted(ask(agent, exchange.wire, end.signal, onStart), end.signal);
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw new TransportFailure(reasonOf(error), left, error);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
    }
  }
}

async function ask(agent: Dispatcher, wire: WireRequest, signal: AbortSignal, onStart: () => void): Promise<RawAnswer> {
  const { statusCode, headers, body } = await request(wire.url, {
    method: wire.method as Dispatcher.HttpMethod,
    headers: wire.headers,
    body: wire.body === '' ? null : wire.body,
    signal,
    dispatcher: agent.compose((dispatch) => (options, handler) => dispatch(options, announceStart(handler, onStart))),
  });
  return { status: statusCode, headers: flatten(headers), text: await body.text() };
}

/** undici hears a signal only once a request has its socket: one that waits for a silent proxy would wait on. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return await new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function reasonOf(error: unknown): TransportFailure['why'] {
  if (error instanceof WindowMissed) return 'window';
  if (error instanceof OutOfReach) return 'reach';
  const code = codeOf(error);
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE' || code === 'UND_ERR_HEADERS_OVERFLOW') return 'too-large';
  if (error instanceof DeadlinePassed || code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT')
    return 'deadline';
  return 'network';
}

/** The stable code of a network error: Node's, TLS's or undici's, looked for in causes too. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  // Two addresses of one host, both refused, come as an AggregateError whose own code may be missing.
  return codeOf(error instanceof AggregateError ? error.errors[0] : error.cause);
}

function flatten(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}

/** The corporate-proxy variables are honoured; certificates are always verified, and loopback never leaves the machine. */
function openAgent(route: 'direct' | 'proxied', bounds: Bounds, reach: Reach): Dispatcher {
  const connect = { timeout: bounds.connectMs, lookup: lookUpWithin(reach) };
  // A proxy is this machine's own setting and may be anywhere; it is the proxy then that looks the cloud's host up.
  const tunnel = { timeout: bounds.connectMs };
  const options = {
    headersTimeout: bounds.headersMs,
    bodyTimeout: bounds.totalMs,
    maxResponseSize: bounds.maxResponseBytes,
    maxHeaderSize: MAX_HEADER_BYTES,
    connect,
  };
  if (route === 'direct') return new Agent(options);
  return new EnvHttpProxyAgent({
    ...options,
    proxyTls: tunnel,
    requestTls: tunnel,
    // Building the tunnel is part of connecting.
    clientFactory: (proxy, own) => new Pool(proxy, { ...own, headersTimeout: bounds.connectMs }),
  });
}
