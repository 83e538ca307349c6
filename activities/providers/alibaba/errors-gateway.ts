/**
 * What Alibaba's gateway answers whatever the action: throttling, credentials, addresses, and bare statuses last.
 * The rows about DataWorks itself stand between the first two tables and the third, in errors.ts.
 */
import type { ErrorRow } from '../error-table.js';

export const CODES = 'DataWorks error codes, alibabacloud.com …/api-dataworks-public-2020-05-18-errorcodes';
export const GATEWAY = 'Common gateway errors, help.aliyun.com/document_detail/48054.html';
export const SKILL = 'alibabacloud-dataworks-datastudio-develop in aliyun/alibabacloud-aiops-skills';
export const TERRAFORM = 'aliyun/terraform-provider-alicloud, alicloud/service_alicloud_data_works_v2.go';
export const OURS = 'documented nowhere; the cautious reading';

const create = 'CreateWorkflowDefinition';

/** Never retried: the caller, the plan or the account has to change first. The request had no effect. */
export const FINAL = { retryable: false, sent: 'refused' } as const;

export function example(
  status: number,
  Code: string | undefined,
  Message: string,
  operation = create,
): ErrorRow['example'] {
  return { operation, status, body: { RequestId: '0EF298E5-0940-5AC7-9CB0-65025070A0B1', Code, Message } };
}

export const THROTTLING_ROWS: readonly ErrorRow[] = [
  {
    // The day's or the edition's calls are used up. Waiting out a day inside one attempt helps nobody.
    when: { code: ['Throttling.Api.Risk', 'Throttling.Resource'] },
    ...FINAL,
    type: 'ServiceLimitExceeded',
    reason: 'the calls of the day or of the edition are used up',
    source: CODES,
    example: example(429, 'Throttling.Resource', 'The request has exceeded the limit of your edition.'),
  },
  {
    when: { code: /Throttling/ },
    type: 'Throttling',
    retryable: true,
    sent: 'refused',
    reason: 'too many requests',
    source: `${CODES} with status 429; ${GATEWAY} with 400`,
    example: example(429, 'Throttling.User', 'Your request is too frequent. Try again later.'),
  },
  {
    when: { code: ['9990020002'] },
    type: 'Throttling',
    retryable: true,
    sent: 'refused',
    reason: 'too many requests',
    source: `${SKILL}, troubleshooting 15; ${TERRAFORM} retries it`,
    example: example(400, '9990020002', 'Throttling.User'),
  },
  {
    when: { text: /^Throttling\b/ },
    type: 'Throttling',
    retryable: true,
    sent: 'refused',
    reason: 'too many requests',
    source: `${SKILL}, troubleshooting 15: the word may stand in the message alone`,
    example: example(400, '9990020099', 'Throttling.Api'),
  },
];

export const CREDENTIAL_ROWS: readonly ErrorRow[] = [
  {
    when: { code: ['InvalidSecurityToken.Expired'] },
    ...FINAL,
    type: 'AccessDenied',
    signature: true,
    reason: 'the security token has expired; renew it',
    source: 'codes of temporary keys, aliyun/alibaba-cloud-sdk-go',
    example: example(400, 'InvalidSecurityToken.Expired', 'Specified SecurityToken is expired.'),
  },
  {
    when: { code: ['InvalidTimeStamp.Expired'] },
    ...FINAL,
    type: 'AccessDenied',
    signature: true,
    reason: "this machine's clock is more than 15 minutes off; set it",
    source: GATEWAY,
    example: example(400, 'InvalidTimeStamp.Expired', 'Specified time stamp or date value is expired.'),
  },
  {
    when: { code: ['SignatureNonceUsed'] },
    type: 'NetworkFailure',
    retryable: true,
    // Each attempt has a nonce of its own, so something between repeated the request: its first copy may have arrived.
    sent: 'unknown',
    reason: 'something between repeated the request; its first copy may have taken effect',
    source: `${GATEWAY}; the conclusion is ours`,
    example: example(400, 'SignatureNonceUsed', 'Specified signature nonce was used already.'),
  },
  {
    when: { code: /^(SignatureDoesNotMatch|IncompleteSignature|InvalidAccessKeyId\b|InvalidSecurityToken\b)/ },
    ...FINAL,
    type: 'AccessDenied',
    signature: true,
    reason: 'key or signature not accepted; check access key id and secret',
    source: GATEWAY,
    example: example(400, 'SignatureDoesNotMatch', 'The signature does not match.'),
  },
  {
    when: { code: ['Forbidden.Not.Server'] },
    ...FINAL,
    type: 'Misconfigured',
    reason: 'API not offered in this region; check region and endpoint',
    source: `${CODES}: permanent although its status is 500`,
    example: example(500, 'Forbidden.Not.Server', 'The API is not available in this region.'),
  },
  {
    when: { code: ['9990010001'] },
    ...FINAL,
    type: 'Misconfigured',
    reason: 'DataWorks is not activated in this account and region; activate it',
    source: 'alibabacloud-dataworks-workspace-manage in aliyun/alibabacloud-aiops-skills',
    example: example(400, '9990010001', 'DataWorks is not activated.'),
  },
  {
    when: { code: /^(ResourceNotAuthorized|Forbidden|NoPermission)/ },
    ...FINAL,
    type: 'AccessDenied',
    reason: 'no permission, or the DataWorks edition does not include this API',
    source: `${CODES}; CreateBusiness page for the edition`,
    example: example(403, 'ResourceNotAuthorized.Api', 'You are not authorized to call this API.'),
  },
  {
    when: { code: /^(InvalidApi|InvalidAction|InvalidVersion|InvalidProtocol|UnsupportedHTTPMethod)\b/ },
    ...FINAL,
    type: 'Misconfigured',
    reason: 'API not available at this address; check region and endpoint',
    source: GATEWAY,
    example: example(404, 'InvalidApi.NotFound', 'Specified api is not found.', 'DeleteWorkflowDefinition'),
  },
];

