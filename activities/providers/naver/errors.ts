/**
 * What NAVER's answers mean: the API gateway's numbered errors and Data Forest's own envelope are told apart first,
 * since both use 404 and only Data Forest's says that a workspace is gone.
 */
import type { CloudAnswer, CloudRequest } from '../../cloud.js';
import { asRecord, asText } from '../../http/json.js';
import type { ProviderError } from '../../provider-error.js';
import { type ErrorRow, type Evidence, toProviderError } from '../error-table.js';
import { GATEWAY, GATEWAY_ROWS } from './errors-gateway.js';

const OVERVIEW = 'Data Forest overview, Response status codes, api.ncloud-docs.com/docs/en/analytics-dataforest';
const CREATE_PAGE = 'AI Workspaces create, error codes examples';
const OURS = 'documented nowhere; the cautious reading';

const create = 'aiworkspaces/create';
const byId = ['aiworkspaces/delete', 'aiworkspaces/getDetail'];

function service(status: number, message: string, operation = create): ErrorRow['example'] {
  return { operation, status, body: { success: false, message } };
}

const SERVICE_ROWS: readonly ErrorRow[] = [
  {
    when: { origin: 'service', text: /exceeded limit|resource quota|can only create and use one/i },
    type: 'ServiceLimitExceeded',
    retryable: false,
    sent: 'refused',
    reason: 'creation limit reached; delete something, or ask NAVER Support to raise it',
    source: `${OVERVIEW}; Accounts create, failure example`,
    example: service(400, 'exceeded limit on resource quota'),
  },
  {
    when: { origin: 'service', text: /already (exist|in use|used)|duplicat/i },
    type: 'AlreadyExists',
    retryable: false,
    sent: 'refused',
    duplicate: true,
    reason: 'the name is taken',
    source: `wording ${OURS}; checkAvailableName implies that names are unique in an account`,
    example: service(400, 'name already exists'),
  },
  {
    when: { origin: 'service', operation: byId, status: 404 },
    type: 'NotFound',
    retryable: false,
    sent: 'refused',
    reason: 'no such AI workspace',
    source: OVERVIEW,
    example: service(404, 'no such element', 'aiworkspaces/delete'),
  },
  {
    // Some failures come as success false under HTTP 200 (Accounts create shows only such a body).
    when: { origin: 'service', operation: byId, text: /no such element/i },
    type: 'NotFound',
    retryable: false,
    sent: 'refused',
    reason: 'no such AI workspace',
    source: OVERVIEW,
    example: service(200, 'no such element', 'aiworkspaces/delete'),
  },
  {
    // A list or a create names no workspace: what is missing is the account, or the whole API.
    when: { origin: 'service', status: 404 },
    type: 'Misconfigured',
    retryable: false,
    sent: 'refused',
    reason: 'API not available, or no such account; check scope.accountId and endpoint',
    source: OVERVIEW,
    example: service(404, 'no such element'),
  },
  {
    when: { origin: 'service', text: /not allowed to access/i },
    type: 'AccessDenied',
    retryable: false,
    sent: 'refused',
    reason: 'no permission on this account or workspace',
    source: OVERVIEW,
    example: service(403, 'not allowed to access'),
  },
  {
    when: { origin: 'service', text: /invalid request param/i },
    type: 'InvalidRequest',
    retryable: false,
    sent: 'refused',
    reason: 'Data Forest refused a field',
    source: `${OVERVIEW}; ${CREATE_PAGE}`,
    example: service(
      400,
      `invalid request parameter (configuration.docker.image, 'tensorflow/r2.3.1-py3'). Must match "^(dataforest/)?([a-z0-9._-]{1,30}):([a-z0-9._-]{1,20})$"`,
    ),
  },
  {
    when: { origin: 'service', text: /unexpected error/i },
    type: 'ServiceInternalError',
    retryable: true,
    sent: 'unknown',
    reason: 'Data Forest failed',
    source: OVERVIEW,
    example: service(500, 'unexpected error'),
  },
  {
    when: { origin: 'service', status: [200, 299] },
    type: 'InvalidRequest',
    retryable: false,
    // An unknown failure without even a status: nothing says that it came before the effect.
    sent: 'unknown',
    reason: 'Data Forest answered success false',
    source: `envelope: AI Workspaces create; the rest ${OURS}`,
    example: service(200, 'something else'),
  },
];

