/** What is told of one exchange: facts that a log, a label or a span may hold, cleaned as failures are. */
import type { CloudAnswer, CloudRequest, WireRequest } from '../cloud.js';
import { ProviderError } from '../provider-error.js';
import type { ExchangeReport } from '../watch.js';
import { redact } from './redact.js';

export interface Exchanged {
  readonly request: CloudRequest;
  readonly wire: WireRequest;
  /** In terms of `performance.now()`. */
  readonly sentAt: number;
  readonly answer: CloudAnswer | undefined;
  /** What the call throws. */
  readonly error: unknown;
  readonly secrets: readonly string[];
}

export function reportOf({ request, wire, sentAt, answer, error, secrets }: Exchanged): ExchangeReport {
  const durationMs = performance.now() - sentAt;
  // An error has been cleaned already; an answer's request id is the cloud's text as it came.
  const facts = error instanceof ProviderError ? error.facts : undefined;
  const answered = answer?.requestId === undefined ? undefined : redact(answer.requestId, secrets);
  const requestId = facts?.requestId ?? answered;
  const cloudTime = Date.parse(answer?.headers.date ?? '');
  const { origin, pathname } = wire.url;
  return {
    operation: request.operation,
    service: request.service,
    method: wire.method,
    url: new URL(pathname, origin),
    startedAt: Date.now() - durationMs,
    durationMs,
    ...(answer && { status: answer.status }),
    ...(error !== undefined && { failure: facts?.type ?? 'Cancelled' }),
    ...(facts?.code !== undefined && { code: facts.code }),
    ...(requestId !== undefined && { requestId }),
    ...(Number.isFinite(cloudTime) && { cloudTime }),
  };
}
