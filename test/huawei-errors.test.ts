/** Every row of Huawei's error table, through the real HTTP line: what an answer so means, above all for a create. */
import { expect, test } from 'vitest';
import type { CloudRequest, Effect } from '../activities/cloud.js';
import { ProviderError } from '../activities/provider-error.js';
import { classify, HUAWEI_ERRORS } from '../activities/providers/huawei/errors.js';
import { huawei } from '../activities/providers/huawei/provider.js';
import { type Scripted, scriptedCloud } from './support/scripted-cloud.js';

const account = {
  provider: huawei,
  credentials: { accessKey: 'AK-of-the-test', secretKey: 'SK-of-the-test' },
  scope: { projectId: 'p-1', instanceId: 'i-1' },
};

const EFFECTS: Readonly<Record<string, Effect>> = {
  CreateManagerWorkSpace: 'creates',
  ListManagerWorkSpaces: 'none',
  BatchDeleteWorkspaces: 'changes',
  CreateWorkspace: 'creates',
  ListWorkspaces: 'none',
  DeleteWorkspace: 'changes',
  KeystoneCreateUserTokenByPassword: 'none',
};

function requestOf(operation: string): CloudRequest {
  const studio = operation.includes('ManagerWorkSpace') || operation.startsWith('Batch');
  const service = operation.startsWith('Keystone') ? 'iam' : studio ? 'dataarts-studio' : 'dataarts-fabric';
  return { operation, service, method: 'POST', path: '/v1/x', json: {}, effect: EFFECTS[operation] ?? 'none' };
}

async function failureOf(operation: string, answer: Scripted): Promise<ProviderError> {
  const { cloud } = await scriptedCloud(account, () => answer);
  const error = await cloud.call(requestOf(operation)).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ProviderError)) throw new Error('the answer was taken for a success', { cause: error });
  return error;
}

test.each(HUAWEI_ERRORS.map((row) => [`${row.type}: ${row.reason}`, row] as const))(
  'an answer of the error table means what its row says: %s',
  async (_, row) => {
    const { operation, ...answer } = row.example;
    const error = await failureOf(operation, answer);
    expect(error.facts).toMatchObject({
      type: row.type,
      retryable: row.retryable,
      sent: EFFECTS[operation] === 'creates' ? row.sent : 'never',
      provider: 'huawei',
      operation,
      status: answer.status,
      requestId: 'req-1',
    });
    expect(Boolean(error.facts.duplicate)).toBe(row.duplicate === true);
    expect(Boolean(error.facts.signature)).toBe(row.signature === true);
    expect(Boolean(error.facts.renewCredential)).toBe(row.renewCredential === true);
    expect(error.message).toContain(row.reason.slice(0, 40));
    expect(error.message.length).toBeLessThanOrEqual(180);
  },
);

test('the example of each row reaches that row and none before it', () => {
  for (const row of HUAWEI_ERRORS) {
    const { operation, status, body } = row.example;
    const error = classify({ status, headers: {}, body, text: '' }, requestOf(operation));
    expect(error?.message).toContain(row.reason);
  }
});

// API Gateway user guide, Error Codes: each number with a status it is documented with.
test.each([
  ['0101', 404, 'Misconfigured'],
  ['0103', 500, 'ServiceInternalError'],
  ['0104', 500, 'ServiceInternalError'],
  ['0105', 500, 'ServiceInternalError'],
  ['0106', 400, 'InvalidRequest'],
  ['0201', 400, 'InvalidRequest'],
  ['0201', 413, 'InvalidRequest'],
  ['0201', 494, 'InvalidRequest'],
  ['0201', 502, 'ServiceInternalError'],
  ['0201', 504, 'ServiceTimeout'],
  ['0202', 502, 'ServiceInternalError'],
  ['0301', 401, 'AccessDenied'],
  ['0302', 403, 'AccessDenied'],
  ['0303', 401, 'AccessDenied'],
  ['0304', 403, 'AccessDenied'],
  ['0305', 401, 'AccessDenied'],
  ['0306', 403, 'AccessDenied'],
  ['0307', 401, 'AccessDenied'],
  ['0308', 429, 'Throttling'],
  ['0310', 403, 'AccessDenied'],
  ['0401', 403, 'AccessDenied'],
  ['0402', 403, 'AccessDenied'],
  ['0404', 403, 'AccessDenied'],
  ['0501', 405, 'ServiceLimitExceeded'],
  ['0502', 405, 'ServiceLimitExceeded'],
  ['0601', 500, 'ServiceInternalError'],
  ['0602', 400, 'InvalidRequest'],
  ['0610', 502, 'ServiceInternalError'],
  ['0613', 503, 'ServiceInternalError'],
  ['0802', 403, 'AccessDenied'],
  ['1002', 401, 'AccessDenied'],
  ['1005', 403, 'AccessDenied'],
] as const)('the gateway code %s with status %i means the same under both prefixes', (number, status, type) => {
  for (const prefix of ['APIG', 'APIGW']) {
    const body = { error_code: `${prefix}.${number}`, error_msg: 'text that changes', request_id: 'g-1' };
    for (const operation of ['CreateWorkspace', 'BatchDeleteWorkspaces']) {
      const facts = classify({ status, headers: {}, body, text: '' }, requestOf(operation))?.facts;
      expect(facts).toMatchObject({ type, code: `${prefix}.${number}` });
      if (operation === 'CreateWorkspace') expect(facts?.sent).toBe(status >= 500 ? 'unknown' : 'refused');
    }
  }
});

test('a gateway 404 on a delete is never taken for a workspace that is gone', async () => {
  const body = { error_code: 'APIGW.0101', error_msg: 'The API does not exist', request_id: 'g-1' };
  expect((await failureOf('DeleteWorkspace', { status: 404, body })).facts.type).toBe('Misconfigured');
  expect((await failureOf('BatchDeleteWorkspaces', { status: 404, body })).facts.type).toBe('Misconfigured');
});

test('an error that DAYU wraps in a list is read like a plain one', async () => {
  const body = { errors: [{ error_code: 'DAYU.4402', error_msg: 'workspace does not exist' }] };
  const { facts } = await failureOf('BatchDeleteWorkspaces', { status: 400, body });
  expect(facts).toMatchObject({ type: 'NotFound', code: 'DAYU.4402' });
});

test('a name that does not exist is not taken for a name that is taken', async () => {
  const body = { error_code: 'DAYU.4402', error_msg: 'The enterprise project does not exist.' };
  expect((await failureOf('CreateManagerWorkSpace', { status: 400, body })).facts.type).toBe('InvalidRequest');
});

test('a signature failure keeps the canonical request and the key out of its message', async () => {
  const error_msg = 'verify aksk signature fail, canonicalRequest:POST\n/v1/x/\n\nhost:h\n AK-of-the-test';
  const body = { error_code: 'APIG.0301', error_msg, request_id: 'g-1' };
  const { message } = await failureOf('CreateWorkspace', { status: 401, body });
  expect(message).toContain('verify aksk signature fail');
  expect(message).not.toMatch(/canonical|host:|AK-of|\n/i);
});

test('a throttled create waits as long as the gateway asks, else as long as Huawei advises', async () => {
  const body = { error_code: 'APIG.0308', error_msg: 'over ratelimit', request_id: 'g-1' };
  expect((await failureOf('CreateWorkspace', { status: 429, body })).facts.retryAfterMs).toBe(5_000);
  const headers = { 'retry-after': '17' };
  expect((await failureOf('CreateWorkspace', { status: 429, body, headers })).facts.retryAfterMs).toBe(17_000);
});
