/**
 * The form of a provider's error table: rows are tried in order, the first that fits an answer says what it means.
 * Each row carries its reason, its source and an example answer, so that one generated test proves every row.
 */
import type { FailureType } from '../../contract/failures.js';
import type { CloudAnswer, CloudRequest } from '../cloud.js';
import { ProviderError } from '../provider-error.js';

/** What an answer shows, read once per provider: rows see nothing else. */
export interface Evidence {
  /** Who speaks: the gateway in front, the service itself, or something that is neither (a proxy's page). */
  readonly origin: 'gateway' | 'service' | 'stranger';
  readonly operation: string;
  readonly status: number;
  readonly code: string | undefined;
  /** The provider's own words, without what they echo of the request. */
  readonly text: string;
  readonly retryAfterMs?: number;
}

/** Everything given must hold. */
interface Condition {
  readonly origin?: Evidence['origin'];
  readonly operation?: readonly string[];
  /** One status, or a range with both ends. */
  readonly status?: number | readonly [number, number];
  readonly code?: readonly string[] | RegExp;
  readonly text?: RegExp;
  /** The answer says how long to wait. */
  readonly hint?: 'given';
}

export interface ErrorRow {
  readonly when: Condition;
  readonly type: FailureType;
  readonly retryable: boolean;
  /** What a create answered so may have done. */
  readonly sent: 'refused' | 'unknown';
  readonly duplicate?: true;
  readonly signature?: true;
  readonly renewCredential?: true;
  /** How long to wait where the answer gives no hint. */
  readonly retryAfterMs?: number;
  /** For people, short: it stands in the failure's message. */
  readonly reason: string;
  readonly source: string;
  readonly example: {
    readonly operation: string;
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    /** Sent as JSON, a string as it is. */
    readonly body: unknown;
  };
}

function fits(when: Condition, evidence: Evidence): boolean {
  return (
    (when.origin === undefined || when.origin === evidence.origin) &&
    (when.operation === undefined || when.operation.includes(evidence.operation)) &&
    (when.status === undefined || statusFits(when.status, evidence.status)) &&
    (when.code === undefined || codeFits(when.code, evidence.code)) &&
    (when.text === undefined || when.text.test(evidence.text)) &&
    (when.hint === undefined || evidence.retryAfterMs !== undefined)
  );
}

function statusFits(wanted: number | readonly [number, number], status: number): boolean {
  return typeof wanted === 'number' ? wanted === status : wanted[0] <= status && status <= wanted[1];
}

function codeFits(wanted: readonly string[] | RegExp, code: string | undefined): boolean {
  if (code === undefined) return false;
  return wanted instanceof RegExp ? wanted.test(code) : wanted.includes(code);
}

/** The error that the first fitting row makes of an answer. A table must end with rows that fit anything. */
export function toProviderError(
  provider: string,
  rows: readonly ErrorRow[],
  evidence: Evidence,
  answer: CloudAnswer,
  request: CloudRequest,
): ProviderError {
  const row = rows.find(({ when }) => fits(when, evidence));
  if (!row) throw new Error(`The error table of ${provider} has no row for status ${evidence.status}`);
  const { operation, status, code, text } = evidence;
  const retryAfterMs = evidence.retryAfterMs ?? row.retryAfterMs;
  const said = [status, code].filter((word) => word !== undefined).join(' ');
  return new ProviderError(`${operation}: ${row.reason} (${said}${text === '' ? '' : `: ${text}`})`, {
    type: row.type,
    retryable: row.retryable,
    sent: request.effect === 'creates' ? row.sent : 'never',
    provider,
    operation,
    status,
    ...(code !== undefined && { code }),
    ...(answer.requestId !== undefined && { requestId: answer.requestId }),
    ...(row.retryable && retryAfterMs !== undefined && { retryAfterMs }),
    ...(row.duplicate && { duplicate: true }),
    ...(row.signature && { signature: true }),
    ...(row.renewCredential && { renewCredential: true }),
  });
}
