/** The AI workspace kind: what a spec may hold, what goes over the wire, and what a list proves. */
import { expect, onTestFinished, test } from 'vitest';
import type { Sighting } from '../activities/kind.js';
import { naverDataForestAiWorkspace as kind } from '../activities/providers/naver/data-forest-ai-workspace.js';
import { naver } from '../activities/providers/naver/provider.js';
import { naverSignature } from '../activities/providers/naver/signing.js';
import { checkShape } from '../contract/check-shape.js';
import { startSimulator } from '../simulator/start.js';
import { type Asked, connect, type Scripted, scriptedCloud } from './support/scripted-cloud.js';

/** The request example of "AI Workspaces create", brackets restored. */
const documented = {
  accountId: '6COytUeFj7b8eOhq2L5zL',
  configuration: {
    data: {
      input: [{ hdfs: 'string', path: 'string' }],
      output: [{ hdfs: 'string', overwrite: true, path: 'string' }],
    },
    docker: { command: 'ls', image: 'tensorflow:r2.3.1-py3', workdir: '/root/' },
    name: 'test',
    queueName: 'gpu',
    resource: { cpuCount: 1, gpuCount: 1, gpuModel: 'T4', memoryMb: 1024 },
    userPackageUri: 'string',
  },
  name: 'api-test',
};

const spec = { name: 'api-test', configuration: { docker: { command: 'ls', image: 'tensorflow:r2.3.1-py3' } } };

const account = {
  provider: naver,
  credentials: { accessKey: 'AK', secretKey: 'SK-of-the-test' },
  scope: { accountId: '2mUVZaHseGadiNFAg5MHjk' },
};

function scripted(answer: (asked: Asked) => Scripted) {
  return scriptedCloud(account, answer);
}

test('the example of the documentation is accepted as a spec', () => {
  expect(checkShape(kind.spec, documented)).toEqual({ value: documented });
});

const docker = spec.configuration.docker;
const withDocker = (change: object) => ({ ...spec, configuration: { docker: { ...docker, ...change } } });
const withResource = (resource: object) => ({ ...spec, configuration: { docker, resource } });

test.each([
  ['name', { ...spec, name: 'Api-test-SENTINEL' }, 'a-z, 0-9 and single hyphens'],
  ['name', { ...spec, name: 'api--test' }, 'single hyphens'],
  ['name', { ...spec, name: 'api-' }, 'not end with a hyphen'],
  ['name', { ...spec, name: 'a234567890123456' }, 'at most 15'],
  ['name', { configuration: spec.configuration }, 'required'],
  ['accountId', { ...spec, accountId: 'SENTINEL-SENTINEL' }, 'at most 22 letters and digits'],
  ['description', { ...spec, description: 'x'.repeat(256) }, 'at most 255'],
  ['tags', { ...spec, tags: 'SENTINEL' }, 'known here: accountId, name, description, configuration'],
  ['configuration', { name: 'api-test' }, 'required'],
  ['configuration.docker.image', withDocker({ image: 'tensorflow/r2.3.1-py3-SENTINEL' }), 'must be NAME:TAG'],
  ['configuration.docker.command', withDocker({ command: undefined }), 'required'],
  ['configuration.docker.arg', withDocker({ arg: 'SENTINEL' }), 'args'],
  ['configuration.docker.env.TOKEN', withDocker({ env: { TOKEN: 5 } }), 'string'],
  ['configuration.docker.exposeTcpPorts[0]', withDocker({ exposeTcpPorts: [70_000] }), 'at most 65535'],
  ['configuration.resource.gpuCount', withResource({ gpuCount: 9 }), 'at most 8'],
  ['configuration.resource.cpuCount', withResource({ cpuCount: 0 }), 'at least 1'],
  ['configuration.resource.memoryMb', withResource({ memoryMb: 0.5 }), 'int'],
  ['configuration.data.output', { ...spec, configuration: { docker, data: { input: [] } } }, 'required'],
] as const)('a wrong spec is refused at %s with what would be right', (path, wrong, remedy) => {
  const checked = checkShape(kind.spec, wrong);
  const problems = 'problems' in checked ? checked.problems : [];
  expect(problems.map((problem) => problem.path)).toEqual([path]);
  expect(problems[0]?.message).toContain(remedy);
  expect(JSON.stringify(problems)).not.toContain('SENTINEL');
});

