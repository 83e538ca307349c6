/** What a model cloud answers in place of doing what it was asked, as a provider's error table would read it. */
import type { ProviderErrorFacts } from '../../activities/provider-error.js';

export type Facts = Omit<ProviderErrorFacts, 'provider' | 'operation'>;

export const REFUSED: Facts = { type: 'ServiceLimitExceeded', retryable: false, sent: 'refused', status: 400 };
export const THROTTLED: Facts = { type: 'Throttling', retryable: true, sent: 'refused', status: 429 };
export const NOT_SENT: Facts = { type: 'NetworkFailure', retryable: true, sent: 'never' };
export const LOST: Facts = { type: 'ServiceTimeout', retryable: true, sent: 'unknown' };
export const UNCLEAR: Facts = { type: 'ServiceInternalError', retryable: false, sent: 'unknown', status: 200 };
export const DUPLICATE: Facts = {
  type: 'AlreadyExists',
  retryable: false,
  sent: 'refused',
  status: 409,
  duplicate: true,
};
export const NOT_FOUND: Facts = { type: 'NotFound', retryable: false, sent: 'refused', status: 404 };
export const FORBIDDEN: Facts = { type: 'AccessDenied', retryable: false, sent: 'refused', status: 403 };
export const NOT_EMPTY: Facts = { type: 'NotEmpty', retryable: false, sent: 'refused', status: 409 };
