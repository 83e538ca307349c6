/** What came back, as kinds and providers see it: lower-case headers, parsed body, the provider's request id, its hint. */
import type { CloudAnswer } from '../cloud.js';
import { asRecord, asText, parseJson } from './json.js';
import type { RawAnswer } from './transport.js';

/** Huawei's gateway and Fabric, then Alibaba's gateway. */
const REQUEST_ID_HEADERS = ['x-request-id', 'x-acs-request-id'];

/** Huawei's gateway, Alibaba, NAVER. */
const REQUEST_ID_FIELDS = ['request_id', 'RequestId', 'requestId'];

export function toCloudAnswer({ status, headers, text }: RawAnswer): CloudAnswer {
  const body = parseJson(text);
  const fields = asRecord(body);
  const requestId =
    REQUEST_ID_HEADERS.map((name) => headers[name]).find(Boolean) ??
    REQUEST_ID_FIELDS.map((name) => asText(fields[name])).find(Boolean);
  return { status, headers, body, text, ...(requestId && { requestId }) };
}

/** A longer hint is a mistake or an attack; our own back-off goes to a minute. */
const MAX_RETRY_AFTER_MS = 10 * 60_000;

/** `Retry-After` in ms: seconds, or an HTTP date (RFC 9110, 10.2.3). */
export function retryAfterOf(headers: Readonly<Record<string, string>>): number | undefined {
  const hint = headers['retry-after']?.trim();
  if (!hint) return undefined;
  const ms = /^\d+(\.\d+)?$/.test(hint) ? Number(hint) * 1_000 : Date.parse(hint) - Date.now();
  return Number.isFinite(ms) && ms >= 0 ? Math.min(ms, MAX_RETRY_AFTER_MS) : undefined;
}
