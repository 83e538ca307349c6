/** Secrets reach the cloud and nothing else: neither what the server keeps of a run nor what a worker logs holds one. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import type { Problem } from '../../contract/failures.js';
import type { JsonObject, Plan, PlanResource } from '../../contract/plan.js';
import { asText } from '../support/canaries.js';
import { failureOf, outcomeOf } from '../support/closing.js';
import { startRecordingProxy } from '../support/recording-proxy.js';
import { aiWorkspace, fabric, studio, workflow } from '../support/resources.js';
import { logged, type ProvisionRun, useRig } from '../support/rig.js';

const FIRST = 'hunter2-first-4c1f9a';
const SECOND = 'hunter2-second-b07e55';
const file = join(mkdtempSync(join(tmpdir(), 'secrets-')), 'hdfs-password');
writeFileSync(file, `${FIRST}\n`);

const proxy = await startRecordingProxy(() => rig.simulator.endpoint);
const rig = useRig({
  settings: { secrets: { hdfsPassword: { file } } },
  connections: (described) =>
    Object.fromEntries(
      Object.entries(described).map(([name, connection]) => [name, { ...connection, endpoint: proxy.endpoint }]),
    ),
});
afterAll(() => proxy.close());

function withEnv(env: JsonObject, more: Partial<PlanResource> = {}): PlanResource {
  const docker = { image: 'tensorflow:r2.3.1-py3', command: 'ls', env };
  return { ...aiWorkspace('ai-ws', more), spec: { name: 'ai-ws', configuration: { docker } } };
}

const secretEnv = (more: Partial<PlanResource> = {}) =>
  withEnv({ HDFS_PASSWORD: { $secret: 'hdfsPassword' }, LEVEL: 'debug' }, more);

/** `env` of the create requests that the cloud got. */
function sentEnvs(): unknown[] {
  return proxy.recorded
    .filter(({ path }) => path.endsWith('/aiworkspaces/create'))
    .map(({ body }) => (JSON.parse(body) as { configuration: { docker: { env: unknown } } }).configuration.docker.env);
}

/** Everything the server tells of a run, and everything the workers logged. */
async function everythingTold(run: ProvisionRun): Promise<string> {
  const failure: unknown = await run.result().catch((error: unknown) => error);
  const inspected: unknown[] = [];
  for (let error = failure; error instanceof Error; error = error.cause) {
    inspected.push(error.message, error.stack, (error as { details?: unknown }).details);
  }
  const told = [await run.fetchHistory(), await run.describe(), await rig.ledger(run), inspected];
  told.push(await run.query('__temporal_workflow_metadata'));
  return [...told.map(asText), inspect(logged, { depth: 20, maxArrayLength: null, maxStringLength: null })].join('\n');
}

/** Keys of every connection, and every signature and token that went over the wire. */
function mustNotBeTold(): string[] {
  const { huawei, naver, alibaba } = rig.simulator.credentials;
  const signatures = proxy.recorded.flatMap(({ headers }) =>
    [headers.authorization, headers['x-ncp-apigw-signature-v2'], headers['x-auth-token']].flatMap((header) =>
      typeof header === 'string' ? (header.split(/[Ss]ignature=/).at(-1) ?? '') : [],
    ),
  );
  return [huawei.secretKey, naver.secretKey, alibaba.accessKeySecret, huawei.password, ...new Set(signatures)];
}

async function expectNothingTold(run: ProvisionRun): Promise<void> {
  const text = await everythingTold(run);
  expect(text).toContain('hdfsPassword');
  expect(mustNotBeTold().length).toBeGreaterThan(6);
  for (const secret of [FIRST, SECOND, ...mustNotBeTold()]) expect(text.includes(secret), secret).toBe(false);
}

function flagship(ai = secretEnv()): Plan {
  return {
    name: rig.planName(),
    resources: {
      studio: studio(),
      fabric: fabric(),
      ai,
      flow: workflow('f', { dependsOn: ['ai', 'fabric', 'studio'] }),
    },
  };
}

