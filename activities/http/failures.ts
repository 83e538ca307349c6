/**
 * The errors that the HTTP layer itself can tell, as ProviderErrors: no answer, an answer that is no answer (redirect,
 * unknown status), and the finishing that every error of a provider gets.
 */
import type { CloudAnswer, CloudRequest, Provider } from '../cloud.js';
import { ProviderError, type ProviderErrorFacts } from '../provider-error.js';
import { retryAfterOf } from './answer.js';
import { OutOfReach } from './reach.js';
import { redact } from './redact.js';
import { codeOf, TransportFailure } from './transport.js';

type Facts = Omit<ProviderErrorFacts, 'provider' | 'operation'>;

export function failure(provider: Provider, request: CloudRequest, facts: Facts, message: string): ProviderError {
  return new ProviderError(message, { ...facts, provider: provider.name, operation: request.operation });
}

/** No answer came. What never began to leave did nothing; anything else that creates may have taken effect. */
export function transportFailure(
  provider: Provider,
  request: CloudRequest,
  error: unknown,
  connection: string,
): unknown {
  if (!(error instanceof TransportFailure)) return error;
  const sent = error.started && request.effect !== 'none' ? 'unknown' : 'never';
  const code = codeOf(error.cause);
  const facts = { retryable: true, sent, ...(code && { code }) } as const;
  const fail = (type: Facts['type'], message: string, retryable = true) =>
    failure(provider, request, { ...facts, type, retryable }, message);
  if (error.why === 'too-large') {
    // The same list will be as long again; a create is looked up instead.
    return fail('ServiceInternalError', 'The answer is larger than any documented one', request.effect !== 'none');
  }
  if (error.cause instanceof OutOfReach) {
    return fail('Misconfigured', `Connection ${connection}: ${error.cause.message}`, false);
  }
  if (error.why === 'window') return fail('NetworkFailure', 'The request could not leave inside its send window');
  if (!error.started) return fail('NetworkFailure', `No connection to the service (${code ?? 'no answer in time'})`);
  if (error.why === 'deadline') return fail('ServiceTimeout', 'The service did not answer in time');
  return fail('NetworkFailure', `The connection broke before the answer came (${code ?? 'closed'})`);
}

/** A redirect is never followed: it would carry a signed request to a host that nobody configured. */
export function redirectFailure(provider: Provider, request: CloudRequest, answer: CloudAnswer) {
  if (answer.status < 300 || answer.status >= 400) return undefined;
  // 303 says that the request was done and where to look; all others, that it was not.
  const sent = answer.status === 303 ? 'unknown' : 'refused';
  const message = `The service answers with a redirect (${answer.status}): check the connection's endpoint`;
  return failure(provider, request, { type: 'Misconfigured', retryable: false, sent, status: answer.status }, message);
}

/** A provider's classify that lets an error status through must not turn it into a success. */
export function unclassifiedFailure(provider: Provider, request: CloudRequest, { status }: CloudAnswer) {
  if (status >= 200 && status < 300) return undefined;
  const server = status >= 500;
  const facts = {
    type: server ? 'ServiceInternalError' : 'InvalidRequest',
    retryable: server,
    sent: server ? 'unknown' : 'refused',
    status,
  } as const;
  return failure(provider, request, facts, `The service answered with status ${status}`);
}

/** The error with its evidence, all of which may go into history: its code is the cloud's text too. Reads have done nothing. */
export function finish(error: ProviderError, request: CloudRequest, answer: CloudAnswer, secrets: readonly string[]) {
  const { facts } = error;
  const said = (text: string | undefined) => (text === undefined ? undefined : redact(text, secrets));
  const requestId = said(facts.requestId ?? answer.requestId);
  const code = said(facts.code);
  const retryAfterMs = facts.retryAfterMs ?? retryAfterOf(answer.headers);
  return new ProviderError(redact(error.message, secrets), {
    ...facts,
    status: facts.status ?? answer.status,
    sent: request.effect === 'none' ? 'never' : facts.sent,
    ...(code !== undefined && { code }),
    ...(requestId !== undefined && { requestId }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}