test('a create sends the spec with the account of the connection and no workdir of its own', async () => {
  const { cloud, asked } = await scripted(() => ({ body: { success: true, id: 'YPIolVXWcPTcCs9dNi89Gn' } }));
  expect(await kind.create(cloud, spec)).toEqual({ id: 'YPIolVXWcPTcCs9dNi89Gn', requestId: 'req-1' });
  expect(asked[0]).toMatchObject({ method: 'POST', url: '/api/v2/aiworkspaces/create' });
  expect(JSON.parse(asked[0]?.body ?? '')).toEqual({ ...spec, accountId: '2mUVZaHseGadiNFAg5MHjk' });
});

test('a create sends the workdir when the spec asks for it', async () => {
  const { cloud, asked } = await scripted(() => ({ body: { success: true, id: 'x' } }));
  await kind.create(cloud, documented);
  expect(JSON.parse(asked[0]?.body ?? '')).toEqual(documented);
});

test('each request is signed for the path that goes over the wire', async () => {
  const { cloud, asked } = await scripted(() => ({ body: { success: true, total: 0, contents: [] } }));
  await kind.find(cloud, { spec });
  const { headers, url, method } = asked[0] as Asked;
  expect(headers['x-ncp-iam-access-key']).toBe('AK');
  expect(headers['x-ncp-apigw-signature-v2']).toBe(
    naverSignature({
      method,
      target: url,
      timestamp: Number(headers['x-ncp-apigw-timestamp']),
      accessKey: 'AK',
      secretKey: 'SK-of-the-test',
    }),
  );
});

test('a look-up finds by exact name or by id and nothing that only resembles', async () => {
  const contents = [
    { id: 'a', name: 'api-test', description: 'mine', accountName: 'team', imageVersion: 'r2', createdAt: 5 },
    { id: 'b', name: 'api-test-2', description: null, createdAt: '2024-01-02T03:04:05Z' },
    { id: 'c', name: 'renamed' },
  ];
  const { cloud, asked } = await scripted(() => ({ body: { success: true, total: 3, contents } }));
  const found = await kind.find(cloud, { spec, id: 'c' });
  expect(found.map(({ id, description, status }) => [id, description, status])).toEqual([
    ['a', 'mine', 'ready'],
    ['c', undefined, 'ready'],
  ]);
  expect(found[0]?.outputs).toEqual({
    name: 'api-test',
    accountId: '2mUVZaHseGadiNFAg5MHjk',
    accountName: 'team',
    imageVersion: 'r2',
  });
  expect(found[0]?.createdAt).toBe(5);
  expect(JSON.parse(asked[0]?.body ?? '')).toEqual({ search: { accountId: '2mUVZaHseGadiNFAg5MHjk' } });
});

test('a list without contents, or shorter than its total, proves no absence', async () => {
  for (const body of [{ success: true }, { success: true, total: 2, contents: [] }]) {
    const { cloud } = await scripted(() => ({ body }));
    await expect(kind.find(cloud, { spec })).rejects.toMatchObject({
      facts: { type: 'ServiceInternalError', retryable: true, requestId: 'req-1' },
    });
  }
});

test('a delete that Data Forest answers with no such element says not found', async () => {
  const { cloud, asked } = await scripted(() => ({
    status: 404,
    body: { success: false, message: 'no such element' },
  }));
  const sighting = { id: 'a', name: 'api-test', description: undefined, status: 'ready', outputs: {} } as const;
  await expect(kind.delete(cloud, sighting, spec)).rejects.toMatchObject({ facts: { type: 'NotFound' } });
  expect(JSON.parse(asked[0]?.body ?? '')).toEqual({ id: 'a' });
});

