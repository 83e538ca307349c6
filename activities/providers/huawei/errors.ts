/**
 * What Huawei's answers mean. The gateway's rows come first, since it answers before any service; rows by status alone
 * come last. Studio documents two codes, one a catch-all; Fabric does not publish those for a taken name or a quota.
 */
import type { CloudAnswer, CloudRequest } from '../../cloud.js';
import { asRecord, asText } from '../../http/json.js';
import type { ProviderError } from '../../provider-error.js';
import { type ErrorRow, type Evidence, toProviderError } from '../error-table.js';
import { GATEWAY_ROWS } from './errors-gateway.js';

const STUDIO = 'DataArts Studio API, Creating a Workspace';
const STUDIO_GUIDE = 'DataArts Studio user guide, Creating a Workspace in Simple Mode; FAQ, Can I Delete Workspaces';
const TERRAFORM = 'huaweicloud/terraform-provider-huaweicloud, dataarts_studio_workspace_user and …_data_connection';
const FABRIC = 'DataArtsFabric API, Creating a Workspace and Deleting a Workspace';
const FABRIC_CODES = 'DataArtsFabric API, Error Codes';
const IAM = 'IAM API, Obtaining a User Token Through Password Authentication';
const OURS = 'documented nowhere; the cautious reading';

const studio = ['CreateManagerWorkSpace', 'ListManagerWorkSpaces', 'BatchDeleteWorkspaces'];
const studioCreate = ['CreateManagerWorkSpace'];
const studioDelete = ['BatchDeleteWorkspaces'];
const fabricCreate = ['CreateWorkspace'];
const fabricList = ['ListWorkspaces'];
const fabricDelete = ['DeleteWorkspace'];
const iamToken = ['KeystoneCreateUserTokenByPassword'];

