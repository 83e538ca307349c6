/**
 * What NAVER's API gateway answers before Data Forest is reached. Its codes look like HTTP statuses and are not:
 * errorCode 200 is a failed login.
 */
import type { ErrorRow } from '../error-table.js';

export const GATEWAY = 'API Gateway error handling, api-gov.ncloud-docs.com/docs/api-call-lgc-errorhandling';

function gateway(
  status: number,
  errorCode: number,
  message: string,
  operation = 'aiworkspaces/create',
): ErrorRow['example'] {
  return { operation, status, body: { error: { errorCode: String(errorCode), message } } };
}

export const GATEWAY_ROWS: readonly ErrorRow[] = [
  {
    when: { origin: 'gateway', code: ['100'] },
    type: 'InvalidRequest',
    retryable: false,
    sent: 'refused',
    reason: 'the gateway could not read the request; it wants https and UTF-8',
    source: GATEWAY,
    example: gateway(400, 100, 'Bad Request Exception'),
  },
  {
    when: { origin: 'gateway', code: ['200'] },
    type: 'AccessDenied',
    retryable: false,
    sent: 'refused',
    signature: true,
    reason: "not authenticated; check access key, secret key and this machine's clock",
    source: GATEWAY,
    example: gateway(401, 200, 'Authentication Failed'),
  },
  {
    when: { origin: 'gateway', code: ['210', '230'] },
    type: 'AccessDenied',
    retryable: false,
    sent: 'refused',
    reason: 'the key may not do this; give its sub account the permission',
    source: `${GATEWAY}; 230 only in the API Gateway overview`,
    example: gateway(401, 210, 'Permission Denied'),
  },
  {
    when: { origin: 'gateway', code: ['300'] },
    type: 'Misconfigured',
    retryable: false,
    sent: 'refused',
    reason: 'API not available: wrong endpoint, or NAVER no longer offers it',
    source: `${GATEWAY}; the AI workspace pages have left the documentation of 2026-09`,
    example: gateway(404, 300, 'Not Found Exception', 'aiworkspaces/delete'),
  },
  {
    when: { origin: 'gateway', code: ['400'] },
    type: 'Throttling',
    retryable: true,
    sent: 'refused',
    // A quota of hours or days: asking again each minute would only use it up.
    retryAfterMs: 600_000,
    reason: 'the API quota is used up',
    source: GATEWAY,
    example: gateway(429, 400, 'Quota Exceeded'),
  },
  {
    when: { origin: 'gateway', code: ['410', '420'] },
    type: 'Throttling',
    retryable: true,
    sent: 'refused',
    reason: 'too many requests',
    source: GATEWAY,
    example: gateway(429, 410, 'Throttle Limited'),
  },
  {
    when: { origin: 'gateway', code: ['430'] },
    type: 'InvalidRequest',
    retryable: false,
    sent: 'refused',
    reason: 'the request is too large for the gateway',
    source: GATEWAY,
    example: gateway(413, 430, 'Request Entity Too Large'),
  },
  {
    when: { origin: 'gateway', code: ['500'] },
    type: 'ServiceInternalError',
    retryable: true,
    // "Cannot connect" is the gateway's word for it, but a connection lost half-way reads the same.
    sent: 'unknown',
    reason: 'the gateway did not reach Data Forest',
    source: GATEWAY,
    example: gateway(503, 500, 'Endpoint Error'),
  },
  {
    when: { origin: 'gateway', code: ['510'] },
    type: 'ServiceTimeout',
    retryable: true,
    sent: 'unknown',
    reason: 'Data Forest did not answer the gateway in time',
    source: GATEWAY,
    example: gateway(504, 510, 'Endpoint Timeout'),
  },
  {
    when: { origin: 'gateway', code: ['900'] },
    type: 'ServiceInternalError',
    retryable: true,
    sent: 'unknown',
    reason: 'the gateway failed',
    source: GATEWAY,
    example: gateway(500, 900, 'Unexpected Error'),
  },
];
