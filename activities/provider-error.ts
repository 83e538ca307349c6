/**
 * The one error that provider calls throw: what happened in the field's words, what it means for a create, and the
 * provider's own evidence (status, code, request id). Its message never holds a credential or a signature.
 */
import type { FailureType, Sent } from '../contract/failures.js';

/** What is known of a call that failed: what it means, and the provider's own evidence. */
export interface ProviderErrorFacts {
  readonly type: FailureType;
  /** Whether the same call may work later without anybody doing anything. */
  readonly retryable: boolean;
  /** What this one request may have done, if it was one that creates: never `made`. */
  readonly sent: Exclude<Sent, 'made'>;
  readonly provider: string;
  readonly operation: string;
  readonly status?: number;
  readonly code?: string;
  readonly requestId?: string;
  /** The provider's own hint, in ms. */
  readonly retryAfterMs?: number;
  /** The provider says that the name is taken. */
  readonly duplicate?: boolean;
  /** The credentials were not accepted: two in a row open the connection's breaker. */
  readonly signature?: boolean;
  /** The session credential has run out: a fresh one, then once more. */
  readonly renewCredential?: boolean;
}

/**
 * What a call of a {@link Cloud} throws, and what a provider's `classify` gives back. The message is for people, one line, and
 * stands in the workflow's history: it must hold no secret.
 */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';

  constructor(
    message: string,
    readonly facts: ProviderErrorFacts,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}
