/** What our activities throw: the provider's evidence in data, one short line for people, no stack. */
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { FailureDetails, FailureType } from '../contract/failures.js';
import { ProviderError } from './provider-error.js';

export interface FailureOptions {
  readonly type: FailureType;
  readonly message: string;
  readonly retryable: boolean;
  readonly details: FailureDetails;
  /** The server's next try, instead of its own back-off. */
  readonly retryAfterMs?: number;
}

export function createFailure({ type, message, retryable, details, retryAfterMs }: FailureOptions): ApplicationFailure {
  const failure = ApplicationFailure.create({
    type,
    message,
    nonRetryable: !retryable,
    details: [details],
    ...(retryAfterMs !== undefined && { nextRetryDelay: Math.max(1, Math.ceil(retryAfterMs)) }),
  });
  failure.stack = '';
  return failure;
}

/**
 * `facts` (what the create may have done) go into whatever is thrown; a cancellation stays a cancellation. What nobody
 * foresaw (an error in a kind of the user's own) is tried again; its words are redacted, since it saw the secrets.
 */
export function toFailure(error: unknown, facts: FailureDetails, redact: (text: string) => string): unknown {
  if (error instanceof CancelledFailure) return new CancelledFailure(error.message, [facts]);
  if (error instanceof ApplicationFailure) return error;
  if (!(error instanceof ProviderError)) {
    const message = redact(`unexpected: ${error instanceof Error ? error.message : String(error)}`);
    return createFailure({ type: 'ServiceInternalError', message, retryable: true, details: facts });
  }
  const { type, retryable, provider, operation, status, code, requestId, retryAfterMs } = error.facts;
  const details: FailureDetails = {
    ...facts,
    provider,
    operation,
    ...(status !== undefined && { status }),
    ...(code !== undefined && { code }),
    ...(requestId !== undefined && { requestId }),
  };
  return createFailure({
    type,
    message: redact(error.message),
    retryable,
    details,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}
