/** A named account on the worker, as activities see it: where, what, and how to read its secrets, never the secrets. */

export interface Connection {
  readonly name: string;
  readonly provider: string;
  readonly region?: string;
  /** Base URL for all services, or one for each. Without it the provider's own for the region. */
  readonly endpoint?: string | Readonly<Record<string, string>>;
  /** Project, instance and account ids. */
  readonly scope: Readonly<Record<string, string>>;
  /** Everything this connection reaches is the simulator: every screen says so. */
  readonly simulator: boolean;
  /** It may also be led to private networks and to this machine. Default: to addresses of the Internet only. */
  readonly allowPrivateNetwork?: boolean;
  readonly limits: ConnectionLimits;
  /** In ms; replaces the kinds' own. Never less than the request deadline. */
  readonly lateCommitWindowMs?: number;
  /** Names that `{ "$secret": … }` may use. */
  readonly secretNames: readonly string[];
  /** Reads the credentials anew (files rotate). Throws an error that names the variable or file, never a value. */
  readCredentials(): Readonly<Record<string, string | undefined>>;
  /** Reads one of {@link secretNames}. */
  readSecret(name: string): string;
}

/** How much of an account this connection may use. Where a limit is reached, calls wait; none fails for it. */
export interface ConnectionLimits {
  /** The account's, over all processes. Undefined: the provider's own. */
  readonly requestsPerMinute?: number;
  /** Activities of this connection at once in one process. */
  readonly concurrency?: number;
  /** How many worker processes share the account: each takes its share. Default 1. */
  readonly workers: number;
}

/** Who calls, for the user agent, the order in the limiter and the fence. */
export interface Caller {
  /** `temporal-provisioner/VERSION wf/WORKFLOW_ID step/KEY attempt/N`, percent-encoded. */
  readonly userAgent: string;
  /** Undos go before creates. */
  readonly urgent: boolean;
  /** Aborts waiting and reads. A mutating request that was sent ends only by its answer or its deadline. */
  readonly signal?: AbortSignal;
  /**
   * The fence: called right before each `effect: 'creates'` request leaves, after limiter and signature. The request,
   * connecting included, must be on its way before `performance.now()` reaches `sendBefore`; else the fence is asked again.
   */
  readonly beforeCreate?: () => Promise<{ readonly sendBefore: number }>;
  /** The same before each `effect: 'changes'` request: a step's undo is fenced too, and a sweep needs leave. */
  readonly beforeChange?: () => Promise<{ readonly sendBefore: number }>;
}
