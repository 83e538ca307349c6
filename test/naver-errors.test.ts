/** Every row of NAVER's error table, through the real HTTP line: what a create answered so means. */
import { expect, test } from 'vitest';
import type { CloudRequest } from '../activities/cloud.js';
import { ProviderError } from '../activities/provider-error.js';
import { classifyNaver, NAVER_ERRORS } from '../activities/providers/naver/errors.js';
import { naver } from '../activities/providers/naver/provider.js';
import { type Scripted, scriptedCloud } from './support/scripted-cloud.js';

const account = { provider: naver, credentials: { accessKey: 'AK', secretKey: 'SK-of-the-test' } };

async function failureOf(operation: string, scripted: Scripted): Promise<ProviderError> {
  const { cloud } = await scriptedCloud(account, () => scripted);
  const request: CloudRequest = {
    operation,
    service: 'data-forest',
    method: 'POST',
    path: `/api/v2/${operation}`,
    json: {},
    effect: operation.endsWith('create') ? 'creates' : 'changes',
  };
  const error = await cloud.call(request).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ProviderError)) throw new Error('the answer was taken for a success');
  return error;
}

test.each(NAVER_ERRORS.map((row) => [`${row.type}: ${row.reason}`, row] as const))(
  'an answer of the error table means what its row says: %s',
  async (_, row) => {
    const { operation, ...answer } = row.example;
    const error = await failureOf(operation, answer);
    expect(error.facts).toMatchObject({
      type: row.type,
      retryable: row.retryable,
      sent: operation.endsWith('create') ? row.sent : 'never',
      provider: 'naver',
      operation,
      status: answer.status,
      requestId: 'req-1',
    });
    expect(Boolean(error.facts.duplicate)).toBe(row.duplicate === true);
    expect(Boolean(error.facts.signature)).toBe(row.signature === true);
    expect(error.message).toContain(row.reason.slice(0, 40));
    expect(error.message.length).toBeLessThanOrEqual(180);
  },
);

test('the example of each row reaches that row and none before it', async () => {
  for (const row of NAVER_ERRORS) {
    const { operation, status, body } = row.example;
    const request = { operation, effect: 'creates' } as CloudRequest;
    const error = classifyNaver({ status, headers: {}, body, text: '' }, request);
    expect(error?.message).toContain(row.reason);
  }
});

test('a gateway code printed as a number means the same as one printed as a string', async () => {
  const body = { error: { errorCode: 410, message: 'Throttle Limited' } };
  expect((await failureOf('aiworkspaces/create', { status: 429, body })).facts).toMatchObject({
    type: 'Throttling',
    code: '410',
  });
});

test('the 404 of the gateway on a delete is never taken for a workspace that is gone', async () => {
  const body = { error: { errorCode: '300', message: 'Not Found Exception' } };
  const error = await failureOf('aiworkspaces/delete', { status: 404, body });
  expect(error.facts.type).toBe('Misconfigured');
  expect(error.message).toContain('API not available');
});

test('the 404 of Data Forest on a list blames account or API, not the workspace', async () => {
  const body = { success: false, message: 'no such element' };
  expect((await failureOf('aiworkspaces/getList', { status: 404, body })).facts.type).toBe('Misconfigured');
});

test('a refused field is named in the message while its echoed value is not', async () => {
  const message = "invalid request parameter (configuration.docker.env, 'hunter2 (it's) secret'). Must match \"x\"";
  const error = await failureOf('aiworkspaces/create', { status: 400, body: { success: false, message } });
  expect(error.message).toContain('configuration.docker.env');
  expect(error.message).not.toContain('hunter2');
  expect(error.message).not.toContain('secret');
});