export const STATUS_ROWS: readonly ErrorRow[] = [
  {
    when: { hint: 'given', status: [400, 499] },
    type: 'Throttling',
    retryable: true,
    sent: 'refused',
    reason: 'too many requests',
    source: 'the official Python core takes any answer with x-acs-retry-after for throttling',
    example: {
      operation: create,
      status: 400,
      headers: { 'x-acs-retry-after': '200' },
      body: { RequestId: '0EF298E5-0940-5AC7-9CB0-65025070A0B1', Code: 'Busy', Message: 'Busy.' },
    },
  },
  {
    when: { status: 429 },
    type: 'Throttling',
    retryable: true,
    sent: 'refused',
    reason: 'too many requests',
    source: CODES,
    example: { operation: create, status: 429, body: '' },
  },
  {
    when: { status: [500, 599] },
    type: 'ServiceInternalError',
    retryable: true,
    sent: 'unknown',
    reason: 'DataWorks or something before it failed',
    source: CODES,
    example: { operation: create, status: 502, body: '<html>Bad Gateway</html>' },
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
    when: { status: [401, 403] },
    ...FINAL,
    type: 'AccessDenied',
    reason: 'no permission',
    source: CODES,
    example: example(403, undefined, 'no'),
  },
  {
    when: { status: 404 },
    ...FINAL,
    type: 'Misconfigured',
    reason: 'API not available at this address; check region and endpoint',
    source: `${GATEWAY} uses 404 for unknown APIs`,
    example: { operation: 'DeleteWorkflowDefinition', status: 404, body: '<html>Not Found</html>' },
  },
  {
    when: { code: /^\d+$/ },
    type: 'InvalidRequest',
    retryable: false,
    // No public list names these numbers; one may stand for a failure behind the service, after the effect.
    sent: 'unknown',
    reason: 'DataWorks refused with a code that no public list has',
    source: OURS,
    example: example(400, '1234567890', 'unlisted'),
  },
  {
    when: { status: [400, 499] },
    ...FINAL,
    type: 'InvalidRequest',
    reason: 'the request was refused',
    source: GATEWAY,
    example: example(400, 'Whatever', 'no'),
  },
  {
    when: { origin: 'service' },
    type: 'InvalidRequest',
    retryable: false,
    sent: 'unknown',
    reason: 'DataWorks answered with a failure under HTTP 200',
    source: 'formatError of aliyun/terraform-provider-alicloud: such answers exist',
    example: { operation: create, status: 200, body: { RequestId: 'R-1', Success: false } },
  },
  {
    when: {},
    type: 'ServiceInternalError',
    retryable: true,
    sent: 'unknown',
    reason: 'the answer is not one of DataWorks; check that the endpoint is the API',
    source: `every answer has RequestId (models of the SDK); the rest ${OURS}`,
    example: { operation: create, status: 200, body: '<html>Welcome</html>' },
  },
];
