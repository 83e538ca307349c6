/**
 * What Huawei's answers mean: one table, the first row that fits decides. The gateway's rows come first, since it
 * answers before any service; rows by status alone come last, IAM's among them.
 */
import type { CloudAnswer, CloudRequest } from '../../cloud.js';
import { retryAfterOf } from '../../http/answer.js';
import { asRecord, asText } from '../../http/json.js';
import type { ProviderError } from '../../provider-error.js';
import { type ErrorRow, type Evidence, toProviderError } from '../error-table.js';
import { example, FAILED_200, FINAL, fabricCreate, iamToken, studioCreate, UNSAID_200 } from './error-words.js';
import { FABRIC_ROWS } from './errors-fabric.js';
import { GATEWAY_ROWS } from './errors-gateway.js';
import { STUDIO_ROWS } from './errors-studio.js';

const FABRIC = 'DataArtsFabric API, Creating a Workspace and Deleting a Workspace';
const IAM = 'IAM API, Obtaining a User Token Through Password Authentication';
const OURS = 'documented nowhere; the cautious reading';

/** IAM's own errors carry nothing but a status. */
function iamExample(code: number, message: string, title: string): ErrorRow['example'] {
  return { operation: 'KeystoneCreateUserTokenByPassword', status: code, body: { error: { code, message, title } } };
}

const STATUS_ROWS: readonly ErrorRow[] = [
  {
    when: { operation: iamToken, status: 400 },
    ...FINAL,
    type: 'Misconfigured',
    reason: "IAM cannot read the token request; check the connection's scope and credentials",
    source: IAM,
    example: iamExample(400, 'The request body is invalid', 'Bad Request'),
  },
  {
    // No renewal: a wrong password is wrong again, and a number of tries set by the administrator locks the user.
    when: { operation: iamToken, status: 401 },
    ...FINAL,
    type: 'AccessDenied',
    signature: true,
    reason: 'user name or password is wrong, or the project is not one of the user',
    source: IAM,
    example: iamExample(401, 'The username or password is wrong.', 'Unauthorized'),
  },
  {
    when: { status: 401 },
    ...FINAL,
    type: 'AccessDenied',
    signature: true,
    renewCredential: true,
    reason: 'not authenticated; check the credentials',
    source: OURS,
    example: example(studioCreate, 401, 'DAYU.0401', 'Unauthorized'),
  },
  {
    when: { status: 403 },
    ...FINAL,
    type: 'AccessDenied',
    reason: 'not allowed; grant the permission',
    source: `${FABRIC}; ${IAM}`,
    example: iamExample(403, 'Forbidden', 'Forbidden'),
  },
  {
    when: { status: [404, 405] },
    ...FINAL,
    type: 'Misconfigured',
    reason: 'not available at this endpoint; check the region or endpoint of the connection',
    source: `${OURS}: any server in between may say so, it never means that a workspace is gone`,
    example: { operation: 'BatchDeleteWorkspaces', status: 404, body: '<html>404 Not Found</html>' },
  },
  {
    when: { status: 408 },
    type: 'ServiceTimeout',
    retryable: true,
    sent: 'unknown',
    reason: 'timed out in the service',
    source: FABRIC,
    example: example(fabricCreate, 408, 'common.00000408', 'timeout exception occurred'),
  },
  {
    when: { operation: [...studioCreate, ...fabricCreate], status: 409 },
    ...FINAL,
    type: 'AlreadyExists',
    duplicate: true,
    reason: 'a conflict, most likely about the name',
    source: OURS,
    example: example(studioCreate, 409, 'DAYU.0409', 'Conflict'),
  },
  {
    when: { status: 429 },
    type: 'Throttling',
    retryable: true,
    sent: 'refused',
    retryAfterMs: 5_000,
    reason: 'too many requests',
    source: 'API Gateway user guide, Error Codes: 429 is refused before the service',
    example: example(fabricCreate, 429, 'common.00000429', 'Too Many Requests'),
  },
  {
    when: { status: 504 },
    type: 'ServiceTimeout',
    retryable: true,
    sent: 'unknown',
    reason: 'the gateway gave up waiting; the service may not have',
    source: 'API Gateway user guide, Error Codes: 0201',
    example: example(fabricCreate, 504, 'APIG.0201', 'Backend timeout'),
  },
  {
    when: { status: [500, 599] },
    type: 'ServiceInternalError',
    retryable: true,
    sent: 'unknown',
    reason: 'the service failed',
    source: `${FABRIC}; API Gateway user guide, Error Codes`,
    example: example(fabricCreate, 500, 'common.00000500', 'internal error'),
  },
  {
    when: {},
    ...FINAL,
    type: 'InvalidRequest',
    reason: 'the request was refused',
    source: FABRIC,
    example: example(fabricCreate, 400, 'common.01000001', 'failed to read http request, reason: Type mismatch.'),
  },
];

/** In order of precedence. */
export const HUAWEI_ERRORS: readonly ErrorRow[] = [...GATEWAY_ROWS, ...STUDIO_ROWS, ...FABRIC_ROWS, ...STATUS_ROWS];

/** The error in an answer, or undefined where it is a success. */
export function classify(answer: CloudAnswer, request: CloudRequest): ProviderError | undefined {
  const evidence = answer.status < 300 ? failedWrite(answer, request) : readError(answer, request);
  return evidence && toProviderError('huawei', HUAWEI_ERRORS, evidence, answer, request);
}

/** Studio's writes tell in their body whether they succeeded; nothing else does. */
function failedWrite({ status, body }: CloudAnswer, request: CloudRequest): Evidence | undefined {
  const { is_success: success, message } = asRecord(body);
  if (request.service !== 'dataarts-studio' || request.effect === 'none' || success === true) return undefined;
  const code = success === false ? FAILED_200 : UNSAID_200;
  return { origin: 'service', operation: request.operation, status, code, text: asText(message) ?? '' };
}

function readError({ status, headers, body }: CloudAnswer, { operation }: CloudRequest): Evidence {
  const fields = asRecord(body);
  // DAYU wraps some errors in a list; IAM and Fabric's token check nest them.
  const listed = asRecord(Array.isArray(fields.errors) ? fields.errors[0] : undefined);
  const nested = asRecord(fields.error);
  const code = asText(fields.error_code) ?? asText(listed.error_code) ?? asText(nested.code);
  const text = asText(fields.error_msg) ?? asText(listed.error_msg) ?? asText(nested.message) ?? '';
  const origin = code === undefined ? 'stranger' : /^APIGW?\./.test(code) ? 'gateway' : 'service';
  // Documented nowhere, but better than our own guess where it is given.
  const retryAfterMs = retryAfterOf(headers);
  return { origin, operation, status, code, text, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}
