/** How the simulated Data Forest behaves: fields, one envelope for success and failure, names, the missing account. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/start.js';
import { aiWorkspace, sendNaver, type WireAnswer } from './simulator/wire.js';

let simulator: Simulator;

beforeEach(async () => {
  simulator = await startSimulator();
});
afterEach(() => simulator.close());

const call = (name: string, body: unknown): Promise<WireAnswer> => sendNaver(simulator, name, body);
const create = (name: string, docker: object = {}): Promise<WireAnswer> =>
  call('aiworkspaces/create', aiWorkspace(simulator, name, docker));
const search = (): object => ({ search: { accountId: simulator.credentials.naver.accountId } });

it('creates, checks the name, lists, details and deletes an AI workspace', async () => {
  const { accountId } = simulator.credentials.naver;
  const body = { ...aiWorkspace(simulator, 'orders', { env: { A: 'b' } }), description: 'mine' };
  const created = await call('aiworkspaces/create', body);
  expect(created).toMatchObject({
    status: 200,
    body: { success: true, id: expect.stringMatching(/^[0-9A-Za-z]{21,22}$/) },
  });
  const { id } = created.body as { id: string };
  expect(await call('aiworkspaces/checkAvailableName', { accountId, name: 'orders' })).toMatchObject({
    body: { success: true, availableName: false },
  });
  expect(await call('aiworkspaces/getList', search())).toMatchObject({
    body: { total: 1, contents: [{ id, name: 'orders', description: 'mine', imageVersion: 'tensorflow:r2.3.1-py3' }] },
  });
  expect(await call('aiworkspaces/getDetail', { id })).toMatchObject({
    body: { accountId, contents: [{ configuration: { docker: { env: { A: 'b' } } } }] },
  });
  expect(await call('aiworkspaces/delete', { id })).toMatchObject({ status: 200, body: { success: true, id } });
  expect(await call('aiworkspaces/delete', { id })).toMatchObject({
    status: 404,
    body: { success: false, message: 'no such element' },
  });
  expect(simulator.state().resources).toEqual([]);
});

it("refuses a wrong image with the documents' own sentence", async () => {
  expect(await create('orders', { image: 'tensorflow/r2.3.1-py3' })).toMatchObject({
    status: 400,
    body: {
      success: false,
      message: `invalid request parameter (configuration.docker.image, 'tensorflow/r2.3.1-py3'). Must match "^(dataforest/)?([a-z0-9._-]{1,30}):([a-z0-9._-]{1,20})$"`,
    },
  });
});

it.each(['Orders', '1orders', 'or--ders', 'orders-', 'a'.repeat(16), ''])('refuses %j as a name', async (name) => {
  expect(await create(name)).toMatchObject({ status: 400, body: { success: false } });
});

it.each([
  ['no command', { command: undefined }],
  ['a numeric environment value', { env: { PASSWORD: 31337 } }],
  ['a port above 65535', { exposeTcpPorts: [65536] }],
])('refuses a configuration with %s and shows no value', async (_title, docker) => {
  const answer = await create('orders', docker);
  expect(answer).toMatchObject({ status: 400, body: { success: false } });
  expect(answer.text).not.toContain('31337');
});

it('refuses incomplete mounts, resources out of range and a long description', async () => {
  const { configuration, ...rest } = aiWorkspace(simulator, 'orders') as { configuration: object };
  for (const more of [
    { data: { input: [] } },
    { resource: { gpuCount: 9 } },
    { resource: { cpuCount: 0 } },
    { docker: null },
  ]) {
    const body = { ...rest, configuration: { ...configuration, ...more } };
    expect(await call('aiworkspaces/create', body)).toMatchObject({ status: 400 });
  }
  const described = { ...aiWorkspace(simulator, 'orders'), description: 'd'.repeat(256) };
  expect(await call('aiworkspaces/create', described)).toMatchObject({ status: 400 });
});

it('refuses or accepts a duplicate and a workdir as set', async () => {
  await create('orders', { workdir: '/root/' });
  expect(await create('orders')).toMatchObject({
    status: 400,
    body: { message: expect.stringContaining('Already exists') },
  });
  simulator.changeSettings({ naverDuplicates: 'accepted', naverWorkdir: 'refused', naverQuota: 2 });
  expect(await create('orders')).toMatchObject({ status: 200 });
  expect(await create('third', { workdir: '/root/' })).toMatchObject({
    body: { message: expect.stringContaining('configuration.docker.workdir') },
  });
  expect(await create('third')).toMatchObject({ status: 400, body: { message: 'exceeded limit on resource quota' } });
});

it('knows only its own account', async () => {
  const body = { ...aiWorkspace(simulator, 'orders'), accountId: 'another' };
  expect(await call('aiworkspaces/create', body)).toMatchObject({ status: 404, body: { message: 'no such element' } });
  expect(await call('accounts/getList', '')).toMatchObject({
    body: { contents: [{ id: simulator.credentials.naver.accountId, status: 'RUNNING' }] },
  });
});

it('shows the apps of a workspace until they are killed', async () => {
  simulator.resources.plant({ kind: 'naver.data-forest.ai-workspace', name: 'busy', contents: ['app-1'] });
  expect(await call('aiapps/getList', search())).toMatchObject({
    body: { total: 1, contents: [{ id: 'app-1', workspaceName: 'busy', state: 'RUNNING' }] },
  });
  await call('aiapps/kill', { id: 'app-1' });
  expect(await call('aiapps/getList', search())).toMatchObject({ body: { total: 0 } });
});
