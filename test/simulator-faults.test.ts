/** Every fault once, as a client sees it over a real socket, and what the simulator's state says afterwards. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/start.js';
import { flowSpec } from './simulator/alibaba-client.js';
import { fabric, studio } from './simulator/huawei-client.js';
import { aiWorkspace, sendAlibaba, sendHuawei, sendNaver, sendUnsigned, tokenRequest } from './simulator/wire.js';

let simulator: Simulator;

beforeEach(async () => {
  simulator = await startSimulator();
});
afterEach(() => simulator.close());

const createStudio = (name: string) => sendHuawei(simulator, studio.create(name));
const names = (): string[] => simulator.state().resources.map(({ name }) => name);
const fired = (): number[] => simulator.state().faults.map((fault) => fault.fired);

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}

describe('a refusal', () => {
  it('comes in the shape of each cloud and has no effect', async () => {
    const { projectId: ProjectId } = simulator.credentials.alibaba;
    const status = 403;
    simulator.setFaults([
      { operation: 'CreateManagerWorkSpace', do: 'refuse', status, code: 'DAYU.9', message: 'no' },
      { operation: 'CreateWorkspace', do: 'refuse', status, code: '403', message: 'no' },
      { operation: 'KeystoneCreateUserTokenByPassword', do: 'refuse', status, message: 'no' },
      { operation: 'aiworkspaces/create', do: 'refuse', status, message: 'not allowed to access' },
      { operation: 'aiworkspaces/getList', do: 'refuse', status, code: '230', message: 'Forbidden' },
      { operation: 'CreateWorkflowDefinition', do: 'refuse', status, code: 'ResourceNotAuthorized.Api', message: 'no' },
    ]);
    expect(await createStudio('a')).toMatchObject({ status, body: { error_code: 'DAYU.9', error_msg: 'no' } });
    expect(await sendHuawei(simulator, fabric.create('abcd'))).toMatchObject({
      status,
      body: { error: { code: '403', title: 'Forbidden' }, error_code: 403 },
    });
    expect(await sendUnsigned(simulator, tokenRequest(simulator))).toMatchObject({
      status,
      body: { error: { code: 403 } },
    });
    expect((await sendNaver(simulator, 'aiworkspaces/create', aiWorkspace(simulator, 'a'))).body).toEqual({
      success: false,
      message: 'not allowed to access',
    });
    expect((await sendNaver(simulator, 'aiworkspaces/getList', {})).body).toEqual({
      error: { errorCode: '230', message: 'Forbidden' },
    });
    const Spec = flowSpec('a');
    expect(await sendAlibaba(simulator, 'CreateWorkflowDefinition', { ProjectId, Spec })).toMatchObject({
      status,
      body: { Code: 'ResourceNotAuthorized.Api', Message: 'no', RequestId: expect.any(String) },
    });
    expect(names()).toEqual([]);
    expect(fired()).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('with status 200 is the failure that hides in a success', async () => {
    simulator.setFaults([
      { operation: 'CreateManagerWorkSpace', do: 'refuse', status: 200, message: 'no' },
      { operation: 'aiworkspaces/create', do: 'refuse', status: 200, message: 'no' },
    ]);
    expect(await createStudio('a')).toMatchObject({ status: 200, body: { is_success: false, message: 'no' } });
    expect(await sendNaver(simulator, 'aiworkspaces/create', aiWorkspace(simulator, 'a'))).toMatchObject({
      status: 200,
      body: { success: false },
    });
    expect(names()).toEqual([]);
  });
});

describe('a refusal with a body of its own', () => {
  it('is sent as it is, JSON or text, with its status', async () => {
    const body = { errors: [{ error_code: 'DAYU.1', error_msg: 'x' }] };
    simulator.setFaults([
      { operation: 'CreateManagerWorkSpace', do: 'refuse', status: 409, body },
      { operation: 'ListManagerWorkSpaces', do: 'fail-before', status: 502, body: '"<html>Bad Gateway</html>"' },
    ]);
    expect(await createStudio('a')).toMatchObject({ status: 409, body });
    expect(await sendHuawei(simulator, studio.list(1, 0))).toMatchObject({
      status: 502,
      text: '"<html>Bad Gateway</html>"',
    });
    expect(names()).toEqual([]);
  });
});

describe('a throttled call', () => {
  it("is each cloud's own 429, with a hint only where one is asked for", async () => {
    simulator.setFaults([
      { operation: 'ListManagerWorkSpaces', do: 'throttle' },
      { operation: 'aiworkspaces/getList', do: 'throttle' },
      { operation: 'ListProjects', do: 'throttle', retryAfterMs: 1500 },
    ]);
    const huawei = await sendHuawei(simulator, studio.list(1, 0));
    expect(huawei).toMatchObject({ status: 429, body: { error_code: 'APIG.0308' } });
    expect(huawei.headers.get('retry-after')).toBeNull();
    expect(await sendNaver(simulator, 'aiworkspaces/getList', {})).toMatchObject({
      status: 429,
      body: { error: { errorCode: '410' } },
    });
    const alibaba = await sendAlibaba(simulator, 'ListProjects', {});
    expect(alibaba).toMatchObject({ status: 429, body: { Code: 'Throttling.User' } });
    expect(alibaba.headers.get('x-acs-retry-after')).toBe('1500');
    simulator.changeSettings({ alibabaThrottling: 'numeric' });
    expect(await sendAlibaba(simulator, 'ListProjects', {})).toMatchObject({
      status: 400,
      body: { Code: '9990020002' },
    });
  });
});

describe('a failing call', () => {
  it('leaves nothing when it fails before the effect and all when after', async () => {
    simulator.setFaults([
      { operation: 'CreateManagerWorkSpace', do: 'fail-before', nth: 1 },
      {
        operation: 'CreateManagerWorkSpace',
        do: 'fail-after',
        nth: 2,
        status: 504,
        code: 'APIG.0201',
        message: 'timeout',
      },
    ]);
    expect(await createStudio('before')).toMatchObject({ status: 500, body: { error_code: 'DAYU.3531' } });
    expect(await createStudio('after')).toMatchObject({ status: 504, body: { error_code: 'APIG.0201' } });
    expect(names()).toEqual(['after']);
  });
});

describe('a call whose answer is lost', () => {
  it.each([
    ['cut-before', []],
    ['cut-after', ['a']],
  ] as const)('by %s ends in a socket error with the effect as named', async (action, left) => {
    simulator.setFaults({ operation: 'CreateManagerWorkSpace', do: action });
    await expect(createStudio('a')).rejects.toThrow('fetch failed');
    expect(names()).toEqual(left);
    expect(simulator.requests().at(-1)).toMatchObject({ status: 'cut', fault: action });
  });

  it.each([
    ['hang-before', []],
    ['hang-after', ['a']],
  ] as const)('by %s stays open until it is cut, with the effect as named', async (action, left) => {
    simulator.setFaults({ operation: 'CreateManagerWorkSpace', do: action, ms: 30 });
    await expect(createStudio('a')).rejects.toThrow('fetch failed');
    expect(names()).toEqual(left);
    expect(simulator.requests().at(-1)).toMatchObject({ status: 'hung', fault: action });
  });

  it('takes effect late, after a list that did not show it yet', async () => {
    simulator.setFaults({ operation: 'CreateManagerWorkSpace', do: 'late', ms: 400 });
    await expect(createStudio('a')).rejects.toThrow('fetch failed');
    expect(await sendHuawei(simulator, studio.list(10, 0))).toMatchObject({ body: { count: 1 } });
    await until(() => names().length > 0);
    expect(await sendHuawei(simulator, studio.list(10, 0))).toMatchObject({ body: { count: 2 } });
  });
});

describe('a stale list', () => {
  it('hides what was just made and still shows what was just deleted', async () => {
    const { id } = simulator.resources.plant({ kind: 'huawei.dataarts-studio.workspace', name: 'old' });
    simulator.changeSettings({ clockOffsetMs: 60_000 });
    simulator.resources.remove(id);
    await createStudio('new');
    simulator.setFaults([
      { operation: 'ListManagerWorkSpaces', do: 'stale-list', ms: 30_000 },
      { operation: 'ShowWorkSpace', do: 'stale-list', ms: 30_000 },
    ]);
    const stale = await sendHuawei(simulator, studio.list(10, 0));
    expect(stale).toMatchObject({ body: { count: 2, data: [{ name: 'default' }, { name: 'old' }] } });
    expect(await sendHuawei(simulator, studio.show(id))).toMatchObject({ status: 200, body: { name: 'old' } });
    simulator.changeSettings({ clockOffsetMs: 120_000 });
    const settled = await sendHuawei(simulator, studio.list(10, 0));
    expect(settled).toMatchObject({ body: { count: 2, data: [{ name: 'default' }, { name: 'new' }] } });
  });
});

describe('a slow call', () => {
  it('has its effect at once and its answer later', async () => {
    simulator.setFaults({ operation: 'CreateManagerWorkSpace', do: 'slow', ms: 400 });
    const answer = createStudio('a').then(({ status }) => ({ status, seen: names() }));
    await until(() => names().length > 0);
    expect(simulator.requests()).toEqual([]);
    expect(await answer).toEqual({ status: 200, seen: ['a'] });
  });
});

describe('a project that fails to initialise', () => {
  it('is created and then ends in InitFailed', async () => {
    simulator.changeSettings({ projectInitializingMs: 0 });
    simulator.setFaults({ operation: 'CreateProject', do: 'init-failed' });
    const created = await sendAlibaba(simulator, 'CreateProject', { Name: 'broken' });
    const Id = /"Id":(\d+)/.exec(created.text)?.[1] ?? '';
    expect(await sendAlibaba(simulator, 'GetProject', { Id })).toMatchObject({
      body: { Project: { Status: 'InitFailed' } },
    });
  });
});

describe('which calls a fault meets', () => {
  it('is the nth from now, for as many as it counts, of one name', async () => {
    await createStudio('x');
    simulator.setFaults({
      operation: 'CreateManagerWorkSpace',
      do: 'fail-before',
      nth: 2,
      count: 2,
      match: { name: 'a' },
    });
    const statuses = [];
    for (const name of ['a', 'b', 'a', 'a', 'a']) statuses.push((await createStudio(name)).status);
    expect(statuses).toEqual([200, 200, 500, 500, 400]);
    expect(simulator.state().faults).toMatchObject([{ seen: 4, fired: 2 }]);
  });

  it('matches deletes by the name of what they delete', async () => {
    const one = simulator.resources.plant({ kind: 'huawei.dataarts-fabric.workspace', name: 'one-1' });
    const two = simulator.resources.plant({ kind: 'huawei.dataarts-fabric.workspace', name: 'two-2' });
    simulator.setFaults({ operation: 'DeleteWorkspace', do: 'refuse', match: { name: 'two-2' } });
    expect(await sendHuawei(simulator, fabric.remove(one.id))).toMatchObject({ status: 200 });
    expect(await sendHuawei(simulator, fabric.remove(two.id))).toMatchObject({ status: 400 });
  });

  it('is one of the caller that its User-Agent names, where several make the same call', async () => {
    simulator.setFaults({ operation: 'ListManagerWorkSpaces', do: 'fail-before', match: { userAgent: 'wf/a ' } });
    const list = (agent: string) => sendHuawei(simulator, studio.list(10, 0), { headers: { 'User-Agent': agent } });
    const statuses = [];
    for (const agent of ['x wf/ab step/1', 'x wf/a step/1']) statuses.push((await list(agent)).status);
    expect(statuses).toEqual([200, 500]);
    expect(simulator.state().faults).toMatchObject([{ seen: 1, fired: 1 }]);
  });

  it('never is one that the gateway refused, and none after a clear', async () => {
    simulator.setFaults({ operation: 'CreateManagerWorkSpace', do: 'fail-before' });
    await sendHuawei(simulator, studio.create('a'), { secret: 'wrong' });
    expect(simulator.state().faults).toMatchObject([{ seen: 0, fired: 0 }]);
    simulator.clearFaults();
    expect(await createStudio('a')).toMatchObject({ status: 200 });
  });
});
