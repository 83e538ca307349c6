/** The clouds' own cores from npm create, list and delete: what they sign and parse is not of our making. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/start.js';
import { AlibabaClient, flowSpec } from './simulator/alibaba-client.js';
import { fabric, HuaweiClient, studio } from './simulator/huawei-client.js';

let simulator: Simulator;

beforeEach(async () => {
  simulator = await startSimulator();
});
afterEach(() => simulator.close());

describe("Huawei's Node core", () => {
  it('creates a Studio workspace, finds it in the list and deletes it', async () => {
    const huawei = new HuaweiClient(simulator.endpoint, simulator.credentials.huawei);
    const description = 'für Daten & mehr (100%) 大';
    const created = await huawei.call(studio.create('orders', { description }));
    expect(created).toMatchObject({ is_success: true, message: null });
    expect(created).not.toHaveProperty('id');
    const listed = await huawei.call(studio.list(20, 0));
    expect(listed).toMatchObject({
      count: 2,
      total_page: 1,
      data: [{ name: 'default', is_default: 1 }, { name: 'orders' }],
    });
    const [made] = simulator.state().resources;
    expect(made).toMatchObject({ kind: 'huawei.dataarts-studio.workspace', name: 'orders', description });
    expect(await huawei.call(studio.show(made?.id ?? ''))).toMatchObject({ description, eps_id: '0' });
    expect(await huawei.call(studio.remove(made?.id ?? ''))).toMatchObject({ is_success: true });
    expect(simulator.state().resources).toEqual([]);
  });

  it('creates a Fabric workspace, updates it, lists it and deletes it', async () => {
    const huawei = new HuaweiClient(simulator.endpoint, simulator.credentials.huawei);
    const created = await huawei.call(fabric.create('orders', { tags: [{ key: 'team', value: 'a b' }] }));
    const id = String(created.id);
    await huawei.call(fabric.update(id, { name: 'orders-2', description: 'now described' }));
    const listed = await huawei.call(fabric.list({ name: 'orders', limit: 100, offset: 0 }));
    expect(listed).toMatchObject({ total: 1, workspaces: [{ id, name: 'orders-2', description: 'now described' }] });
    await huawei.call(fabric.remove(id));
    expect(simulator.state().resources).toEqual([]);
  });

  it('uses a temporary key whose security token the simulator was told', async () => {
    await simulator.close();
    simulator = await startSimulator({ credentials: { huawei: { securityToken: 'temporary' } } });
    const { huawei } = simulator.credentials;
    await new HuaweiClient(simulator.endpoint, huawei).call(studio.create('orders'));
    expect(simulator.state().resources).toHaveLength(1);
    const stranger = new HuaweiClient(simulator.endpoint, { ...huawei, securityToken: 'other' });
    await expect(stranger.call(studio.create('second'))).rejects.toMatchObject({ errorCode: 'APIG.0301' });
  });
});

describe("Alibaba's Node core", () => {
  it('creates a workflow, reads it back with the added metadata and deletes it', async () => {
    const alibaba = new AlibabaClient(simulator.endpoint, simulator.credentials.alibaba);
    const { projectId: ProjectId } = simulator.credentials.alibaba;
    const description = "a b*+~'(ü)";
    const { Id } = await alibaba.call('CreateWorkflowDefinition', {
      ProjectId,
      Spec: flowSpec('orders', { description }),
    });
    expect(Id).toMatch(/^\d{19}$/);
    expect(BigInt(String(Id))).toBeGreaterThan(BigInt(Number.MAX_SAFE_INTEGER));
    const listed = await alibaba.call('ListWorkflowDefinitions', { ProjectId, Name: 'order' });
    expect(listed).toMatchObject({
      PagingInfo: {
        TotalCount: 1,
        WorkflowDefinitions: [{ Id, Name: 'orders', Description: description, Script: { Path: 'folder/orders' } }],
      },
    });
    const got = await alibaba.call('GetWorkflowDefinition', { ProjectId, Id: String(Id) });
    const { Spec } = got.WorkflowDefinition as { Spec: string };
    expect(JSON.parse(Spec)).toMatchObject({ metadata: { uuid: Id }, spec: { workflows: [{ id: Id, description }] } });
    await alibaba.call('DeleteWorkflowDefinition', { ProjectId, Id: String(Id) });
    expect(simulator.state().resources).toEqual([]);
  });

  it('uses an STS key whose token the simulator was told', async () => {
    await simulator.close();
    simulator = await startSimulator({ credentials: { alibaba: { securityToken: 'session' } } });
    const { alibaba } = simulator.credentials;
    const parameters = { ProjectId: alibaba.projectId, Spec: flowSpec('orders') };
    await new AlibabaClient(simulator.endpoint, alibaba).call('CreateWorkflowDefinition', parameters);
    const { securityToken: _, ...plain } = alibaba;
    await expect(
      new AlibabaClient(simulator.endpoint, plain).call('CreateWorkflowDefinition', parameters),
    ).rejects.toMatchObject({ code: 'MissingSecurityToken' });
    expect(simulator.state().resources).toHaveLength(1);
  });

  it('gets a throttling error with the hint that a fault gives', async () => {
    const alibaba = new AlibabaClient(simulator.endpoint, simulator.credentials.alibaba);
    simulator.setFaults({ operation: 'ListProjects', do: 'throttle', retryAfterMs: 200 });
    await expect(alibaba.call('ListProjects', {})).rejects.toMatchObject({ code: 'Throttling.User', retryAfter: 200 });
  });
});