const TAKEN = /^(?!.*(not|n't|no longer) exist).*(already|duplicate|\bexists?\b|same name)/is;
const ABSENT = /(not|n't|no longer) exist|not found|no such/i;
const FULL = /quota|upper limit|too many|maximum number/i;
const NOT_EMPTY = /not (be )?empty|non-?empty|in use|still|contains?|clear|delete .*first|resources? exist/i;

/** Never retried: the caller, the plan or the account has to change first. The request had no effect. */
const FINAL = { retryable: false, sent: 'refused' } as const;

function example(
  operation: readonly string[],
  status: number,
  code: string | number,
  text: string,
): ErrorRow['example'] {
  return { operation: operation[0] ?? '', status, body: { error_code: code, error_msg: text } };
}

function dayu(operation: readonly string[], detail: string): ErrorRow['example'] {
  return example(operation, 400, 'DAYU.4402', `The operation failed, detail msg ${detail}.`);
}

/** How a failed write of Studio looks that came back with status 200. Named like a code, since it stands for one. */
const FAILED_200 = 'is_success=false';
const UNSAID_200 = 'is_success missing';

const STUDIO_ROWS: readonly ErrorRow[] = [
  {
    when: { operation: studioCreate, status: [400, 499], code: /^DAYU\./, text: TAKEN },
    ...FINAL,
    type: 'AlreadyExists',
    duplicate: true,
    reason: 'the name is taken',
    source: `${STUDIO_GUIDE}: names are unique in an instance; ${STUDIO} tells it in the text at most`,
    example: dayu(studioCreate, 'workspace name already exists'),
  },
  {
    // Nobody documents that a write which failed with status 200 left nothing behind: `unknown`, so that the undo looks.
    when: { operation: studioCreate, code: [FAILED_200], text: TAKEN },
    type: 'AlreadyExists',
    retryable: false,
    sent: 'unknown',
    duplicate: true,
    reason: 'the name is taken',
    source: `${STUDIO_GUIDE}; ${TERRAFORM}`,
    example: {
      operation: 'CreateManagerWorkSpace',
      status: 200,
      body: { is_success: false, message: 'name already exists' },
    },
  },
  {
    when: { operation: studioDelete, status: [200, 400], text: ABSENT },
    ...FINAL,
    type: 'NotFound',
    reason: 'no such workspace',
    source: `${STUDIO}: DAYU.4402 tells its reason only in the text`,
    example: dayu(studioDelete, 'workspace does not exist'),
  },
  {
    when: { operation: studioDelete, status: [200, 400], text: NOT_EMPTY },
    ...FINAL,
    type: 'NotEmpty',
    reason: 'it still holds connections, clusters, jobs or scripts; clear them first',
    source: STUDIO_GUIDE,
    example: dayu(studioDelete, 'the workspace still contains jobs'),
  },
  {
    when: { operation: studio, code: [FAILED_200] },
    type: 'InvalidRequest',
    retryable: false,
    sent: 'unknown',
    reason: 'the service says that it failed, with status 200',
    source: TERRAFORM,
    example: { operation: 'CreateManagerWorkSpace', status: 200, body: { is_success: false, message: 'no resource' } },
  },
  {
    when: { operation: studio, code: [UNSAID_200] },
    type: 'OutcomeUnknown',
    retryable: true,
    sent: 'unknown',
    reason: 'the service does not say that it succeeded',
    source: `${STUDIO}: the only documented 200 says is_success true`,
    example: { operation: 'CreateManagerWorkSpace', status: 200, body: {} },
  },
  {
    when: { operation: studio, code: ['DAYU.3601'] },
    ...FINAL,
    type: 'AccessDenied',
    reason: 'no permission for this instance or workspace',
    source: TERRAFORM,
    example: example(studio, 400, 'DAYU.3601', 'You have no permission in asset.'),
  },
  {
    when: { operation: studioCreate, status: 400, code: ['DAYU.4402'], text: FULL },
    ...FINAL,
    type: 'ServiceLimitExceeded',
    reason: 'a quota is used up',
    source: `${STUDIO}: DAYU.4402 tells its reason only in the text`,
    example: dayu(studioCreate, 'workspace quota is used up'),
  },
  {
    when: { operation: studio, code: ['DAYU.4402'] },
    ...FINAL,
    type: 'InvalidRequest',
    reason: 'the request was refused',
    source: STUDIO,
    example: dayu(studioCreate, '{0}'),
  },
  {
    when: { operation: studio, code: ['DAYU.3531'] },
    type: 'ServiceInternalError',
    retryable: true,
    sent: 'unknown',
    reason: 'the service failed',
    source: STUDIO,
    example: example(studioCreate, 500, 'DAYU.3531', 'Internal server error: {0}'),
  },
];

const FABRIC_ROWS: readonly ErrorRow[] = [
  {
    when: { code: ['dataartsfabric.00010003', 'dataartsfabric.00010009'] },
    ...FINAL,
    type: 'NotFound',
    reason: 'no such workspace or resource',
    source: `${FABRIC_CODES}: two of three spellings, both with status 400`,
    example: example(fabricDelete, 400, 'dataartsfabric.00010003', 'The workspace does not exist.'),
  },
  {
    when: { operation: fabricList, status: 404 },
    ...FINAL,
    type: 'Misconfigured',
    reason: 'the list is not offered at this endpoint; check the region or endpoint of the connection',
    source: `${OURS}: no workspaces are an empty list`,
    example: example(fabricList, 404, 'common.01000001', 'response status exception, code: 404'),
  },
  {
    when: { status: 404, code: ['common.01000001'] },
    ...FINAL,
    type: 'NotFound',
    reason: 'no such workspace or resource',
    source: `${FABRIC}: the third spelling; the same code stands for a 400`,
    example: example(fabricDelete, 404, 'common.01000001', 'response status exception, code: 404'),
  },
  {
    when: { code: ['dataartsfabric.00000001'] },
    type: 'NotStabilized',
    retryable: true,
    sent: 'unknown',
    reason: 'still running',
    source: FABRIC_CODES,
    example: example(fabricCreate, 500, 'dataartsfabric.00000001', 'running, please wait'),
  },
  {
    when: { code: ['dataartsfabric.00010195'] },
    ...FINAL,
    type: 'AccessDenied',
    reason: 'a feature is not enabled for this account',
    source: FABRIC_CODES,
    example: example(fabricCreate, 400, 'dataartsfabric.00010195', 'Inference features are not enabled.'),
  },
  {
    when: { code: /^dataartsfabric\.0001000[4567]$/ },
    ...FINAL,
    type: 'InvalidRequest',
    reason: 'what the request names (bucket, agreement, clean-up task) does not exist',
    source: FABRIC_CODES,
    example: example(fabricCreate, 400, 'dataartsfabric.00010004', 'The bucket does not exist.'),
  },
  {
    when: { operation: fabricCreate, status: [400, 409], origin: 'service', text: FULL },
    ...FINAL,
    type: 'ServiceLimitExceeded',
    reason: 'the account has as many workspaces as it may have',
    source: `${FABRIC}: there is an upper limit; its code is not published`,
    example: example(fabricCreate, 400, 'dataartsfabric.00019998', 'The workspace quota has been used up.'),
  },
  {
    when: { operation: fabricCreate, status: [400, 409], origin: 'service', text: TAKEN },
    ...FINAL,
    type: 'AlreadyExists',
    duplicate: true,
    reason: 'the name is taken',
    source: `${FABRIC}: identical names are refused; the code is not published`,
    example: example(fabricCreate, 400, 'dataartsfabric.00019999', 'The workspace name already exists.'),
  },
  {
    when: { operation: fabricDelete, status: [400, 409], origin: 'service', text: NOT_EMPTY },
    ...FINAL,
    type: 'NotEmpty',
    reason: 'it still holds compute resources, endpoints or applications; clear them first',
    source: `${FABRIC}: it cannot be deleted then; the code is not published`,
    example: example(fabricDelete, 400, 'dataartsfabric.00019997', 'The workspace contains endpoints.'),
  },
  {
    when: { status: 403, code: ['403'], text: /token/i },
    ...FINAL,
    type: 'AccessDenied',
    signature: true,
    renewCredential: true,
    reason: 'token not accepted; check the credentials',
    source: FABRIC,
    example: {
      operation: 'CreateWorkspace',
      status: 403,
      body: {
        error: { code: '403', message: 'X-Auth-Token is invalid in the request', title: 'Forbidden' },
        error_code: 403,
        error_msg: 'X-Auth-Token is invalid in the request',
        title: 'Forbidden',
      },
    },
  },
];

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

function readError({ status, body }: CloudAnswer, { operation }: CloudRequest): Evidence {
  const fields = asRecord(body);
  // DAYU wraps some errors in a list; IAM and Fabric's token check nest them.
  const listed = asRecord(Array.isArray(fields.errors) ? fields.errors[0] : undefined);
  const nested = asRecord(fields.error);
  const code = asText(fields.error_code) ?? asText(listed.error_code) ?? asText(nested.code);
  const text = asText(fields.error_msg) ?? asText(listed.error_msg) ?? asText(nested.message) ?? '';
  if (code === undefined) return { origin: 'stranger', operation, status, code, text };
  return { origin: /^APIGW?\./.test(code) ? 'gateway' : 'service', operation, status, code, text };
}
