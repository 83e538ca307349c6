/**
 * What a kind makes its calls with, and what a provider says about itself. A kind sees one connection: already signed,
 * rate-limited, bounded and classified. It never sees an endpoint or a key.
 */
import type { z } from 'zod';
import type { ProviderError } from './provider-error.js';

/**
 * What is lost when the answer is lost: nothing, a created resource, or some other change. `withdraws` ends what this very
 * attempt began, and can touch nothing else: it is not fenced, so that it leaves even when Temporal cannot be reached.
 */
export type Effect = 'none' | 'creates' | 'changes' | 'withdraws';

/** One request of a kind, before it is signed. */
export interface CloudRequest {
  /** The operation's documented name: stands in errors, metrics and the simulator's counts. */
  readonly operation: string;
  /** Which of the provider's services, a key of {@link Provider.services}. */
  readonly service: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as a form. */
  readonly form?: Readonly<Record<string, string>>;
  readonly effect: Effect;
}

/** What a cloud answered, errors included: the provider's `classify` says what it means. */
export interface CloudAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON, `undefined` where the body is empty or not JSON. Integers beyond 2^53 are strings, digit by digit. */
  readonly body: unknown;
  /** The body as text, at most as long as the transport's limit. */
  readonly text: string;
  readonly requestId?: string;
}

/** A line to one account. Calls throw {@link ProviderError}; an aborted read throws the cancellation itself. */
export interface Cloud {
  /** Project, instance and account ids of the connection. */
  readonly scope: Readonly<Record<string, string>>;
  call(request: CloudRequest): Promise<CloudAnswer>;
  /**
   * A look-up that may be shared with others of this connection: callers that arrive while one with the same key is
   * under way share the next one, never one that began before they asked.
   */
  shared<T>(key: string, lookUp: () => Promise<T>): Promise<T>;
}

/** A request as it will go over the wire, for signing. */
export interface WireRequest {
  readonly method: string;
  readonly url: URL;
  /** Lower-case names, `host` and `content-type` included. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a provider's authentication may use. Credentials were read for this very call. */
export interface AuthContext {
  readonly request: CloudRequest;
  readonly credentials: Readonly<Record<string, string | undefined>>;
  readonly scope: Readonly<Record<string, string>>;
  /** Wall clock in ms since 1970: signatures carry it. */
  readonly now: number;
  /** Sends a request of the authentication's own (IAM), unsigned, to one of the provider's services. */
  send(request: CloudRequest): Promise<CloudAnswer>;
  /** Lives as long as the connection: for tokens. Keyed by the caller. */
  readonly cache: Map<string, unknown>;
}

/** A cloud: its endpoints, its credentials, how it signs and how it says no. */
export interface Provider {
  readonly name: string;
  /** Base URL of each service in a region. A connection's `endpoint` replaces them. */
  readonly services: Readonly<Record<string, (region: string) => string>>;
  /** Shape of the credentials, already resolved to strings; a connection holds references in the same shape. */
  readonly credentials: z.ZodType<Readonly<Record<string, string | undefined>>>;
  /** Keys a connection's `scope` may have. */
  readonly scopeKeys: readonly string[];
  /** What the account may do unless the connection says otherwise. */
  readonly limits: { readonly requestsPerMinute: number; readonly concurrency: number };
  /** How far the clocks may be apart before a signature is refused, in ms, where the cloud documents it. */
  readonly clockToleranceMs?: number;
  /** Headers that authenticate the request, lower-case names; replaces those of the same name. */
  authenticate(
    request: WireRequest,
    context: AuthContext,
  ): Promise<Readonly<Record<string, string>>> | Readonly<Record<string, string>>;
  /** The error in an answer, or undefined where it is a success. Knows codes by table (errors.ts). */
  classify(answer: CloudAnswer, request: CloudRequest): ProviderError | undefined;
}
