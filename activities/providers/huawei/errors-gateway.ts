/**
 * What Huawei's API Gateway says before any service sees the request. Only its numbers count, texts change; cloud
 * services write the prefix as `APIG.` or, newer, `APIGW.`.
 */
import type { ErrorRow } from '../error-table.js';

const GATEWAY = 'API Gateway user guide, Error Codes';
const LOCK = 'API Gateway FAQ: more than five signature failures in a row lock the key for five minutes';

/** Never retried: the caller, the account or the configuration has to change first. The request had no effect. */
const FINAL = { retryable: false, sent: 'refused' } as const;

function apig(...numbers: readonly string[]): RegExp {
  return new RegExp(`^APIGW?\\.(${numbers.join('|')})$`);
}

function example(
  status: number,
  number: string,
  error_msg: string,
  operation = 'CreateWorkspace',
): ErrorRow['example'] {
  const body = { error_code: `APIG.${number}`, error_msg, request_id: '0fd1a0ca4ae98d4b9b0df2ccd9ee8e4f' };
  return { operation, status, body };
}

export const GATEWAY_ROWS: readonly ErrorRow[] = [
  {
    when: { code: apig('0101') },
    ...FINAL,
    type: 'Misconfigured',
    reason: 'API not available at this endpoint; check the region or endpoint of the connection',
    source: `${GATEWAY}: this 404 says nothing about any workspace`,
    example: example(
      404,
      '0101',
      'The API does not exist or has not been published in the environment',
      'DeleteWorkspace',
    ),
  },
  {
    when: { code: apig('0307') },
    ...FINAL,
    type: 'AccessDenied',
    renewCredential: true,
    reason: 'the token has run out',
    source: `${GATEWAY}; IAM API, Obtaining a User Token`,
    example: example(401, '0307', 'The token must be updated.'),
  },
  {
    when: { code: apig('0301') },
    ...FINAL,
    type: 'AccessDenied',
    signature: true,
    renewCredential: true,
    reason: 'signature or token not accepted; check the credentials',
    source: `${GATEWAY}; ${LOCK}`,
    example: example(401, '0301', 'Incorrect IAM authentication information: verify aksk signature fail'),
  },
  {
    when: { code: apig('0303', '0305') },
    ...FINAL,
    type: 'AccessDenied',
    signature: true,
    reason: "not authenticated; check the credentials and this machine's clock",
    source: `${GATEWAY}; API signing guide: 0303 also where the clock is more than 15 minutes off`,
    example: example(401, '0303', 'Incorrect app authentication information'),
  },
  {
    when: { code: apig('1002') },
    ...FINAL,
    type: 'AccessDenied',
    signature: true,
    renewCredential: true,
    reason: 'token not accepted; check the credentials',
    source: 'DataArtsFabric API, Creating a Workspace and Deleting a Workspace',
    example: example(401, '1002', 'Incorrect token or token resolution failed'),
  },
  {
    when: { code: apig('0302', '0304', '0306', '0310', '0401', '0402', '0404', '0802', '1005') },
    ...FINAL,
    type: 'AccessDenied',
    reason: 'not allowed for this user, project, region or address; grant the permission',
    source: GATEWAY,
    example: example(403, '0302', 'The IAM user is not authorized to access the API.'),
  },
  {
    when: { code: apig('0308') },
    type: 'Throttling',
    retryable: true,
    sent: 'refused',
    // Huawei's own advice is to wait 2 to 5 s and longer each time; Retry-After is documented nowhere.
    retryAfterMs: 5_000,
    reason: 'too many requests',
    source: `${GATEWAY}; OCR FAQ on APIG.0308`,
    example: example(
      429,
      '0308',
      'The throttling threshold has been reached: policy user over ratelimit,limit:20,time:1 minute',
    ),
  },
  {
    when: { code: apig('0501', '0502') },
    ...FINAL,
    type: 'ServiceLimitExceeded',
    reason: 'the quota of calls is used up or frozen',
    source: GATEWAY,
    example: example(405, '0501', 'The app quota has been used up'),
  },
];
