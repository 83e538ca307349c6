/** What DataArtsFabric says. Its codes for a taken name, a quota and a workspace in use are not published. */
import type { ErrorRow } from '../error-table.js';
import { example, FINAL, FULL, fabricCreate, fabricDelete, fabricList, NOT_EMPTY, TAKEN } from './error-words.js';

const FABRIC = 'DataArtsFabric API, Creating a Workspace and Deleting a Workspace';
const FABRIC_CODES = 'DataArtsFabric API, Error Codes';
const OURS = 'documented nowhere; the cautious reading';

export const FABRIC_ROWS: readonly ErrorRow[] = [
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
