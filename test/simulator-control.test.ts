/** The simulator from outside the clouds' APIs: start, control calls over HTTP, credentials, settings and rate limits. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseCredentials } from '../simulator/credentials.js';
import { type Simulator, startSimulator } from '../simulator/start.js';
import { flowSpec } from './simulator/alibaba-client.js';
import { fabric, studio } from './simulator/huawei-client.js';
import { send, sendAlibaba, sendHuawei, type WireAnswer } from './simulator/wire.js';

let simulator: Simulator;

beforeEach(async () => {
  simulator = await startSimulator();
});
afterEach(() => simulator.close());

function control(method: string, call: string, body?: unknown): Promise<WireAnswer> {
  return send(`${simulator.endpoint}/__simulator/${call}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

describe('starting', () => {
  it('describes itself with the endpoint and what each cloud accepts', () => {
    expect(simulator.description).toEqual({
      endpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      huawei: {
        accessKey: expect.any(String),
        secretKey: expect.any(String),
        projectId: expect.any(String),
        instanceId: expect.any(String),
        userName: expect.any(String),
        password: expect.any(String),
        domainName: expect.any(String),
      },
      naver: { accessKey: expect.any(String), secretKey: expect.any(String), accountId: expect.any(String) },
      alibaba: { accessKeyId: expect.any(String), accessKeySecret: expect.any(String), projectId: expect.any(String) },
    });
  });

  it('on a taken port is an error that keeps its code', async () => {
    const port = Number(new URL(simulator.endpoint).port);
    await expect(startSimulator({ port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
      message: expect.stringContaining(`port ${port} on 127.0.0.1 is taken`),
    });
  });

  it('takes back its own description as credentials and changes only what is given', async () => {
    const again = parseCredentials(JSON.parse(JSON.stringify(simulator.description)));
    const other = await startSimulator({ credentials: { ...again, alibaba: { projectId: '777' } } });
    expect(other.credentials.huawei).toEqual(simulator.credentials.huawei);
    expect(other.credentials.alibaba).toEqual({ ...simulator.credentials.alibaba, projectId: '777' });
    await other.close();
  });

  it('names every problem of a credentials file by path and shows no value', () => {
    const alibaba = { projectId: 's3cret' };
    const wrong = { huawei: { accessKey: 7, secret: 's3cret' }, naver: 's3cret', alibaba, google: {} };
    expect(() => parseCredentials(wrong)).toThrow(
      /huawei\.accessKey: must be.*huawei\.secret: unknown.*naver: must be an object.*alibaba\.projectId: must be.*google: unknown/,
    );
    expect(() => parseCredentials(wrong)).not.toThrow(/s3cret/);
  });
});

describe('the control API', () => {
  it('shows live resources and counts requests, refused ones included', async () => {
    await sendHuawei(simulator, studio.create('orders', { description: 'mine' }));
    await sendHuawei(simulator, studio.create('orders'));
    const { body } = await control('GET', 'state');
    expect(body).toMatchObject({
      resources: [
        { kind: 'huawei.dataarts-studio.workspace', id: expect.any(String), name: 'orders', description: 'mine' },
      ],
      requests: { CreateManagerWorkSpace: 2 },
      faults: [],
    });
  });

  it('sets one fault or several and clears them', async () => {
    const fault = { operation: 'ListWorkspaces', do: 'throttle' };
    expect(await control('POST', 'faults', fault)).toMatchObject({ status: 201 });
    await control('POST', 'faults', [fault, { operation: 'aiworkspaces/create', do: 'slow', ms: 5 }]);
    expect(simulator.state().faults).toHaveLength(3);
    await sendHuawei(simulator, fabric.list({}));
    expect((await control('GET', 'state')).body).toMatchObject({ faults: [{ fired: 1 }, { fired: 0 }, { fired: 0 }] });
    await control('DELETE', 'faults');
    expect(simulator.state().faults).toEqual([]);
  });

  it.each([
    ['an unknown operation', { operation: 'Nope', do: 'refuse' }, 'faults[0].operation: must be one of'],
    ['an unknown action', { operation: 'ListWorkspaces', do: 'explode' }, 'faults[0].do: must be one of refuse'],
    ['a stale write', { operation: 'CreateWorkspace', do: 'stale-list' }, 'needs an operation that reads'],
    ['a late read', { operation: 'ListWorkspaces', do: 'late' }, 'needs an operation that changes'],
    ['an odd number', { operation: 'ListWorkspaces', do: 'slow', ms: -1 }, 'faults[0].ms: must be an integer'],
    ['an unknown key', { operation: 'ListWorkspaces', do: 'slow', when: 1 }, 'faults[0].when: unknown'],
    ['a match by something else', { operation: 'ListWorkspaces', do: 'slow', match: { id: 1 } }, 'must be { name }'],
  ])('refuses %s in a fault with a 400 that says what is right', async (_title, fault, error) => {
    expect(await control('POST', 'faults', fault)).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining(error) },
    });
    expect(simulator.state().faults).toEqual([]);
  });

  it('keeps a log of requests that holds no credential', async () => {
    await sendHuawei(simulator, studio.create('orders'), { headers: { 'user-agent': 'tester/1' } });
    const { text, body } = await control('GET', 'requests');
    expect(body).toMatchObject({
      requests: [
        { operation: 'CreateManagerWorkSpace', status: 200, userAgent: 'tester/1', requestId: expect.any(String) },
      ],
    });
    expect(text).not.toContain(simulator.credentials.huawei.accessKey);
  });

  it('plants, edits and removes a resource behind the back of its cloud', async () => {
    const kind = 'alibaba.dataworks.workflow';
    const planted = await control('POST', 'resources', { kind, name: 'bystander', published: true });
    expect(planted).toMatchObject({ status: 201, body: { kind, name: 'bystander', published: true } });
    const { id } = planted.body as { id: string };
    const { projectId: ProjectId } = simulator.credentials.alibaba;
    await control('PATCH', `resources/${id}`, { name: 'renamed', description: 'changed', published: false });
    const got = await sendAlibaba(simulator, 'GetWorkflowDefinition', { ProjectId, Id: id });
    expect(got).toMatchObject({ body: { WorkflowDefinition: { Name: 'renamed' } } });
    expect(got.text).toContain('\\"description\\":\\"changed\\"');
    expect(await control('DELETE', `resources/${id}`)).toMatchObject({ status: 200 });
    expect(await control('DELETE', `resources/${id}`)).toMatchObject({ status: 400 });
    expect(simulator.state().resources).toEqual([]);
  });

  it('changes whatever a create takes behind the back of its cloud, and nothing that it does not', async () => {
    const { body: made } = await control('POST', 'resources', {
      kind: 'huawei.dataarts-studio.workspace',
      name: 'own',
    });
    const { id } = made as { id: string };
    await control('PATCH', `resources/${id}`, { fields: { eps_id: 7, bad_record_location_name: 'obs://b/' } });
    expect((await sendHuawei(simulator, studio.list(10, 0))).body).toMatchObject({
      data: [{}, { id, eps_id: 7, bad_record_location_name: 'obs://b/' }],
    });
    const wrong = await control('PATCH', `resources/${id}`, { fields: { eps_id: '8', status: 5 } });
    expect(wrong).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('resource.fields.status: unk') },
    });
    expect(await control('PATCH', `resources/${id}`, { fields: [] })).toMatchObject({ status: 400 });
    expect((await sendHuawei(simulator, studio.list(10, 0))).text).not.toContain('"8"');
  });

  it('answers wrong JSON, unknown kinds, fields and calls with what is right', async () => {
    const broken = await send(`${simulator.endpoint}/__simulator/settings`, { method: 'POST', body: '{' });
    expect(broken).toMatchObject({ status: 400, body: { error: 'body: must be JSON' } });
    expect(await control('POST', 'resources', { kind: 'x', name: 'y' })).toMatchObject({ status: 400 });
    expect(await control('POST', 'resources', { nmae: 'y' })).toMatchObject({ status: 400 });
    expect(await control('PUT', 'state')).toMatchObject({ status: 404 });
  });

  it('changes settings and refuses unknown or misshapen ones', async () => {
    expect(await control('POST', 'settings', { alibabaIds: 'number' })).toMatchObject({
      body: { alibabaIds: 'number' },
    });
    const wrong = { alibabaIds: 'roman', fabricQuota: -1, speed: 9, rateLimits: { iam: 3 } };
    expect(await control('POST', 'settings', wrong)).toMatchObject({
      status: 400,
      body: {
        error: expect.stringMatching(
          /alibabaIds: must be one of.*fabricQuota.*speed: unknown.*rateLimits: iam must be/,
        ),
      },
    });
  });
});

describe('rate limits', () => {
  it('are off by default and 20 a minute for each Studio API when documented', async () => {
    for (let i = 0; i < 25; i++) expect((await sendHuawei(simulator, studio.list(1, 0))).status).toBe(200);
    simulator.changeSettings({ rateLimits: 'documented' });
    const statuses = [];
    for (let i = 0; i < 21; i++) statuses.push((await sendHuawei(simulator, studio.list(1, 0))).status);
    expect(statuses).toEqual([...Array<number>(20).fill(200), 429]);
    expect(await sendHuawei(simulator, studio.create('orders'))).toMatchObject({ status: 200 });
    simulator.changeSettings({ clockOffsetMs: 60_000 });
    expect(await sendHuawei(simulator, studio.list(1, 0))).toMatchObject({ status: 200 });
  });

  it('can be set for one service alone', async () => {
    simulator.changeSettings({ rateLimits: { dataworks: { requests: 1, perMs: 60_000 } }, throttleHints: 'given' });
    const { projectId: ProjectId } = simulator.credentials.alibaba;
    expect(await sendAlibaba(simulator, 'ListProjects', {})).toMatchObject({ status: 200 });
    const create = { ProjectId, Spec: flowSpec('orders') };
    const throttled = await sendAlibaba(simulator, 'CreateWorkflowDefinition', create);
    expect(throttled.status).toBe(429);
    expect(throttled.headers.get('x-acs-retry-after')).toMatch(/^\d+$/);
    expect(simulator.state().resources).toEqual([]);
  });
});

it('the page of a resource shows what it is, and runs nothing that its name says', async () => {
  const { id } = await control('POST', 'resources', {
    kind: 'huawei.dataarts-fabric.workspace',
    name: '<script>alert(1)</script>',
  }).then(({ body }) => body as { id: string });
  const page = await fetch(`${simulator.endpoint}/__simulator/console/${id}`);
  const text = await page.text();
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(text).not.toContain('<script');
  expect((await fetch(`${simulator.endpoint}/__simulator/console/other`)).status).toBe(404);
});