test('a secret reaches the cloud and is told nowhere else by a run that is provisioned', async () => {
  const run = await rig.start(flagship());
  expect(await outcomeOf(run)).toBe('Provisioned');
  expect(sentEnvs()).toEqual([{ HDFS_PASSWORD: FIRST, LEVEL: 'debug' }]);
  await expectNothingTold(run);
});

test('a secret is told nowhere by a run whose creates fail, are tried again and are undone', async () => {
  rig.simulator.setFaults([
    { operation: 'aiworkspaces/create', do: 'fail-before', nth: 1 },
    { operation: 'aiworkspaces/create', do: 'cut-after', nth: 2 },
    { operation: 'CreateWorkspace', do: 'throttle', nth: 1 },
    { operation: 'CreateWorkflowDefinition', do: 'refuse', status: 403 },
  ]);
  const run = await rig.start(flagship());
  expect(await outcomeOf(run)).toBe('RolledBack');
  await expectNothingTold(run);
});

test('a secret is told nowhere by a run that is cancelled while it is sent', async () => {
  rig.simulator.setFaults({ operation: 'aiworkspaces/create', do: 'slow', ms: 700 });
  const called = rig.nextCall('aiworkspaces/create');
  const run = await rig.start(flagship());
  await called;
  await run.cancel();
  expect(await outcomeOf(run)).toBe('Cancelled');
  await expectNothingTold(run);
});

test('a secret that the cloud repeats in its refusal is told nowhere', async () => {
  const message = `configuration.docker.env: the value ${FIRST} is not allowed`;
  rig.simulator.setFaults({ operation: 'aiworkspaces/create', do: 'refuse', status: 400, message });
  const run = await rig.start(flagship());
  expect(await outcomeOf(run)).toBe('RolledBack');
  await expectNothingTold(run);
});

test('a secret file that is changed between two plans is read again', async () => {
  const before = sentEnvs().length;
  writeFileSync(file, SECOND);
  const run = await rig.start({ name: rig.planName(), resources: { ai: secretEnv() } });
  expect(await outcomeOf(run)).toBe('Provisioned');
  expect(sentEnvs().slice(before)).toEqual([{ HDFS_PASSWORD: SECOND, LEVEL: 'debug' }]);
  writeFileSync(file, FIRST);
});

async function problemsOf(resource: PlanResource): Promise<readonly Problem[]> {
  const before = JSON.stringify(rig.simulator.state().requests);
  const { type, details } = await failureOf(await rig.start({ name: rig.planName(), resources: { it: resource } }));
  expect(type).toBe('InvalidPlan');
  expect(JSON.stringify(rig.simulator.state().requests)).toBe(before);
  return details?.[0] as readonly Problem[];
}

test('a secret that the connection does not allow is InvalidPlan with its path', async () => {
  const problems = await problemsOf(withEnv({ KEY: { $secret: 'rootPassword' } }));
  expect(problems).toEqual([
    {
      path: 'resources.it.spec.configuration.docker.env.KEY.$secret',
      message: 'unknown secret; the connection allows: hdfsPassword',
    },
  ]);
});

test('a secret in a field that takes none is InvalidPlan with its path', async () => {
  const inDescription = { ...secretEnv(), spec: { ...secretEnv().spec, description: { $secret: 'hdfsPassword' } } };
  expect((await problemsOf(inDescription)).map(({ path }) => path)).toEqual(['resources.it.spec.description.$secret']);
  const inOther = fabric('no-secrets', { spec: { name: 'no-secrets', description: { $secret: 'hdfsPassword' } } });
  expect((await problemsOf(inOther))[0]).toMatchObject({
    path: 'resources.it.spec.description.$secret',
    message: expect.stringContaining('no field of this kind'),
  });
});

test('a secret that cannot be read fails its step as Misconfigured, and only its file is named', async () => {
  writeFileSync(file, '');
  const run = await rig.start({ name: rig.planName(), resources: { ai: secretEnv() } });
  const { type, cause } = await failureOf(run);
  expect(type).toBe('RolledBack');
  expect(cause).toMatchObject({ type: 'Misconfigured', message: expect.stringContaining(file) });
  writeFileSync(file, FIRST);
  await expectNothingTold(run);
});
