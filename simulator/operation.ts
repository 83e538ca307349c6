/**
 * What every simulated cloud consists of: documented operations, a way to say no, and a gateway in front of them. An
 * operation's effect happens in `run`, so a fault can place it before, after or without the answer.
 */
import type { Answer, RawRequest } from './http.js';

export type Service = 'dataarts-studio' | 'dataarts-fabric' | 'iam' | 'data-forest' | 'dataworks';

export interface Call {
  readonly request: RawRequest;
  /** Path parameters. */
  readonly params: Readonly<Record<string, string>>;
  readonly requestId: string;
  /** What reads see: the state as of this time (ms since 1970). Earlier than now only under a `stale-list` fault. */
  readonly asOf: number;
  /** A fault makes the created project end in InitFailed. */
  readonly initFails: boolean;
}

export interface Operation {
  /** The documented name; `service/Name` where two services document the same one. */
  readonly name: string;
  readonly service: Service;
  readonly effect: 'read' | 'write';
  run(call: Call): Answer;
  /** Name of the resource that the call is about, for faults that match by name. */
  readonly subject?: (call: Call) => string | undefined;
}

/** A "no" in a cloud's own terms; whatever is left out is the cloud's default. */
export interface Refusal {
  readonly status?: number;
  readonly code?: string;
  readonly message?: string;
  readonly retryAfterMs?: number;
}

/** Thrown by an operation: the call has no effect and is answered in the service's shape. */
export class RefusedCall extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.message ?? 'refused');
  }
}

/** A field that breaks its documented rule. Thrown by readers, turned into the service's own error by its dialect. */
export class BadField extends Error {
  constructor(
    readonly path: string,
    readonly rule: string,
    /** Only text that a cloud's documented message shows, never a value from `docker.env`. */
    readonly shown?: string,
  ) {
    super(`${path}: ${rule}`);
  }
}

/** How one service says no. */
export interface Dialect {
  readonly defaults: Readonly<Record<'refuse' | 'throttle' | 'fail', Refusal>>;
  answer(refusal: Refusal, requestId: string): Answer;
  invalid(field: BadField): Refusal;
}

export interface Routed {
  readonly operation: Operation;
  readonly params: Readonly<Record<string, string>>;
}

export interface SimulatedCloud {
  readonly operations: readonly Operation[];
  /** Whether a request is meant for this cloud. */
  claims(request: RawRequest): boolean;
  /** The operation, or undefined where this cloud publishes no such one. */
  route(request: RawRequest): Routed | undefined;
  notFound(request: RawRequest, requestId: string): Answer;
  tooLarge(requestId: string): Answer;
  /** Verifies who calls, from the raw request: an answer is a refusal. */
  authenticate(request: RawRequest, routed: Routed, requestId: string): Answer | undefined;
  dialectOf(service: Service): Dialect;
  requestId(): string;
  /** Headers that every answer carries. */
  headers(requestId: string): Readonly<Record<string, string>>;
}