test('a missing account id is an error that names where it belongs', async () => {
  const { cloud, asked } = await scriptedCloud({ ...account, scope: {} }, () => ({ body: {} }));
  await expect(kind.find(cloud, { spec })).rejects.toThrow('scope.accountId');
  expect(asked).toEqual([]);
});

test('the marker joins the description and leaves the rest of the spec alone', () => {
  const marked = kind.description.write({ ...spec, description: 'mine' }, 'mine [marker]');
  expect(marked).toEqual({ ...spec, description: 'mine [marker]' });
  expect(kind.description.read(marked)).toBe('mine [marker]');
});

test('a workspace is created, found, refused twice, deleted and gone on the simulated cloud', async () => {
  const simulator = await startSimulator();
  onTestFinished(() => simulator.close());
  const { accessKey, secretKey, accountId } = simulator.credentials.naver;
  const cloud = connect(
    { provider: naver, credentials: { accessKey, secretKey }, scope: { accountId } },
    simulator.endpoint,
  );
  const marked = { ...spec, description: 'mine [marker]' };
  const { id = '' } = await kind.create(cloud, marked);
  const [found] = await kind.find(cloud, { spec: marked, id });
  expect(found).toMatchObject({ id, name: 'api-test', description: 'mine [marker]', status: 'ready' });
  expect(found?.createdAt).toBeGreaterThan(0);
  await expect(kind.create(cloud, marked)).rejects.toMatchObject({
    facts: { type: 'AlreadyExists', duplicate: true, sent: 'refused' },
  });
  await kind.delete(cloud, found as Sighting, marked);
  expect(simulator.state().resources).toEqual([]);
  expect(await kind.find(cloud, { spec: marked, id })).toEqual([]);
  await expect(kind.delete(cloud, found as Sighting, marked)).rejects.toMatchObject({ facts: { type: 'NotFound' } });
});

test('a wrong account is never an empty list', async () => {
  const simulator = await startSimulator();
  onTestFinished(() => simulator.close());
  const { accessKey, secretKey } = simulator.credentials.naver;
  const cloud = connect({ provider: naver, credentials: { accessKey, secretKey } }, simulator.endpoint);
  await expect(kind.find(cloud, { spec: { ...spec, accountId: 'nobody' } })).rejects.toMatchObject({
    facts: { type: 'Misconfigured' },
  });
});

const seen: Sighting = { id: 'w1', name: 'api-test', description: '', status: 'ready', outputs: {} };

async function observed(contents: unknown): Promise<unknown> {
  const { cloud } = await scripted(() => ({ body: { success: true, id: 'w1', name: 'api-test', contents } }));
  return kind.observe?.(cloud, seen, spec);
}

test.each([
  ['the latest of a list', [{ configuration: { name: 'old' }, createdAt: '2024-01-01T00:00:00Z' }, latest()]],
  ['the only one, as an object', latest()],
  ['the first, where no time is shown', [{ configuration: { name: 'new' } }, { configuration: { name: 'old' } }]],
])('the configuration that counts is %s', async (_which, contents) => {
  expect(await observed(contents)).toEqual({ name: 'api-test', configuration: { name: 'new' } });
});

function latest() {
  return { configuration: { name: 'new' }, createdAt: '2024-02-01T00:00:00Z' };
}

test('a configuration of another shape than the example shows only what can be compared', async () => {
  const shown = {
    name: 'n',
    docker: { image: 'a:b', env: 'A=b', exposeTcpPorts: 80 },
    resource: 'V100',
    data: { input: 'x' },
  };
  expect(await observed({ configuration: shown })).toMatchObject({
    configuration: { name: 'n', docker: { image: 'a:b', exposeTcpPorts: [80] }, data: {} },
  });
  expect(await observed({ configuration: shown })).not.toHaveProperty('configuration.docker.env');
  expect(await observed('gone')).toEqual({ name: 'api-test' });
});
