/** Every row of DataWorks' error table, through the real HTTP line: what an answer means for the call that got it. */
import { expect, test } from 'vitest';
import type { CloudRequest } from '../activities/cloud.js';
import { ProviderError } from '../activities/provider-error.js';
import { ALIBABA_ERRORS, classifyAlibaba } from '../activities/providers/alibaba/errors.js';
import { alibaba } from '../activities/providers/alibaba/provider.js';
import { type Scripted, scriptedCloud } from './support/scripted-cloud.js';

const account = { provider: alibaba, credentials: { accessKeyId: 'AK', accessKeySecret: 'SK-of-the-test' } };

async function failureOf(operation: string, scripted: Scripted): Promise<ProviderError> {
  const { cloud } = await scriptedCloud(account, () => scripted);
  const effect = operation.startsWith('Create') ? 'creates' : 'changes';
  const request: CloudRequest = { operation, service: 'dataworks', method: 'POST', path: '/', form: {}, effect };
  const error = await cloud.call(request).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ProviderError)) throw new Error('the answer was taken for a success');
  return error;
}

test.each(ALIBABA_ERRORS.map((row) => [`${row.type}: ${row.reason}`, row] as const))(
  'an answer of the error table means what its row says: %s',
  async (_, row) => {
    const { operation, ...answer } = row.example;
    const error = await failureOf(operation, answer);
    expect(error.facts).toMatchObject({
      type: row.type,
      retryable: row.retryable,
      sent: operation.startsWith('Create') ? row.sent : 'never',
      provider: 'alibaba',
      operation,
      status: answer.status,
    });
    expect(error.facts.requestId).toBeDefined();
    expect(Boolean(error.facts.duplicate)).toBe(row.duplicate === true);
    expect(Boolean(error.facts.signature)).toBe(row.signature === true);
    expect(error.message).toContain(row.reason.slice(0, 40));
    expect(error.message.length).toBeLessThanOrEqual(180);
  },
);

test('the example of each row reaches that row and none before it', () => {
  for (const row of ALIBABA_ERRORS) {
    const { operation, status, headers = {}, body } = row.example;
    const request = { operation, effect: 'creates' } as CloudRequest;
    const error = classifyAlibaba({ status, headers, body, text: '' }, request);
    expect(error?.message).toContain(row.reason);
    expect(error?.facts.type).toBe(row.type);
  }
});

test('a numeric code sent as a JSON number is read digit by digit', async () => {
  const body = '{"RequestId":"R-1","Code":5801489541076353033,"Message":"object not found"}';
  expect((await failureOf('CreatePipelineRun', { status: 400, body })).facts.code).toBe('5801489541076353033');
});

test('a wait hint in milliseconds is kept, and cut to two minutes', async () => {
  const body = { RequestId: 'R-1', Code: 'Throttling.User', Message: 'slow down' };
  const hinted = (ms: string) =>
    failureOf('CreateProject', { status: 429, headers: { 'x-acs-retry-after': ms }, body });
  expect((await hinted('1500')).facts.retryAfterMs).toBe(1500);
  expect((await hinted('99999999')).facts.retryAfterMs).toBe(120_000);
});

test('a workspace that is missing is never taken for a workflow that is gone', async () => {
  for (const Code of ['9990040003', '1101080008', 'InvalidProject.NotFound', '9990000001']) {
    const body = { RequestId: 'R-1', Code, Message: 'The workspace does not exist.' };
    const error = await failureOf('DeleteWorkflowDefinition', { status: 400, body });
    expect(error.facts.type).not.toBe('NotFound');
  }
});

test('the unknown API of a wrong address is never taken for a resource that is gone', async () => {
  const body = { RequestId: 'R-1', Code: 'InvalidApi.NotFound', Message: 'Specified api is not found.' };
  for (const operation of ['DeleteWorkflowDefinition', 'DeleteProject']) {
    expect((await failureOf(operation, { status: 404, body })).facts.type).toBe('Misconfigured');
  }
});