const STATUS_ROWS: readonly ErrorRow[] = [
  {
    when: { status: 401 },
    type: 'AccessDenied',
    retryable: false,
    sent: 'refused',
    signature: true,
    reason: "not authenticated; check access key, secret key and this machine's clock",
    source: GATEWAY,
    example: { operation: create, status: 401, body: '' },
  },
  {
    when: { status: 403 },
    type: 'AccessDenied',
    retryable: false,
    sent: 'refused',
    reason: 'no permission',
    source: OVERVIEW,
    example: service(403, 'forbidden'),
  },
  {
    when: { status: 404 },
    type: 'Misconfigured',
    retryable: false,
    sent: 'refused',
    reason: 'API not available: neither gateway nor Data Forest wrote this answer; check the endpoint',
    source: OURS,
    example: { operation: 'aiworkspaces/delete', status: 404, body: '<html>Not Found</html>' },
  },
  {
    when: { status: 408 },
    type: 'ServiceTimeout',
    retryable: true,
    sent: 'unknown',
    reason: 'no answer in time',
    source: OURS,
    example: { operation: create, status: 408, body: '' },
  },
  {
    when: { status: 429 },
    type: 'Throttling',
    retryable: true,
    sent: 'refused',
    reason: 'too many requests',
    source: GATEWAY,
    example: { operation: create, status: 429, body: '' },
  },
  {
    when: { status: [500, 599] },
    type: 'ServiceInternalError',
    retryable: true,
    sent: 'unknown',
    reason: 'Data Forest or something before it failed',
    source: OVERVIEW,
    example: { operation: create, status: 502, body: '<html>Bad Gateway</html>' },
  },
  {
    when: { status: [400, 499] },
    type: 'InvalidRequest',
    retryable: false,
    sent: 'refused',
    reason: 'the request was refused',
    source: OVERVIEW,
    example: service(400, 'something else'),
  },
  {
    when: {},
    type: 'ServiceInternalError',
    retryable: true,
    sent: 'unknown',
    reason: 'the answer is not an envelope of Data Forest; check that the endpoint is the API',
    source: `every answer has success (AI Workspaces create); the rest ${OURS}`,
    example: { operation: create, status: 200, body: {} },
  },
];

export const NAVER_ERRORS: readonly ErrorRow[] = [...GATEWAY_ROWS, ...SERVICE_ROWS, ...STATUS_ROWS];

/** The error in an answer. Success is only what says so: failures come under HTTP 200 too. */
export function classifyNaver(answer: CloudAnswer, request: CloudRequest): ProviderError | undefined {
  if (isSuccess(answer)) return undefined;
  return toProviderError('naver', NAVER_ERRORS, evidenceOf(answer, request), answer, request);
}

function isSuccess({ status, body }: CloudAnswer): boolean {
  return status >= 200 && status < 300 && asRecord(body).success === true;
}

function evidenceOf({ status, body }: CloudAnswer, { operation }: CloudRequest): Evidence {
  const { error, success, message } = asRecord(body);
  if (typeof error === 'object' && error !== null) {
    const gateway = asRecord(error);
    // Declared an integer, printed as a string in the documentation's sample.
    return { origin: 'gateway', operation, status, code: asText(gateway.errorCode), text: words(gateway.message) };
  }
  const origin = typeof success === 'boolean' ? 'service' : 'stranger';
  return { origin, operation, status, code: undefined, text: words(message) };
}

/** Data Forest echoes the refused value: `(configuration.docker.env, 'hunter2')`. The field's name is enough. */
const ECHO = /\(([\w.[\]-]+), '.*'\)|\(([\w.[\]-]+), '.*/s;

function words(message: unknown): string {
  const text = asText(message) ?? '';
  return text.replace(ECHO, (_, whole: string | undefined, cut: string | undefined) => `(${whole ?? cut})`);
}
