/** How the simulated Huawei services behave: names, limits, paging, and each documented spelling of a refusal. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/start.js';
import { fabric, type HuaweiCall, studio } from './simulator/huawei-client.js';
import { sendHuawei, type WireAnswer } from './simulator/wire.js';

let simulator: Simulator;

beforeEach(async () => {
  simulator = await startSimulator();
});
afterEach(() => simulator.close());

const call = (huawei: HuaweiCall): Promise<WireAnswer> => sendHuawei(simulator, huawei);
const names = (): string[] => simulator.state().resources.map(({ name }) => name);

describe('DataArts Studio', () => {
  const refused = (text: string) => ({
    status: 400,
    body: { error_code: 'DAYU.4402', error_msg: expect.stringContaining(text) },
  });

  it('refuses a second workspace of one name in each settable style', async () => {
    await call(studio.create('orders'));
    expect(await call(studio.create('orders'))).toMatchObject(refused('already exists'));
    simulator.changeSettings({ studioRefusals: 'is-success-false' });
    expect(await call(studio.create('orders'))).toMatchObject({ status: 200, body: { is_success: false } });
    simulator.changeSettings({ studioRefusals: 'errors-array' });
    expect(await call(studio.create('orders'))).toMatchObject({
      status: 400,
      body: { errors: [{ error_code: 'DAYU.4402' }] },
    });
    expect(names()).toEqual(['orders']);
  });

  it.each([
    ['a name with a blank', { name: 'a b' }],
    ['a name of 33 letters', { name: 'a'.repeat(33) }],
    ['a numeric name', { name: 7 }],
    ['no enterprise project', { eps_id: undefined }],
    ['a description over 1024', { description: 'd'.repeat(1025) }],
    ['a log path that is not of OBS', { job_log_location_name: 's3://x/' }],
  ])('refuses %s with DAYU.4402', async (_title, more) => {
    expect(await call(studio.create('orders', more))).toMatchObject(refused(Object.keys(more)[0] ?? ''));
    expect(names()).toEqual([]);
  });

  it('pages by records, counts all of them and defaults to twenty', async () => {
    for (let i = 0; i < 24; i++) simulator.resources.plant({ kind: 'huawei.dataarts-studio.workspace', name: `w${i}` });
    const page = await call(studio.list(10, 20));
    expect(page).toMatchObject({ body: { count: 25, total_page: 3 } });
    expect((page.body as { data: object[] }).data).toHaveLength(5);
    const { url } = studio.list(1, 0);
    const first = (await call({ method: 'GET', url })).body as { data: object[] };
    expect(first.data).toHaveLength(20);
  });

  it('deletes neither the default workspace, nor one that holds something, nor a missing one', async () => {
    const { id } = simulator.resources.plant({
      kind: 'huawei.dataarts-studio.workspace',
      name: 'full',
      contents: ['data connection dws'],
    });
    const listed = (await call(studio.list(1, 0))).body as { data: { id: string }[] };
    expect(await call(studio.remove(listed.data[0]?.id ?? ''))).toMatchObject(refused('default workspace'));
    expect(await call(studio.remove(id))).toMatchObject(refused('data connection dws'));
    expect(await call(studio.remove('0'.repeat(32)))).toMatchObject(refused('does not exist'));
    expect(await call(studio.remove())).toMatchObject(refused('workspace_ids'));
    simulator.resources.edit(id, { contents: [] });
    expect(await call(studio.remove(id))).toMatchObject({ status: 200, body: { is_success: true } });
  });

  it('updates in both documented paths and wants the name each time', async () => {
    const { id } = simulator.resources.plant({ kind: 'huawei.dataarts-studio.workspace', name: 'orders' });
    for (const path of ['update-workspace', 'workspace']) {
      const url = `/v1/{project_id}/{instance_id}/${path}/${id}`;
      expect(await call({ method: 'PUT', url, data: { name: path, description: 'new' } })).toMatchObject({
        status: 200,
      });
      expect(await call({ method: 'PUT', url, data: { description: 'new' } })).toMatchObject({ status: 400 });
      expect(names()).toEqual([path]);
    }
  });

  it('knows only its own instance', async () => {
    const { data = {} } = studio.create('orders');
    const url = '/v1/{project_id}/workspaces/another';
    expect(await call({ method: 'POST', url, data })).toMatchObject(refused('instance'));
  });
});

describe('DataArts Fabric', () => {
  it('refuses a second workspace of one name and one above the quota', async () => {
    simulator.changeSettings({ fabricQuota: 1 });
    await call(fabric.create('orders'));
    expect(await call(fabric.create('orders'))).toMatchObject({
      status: 400,
      body: { error_msg: expect.stringContaining('already exists') },
    });
    expect(await call(fabric.create('orders-2'))).toMatchObject({
      status: 400,
      body: { error_msg: expect.stringContaining('quota') },
    });
  });

  it.each([
    ['a name of three letters', { name: 'abc' }],
    ['a name with an underscore', { name: 'a_bcd' }],
    ['a description over 255', { description: 'd'.repeat(256) }],
    ['a metastore id of 31', { metastore_id: 'a'.repeat(31) }],
    ['an enterprise project with a dot', { enterprise_project_id: 'a.b' }],
    ['a tag without a key', { tags: [{ value: 'x' }] }],
    ['a tag value with a hash', { tags: [{ key: 'x', value: '#' }] }],
    ['tags that are no array', { tags: {} }],
  ])('refuses %s with common.01000001', async (_title, more) => {
    expect(await call(fabric.create('orders', more))).toMatchObject({
      status: 400,
      body: { error_code: 'common.01000001' },
    });
    expect(names()).toEqual([]);
  });

  it('filters by part of a name, by id and by enterprise project, and pages', async () => {
    for (const name of ['orders-1', 'orders-2', 'other-1']) await call(fabric.create(name));
    const eps = await call(fabric.create('orders-3', { enterprise_project_id: 'e1' }));
    const { id } = eps.body as { id: string };
    expect(await call(fabric.list({ name: 'orders' }))).toMatchObject({ body: { total: 3 } });
    expect(await call(fabric.list({ name: 'orders', limit: 1, offset: 1 }))).toMatchObject({
      body: { total: 3, workspaces: [{ name: 'orders-2' }] },
    });
    expect(await call(fabric.list({ id }))).toMatchObject({ body: { total: 1, workspaces: [{ id }] } });
    expect(await call(fabric.list({ enterprise_project_id: 'e1' }))).toMatchObject({ body: { total: 1 } });
    expect(await call(fabric.list({ limit: 101 }))).toMatchObject({ status: 400 });
  });

  it('spells a missing workspace in the three documented ways', async () => {
    const missing = fabric.remove('90a827a1-ca72-4be8-943b-774f94000000');
    expect(await call(missing)).toMatchObject({ status: 400, body: { error_code: 'dataartsfabric.00010003' } });
    simulator.changeSettings({ fabricNotFound: '00010009' });
    expect(await call(missing)).toMatchObject({ status: 400, body: { error_code: 'dataartsfabric.00010009' } });
    simulator.changeSettings({ fabricNotFound: '404' });
    expect(await call(missing)).toMatchObject({ status: 404, body: { error_code: 'common.01000001' } });
  });

  it('keeps a workspace that has endpoints until they are deleted', async () => {
    const { id } = simulator.resources.plant({
      kind: 'huawei.dataarts-fabric.workspace',
      name: 'full',
      contents: ['ray-1'],
    });
    expect(await call(fabric.remove(id))).toMatchObject({
      status: 400,
      body: { error_msg: expect.stringContaining('not empty') },
    });
    const endpoints = `/v1/workspaces/${id}/endpoints`;
    expect(await call({ method: 'GET', url: endpoints })).toMatchObject({
      body: { total: 1, endpoints: [{ id: 'ray-1' }] },
    });
    expect(await call({ method: 'DELETE', url: `${endpoints}/ray-1` })).toMatchObject({ status: 202 });
    const deleted = await call(fabric.remove(id));
    expect(deleted).toMatchObject({ status: 200, text: '' });
    expect(deleted.headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/);
  });
});
