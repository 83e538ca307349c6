/** How the simulated DataWorks behaves: FlowSpec, ids beyond 2^53, duplicates, pipelines, projects and their names. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/start.js';
import { flowSpec } from './simulator/alibaba-client.js';
import { sendAlibaba, type WireAnswer } from './simulator/wire.js';

let simulator: Simulator;

beforeEach(async () => {
  simulator = await startSimulator({ settings: { projectInitializingMs: 0 } });
});
afterEach(() => simulator.close());

type Form = Readonly<Record<string, string>>;

const call = (action: string, form: Form = {}): Promise<WireAnswer> => sendAlibaba(simulator, action, form);
/** A call within the account's own project. */
const within = (action: string, form: Form = {}): Promise<WireAnswer> =>
  call(action, { ProjectId: simulator.credentials.alibaba.projectId, ...form });
const create = (name: string, ...more: readonly object[]): Promise<WireAnswer> =>
  within('CreateWorkflowDefinition', { Spec: flowSpec(name, ...more) });
const idOf = (answer: WireAnswer): string => /"Id":"?([^",}]+)/.exec(answer.text)?.[1] ?? '';

describe('workflow definitions', () => {
  it('take the example of the documents with its trigger and strategy', async () => {
    const workflow = {
      trigger: { type: 'Scheduler', cron: '00 02 00 * * ?', timezone: 'Asia/Shanghai', delaySeconds: 0 },
      strategy: { timeout: 0, instanceMode: 'T+1', rerunMode: 'Allowed', rerunTimes: 3, failureStrategy: 'Break' },
      inputs: {},
      outputs: { nodeOutputs: [{ data: 'workflow_output', artifactType: 'NodeOutput', refTableName: 'demo' }] },
      nodes: [],
      dependencies: [],
    };
    expect(await create('demo', workflow, { version: '1.1.0' })).toMatchObject({ status: 200 });
  });

  it.each([
    ['a version of 3', {}, { version: '3.0.0' }],
    ['the plain kind Workflow', {}, { kind: 'Workflow' }],
    ['no workflow', {}, { spec: { workflows: [] } }],
    ['another last part of the path', { script: { path: 'folder/other', runtime: { command: 'WORKFLOW' } } }, {}],
    ['no command', { script: { path: 'orders', runtime: {} } }, {}],
    ['a cron of five fields', { trigger: { type: 'Scheduler', cron: '0 2 * * ?' } }, {}],
    ['an unknown rerun mode', { strategy: { rerunMode: 'Sometimes' } }, {}],
  ])('refuse a FlowSpec with %s as one that cannot be parsed', async (_title, workflow, document) => {
    expect(await create('orders', workflow, document)).toMatchObject({
      status: 400,
      body: { Code: '58014884415', Message: expect.stringContaining('0x5083000000000005') },
    });
    expect(simulator.state().resources).toEqual([]);
  });

  it('have 19-digit ids that a double cannot tell apart, as text or as number', async () => {
    const one = await create('one');
    simulator.changeSettings({ alibabaIds: 'number' });
    const two = await create('two');
    expect(one.text).toMatch(/"Id":"\d{19}"/);
    expect(two.text).toMatch(/"Id":\d{19}[,}]/);
    expect(Number(idOf(one))).toBe(Number(idOf(two)));
    expect(idOf(one)).not.toBe(idOf(two));
    expect(await within('DeleteWorkflowDefinition', { Id: idOf(two) })).toMatchObject({ status: 200 });
    expect(simulator.state().resources).toMatchObject([{ name: 'one', id: idOf(one) }]);
  });

  it('of one name are refused or accepted as set', async () => {
    await create('orders');
    expect(await create('orders')).toMatchObject({
      status: 400,
      body: { Message: expect.stringContaining('already exists') },
    });
    simulator.changeSettings({ alibabaDuplicates: 'accepted' });
    expect(await create('orders')).toMatchObject({ status: 200 });
    expect(simulator.state().resources).toHaveLength(2);
  });

  it('are listed by part of a name, one type at a time, in pages', async () => {
    for (let i = 0; i < 12; i++) await create(`orders_${i}`);
    await create('orders_by_hand', {}, { kind: 'ManualWorkflow' });
    const first = await within('ListWorkflowDefinitions', { Name: 'orders' });
    expect(first).toMatchObject({ body: { PagingInfo: { TotalCount: 12, PageNumber: 1, PageSize: 10 } } });
    expect(await within('ListWorkflowDefinitions', { Name: 'orders', PageNumber: '2' })).toMatchObject({
      body: { PagingInfo: { WorkflowDefinitions: [{ Name: 'orders_10' }, { Name: 'orders_11' }] } },
    });
    expect(await within('ListWorkflowDefinitions', { Type: 'ManualWorkflow' })).toMatchObject({
      body: {
        PagingInfo: { TotalCount: 1, WorkflowDefinitions: [{ Name: 'orders_by_hand', Type: 'ManualWorkflow' }] },
      },
    });
    expect(await within('ListWorkflowDefinitions', { PageSize: '101' })).toMatchObject({
      status: 400,
      body: { Code: 'InvalidParameter' },
    });
  });

  it('can be updated and renamed, and a missing one is 9990040003', async () => {
    const Id = idOf(await create('orders'));
    const Spec = flowSpec('orders', { description: 'new' });
    expect(await within('UpdateWorkflowDefinition', { Id, Spec })).toMatchObject({ body: { Success: true } });
    expect(await within('RenameWorkflowDefinition', { Id, Name: 'bills' })).toMatchObject({ body: { Success: true } });
    expect(simulator.state().resources).toMatchObject([{ name: 'bills', description: 'new' }]);
    const got = await within('GetWorkflowDefinition', { Id });
    expect(got.text).toContain('folder/bills');
    expect(await within('GetWorkflowDefinition', { Id: '1' })).toMatchObject({
      status: 400,
      body: { Code: '9990040003' },
    });
  });

  it('name a missing parameter and a missing project', async () => {
    expect(await within('CreateWorkflowDefinition')).toMatchObject({ status: 400, body: { Code: 'MissingSpec' } });
    expect(await call('CreateWorkflowDefinition', { ProjectId: '9', Spec: flowSpec('orders') })).toMatchObject({
      body: { Code: '1101080008' },
    });
  });
});

describe('pipelines', () => {
  const stages = async (Id: string): Promise<unknown> => {
    const { body } = await within('GetPipelineRun', { Id });
    const { Pipeline } = body as { Pipeline: { Status: string; Stages: { Code: string; Status: string }[] } };
    return [Pipeline.Status, ...Pipeline.Stages.map(({ Code, Status }) => `${Code} ${Status}`)];
  };
  const start = async (Type: string, id: string): Promise<string> =>
    idOf(await within('CreatePipelineRun', { Type, ObjectIds: `["${id}"]` }));
  const run = (Id: string, Code: string): Promise<WireAnswer> => within('ExecPipelineRunStage', { Id, Code });

  it('build by themselves, then run stage by stage in order and once', async () => {
    const pipeline = await start('Online', idOf(await create('orders')));
    expect(await stages(pipeline)).toEqual(['Running', 'BUILD_PACKAGE Success', 'PROD_CHECK Init', 'PROD Init']);
    expect(await run(pipeline, 'PROD')).toMatchObject({ status: 400 });
    await run(pipeline, 'PROD_CHECK');
    expect(await run(pipeline, 'PROD_CHECK')).toMatchObject({ status: 400 });
    await run(pipeline, 'PROD');
    expect(await stages(pipeline)).toEqual(['Success', 'BUILD_PACKAGE Success', 'PROD_CHECK Success', 'PROD Success']);
    expect(await run(pipeline, 'PROD')).toMatchObject({
      status: 400,
      body: { Message: expect.stringContaining('流水线') },
    });
    expect(simulator.state().resources).toMatchObject([{ published: true }]);
  });

  it('take a published workflow offline, which can be deleted only then', async () => {
    const { id: Id } = simulator.resources.plant({ kind: 'alibaba.dataworks.workflow', name: 'live', published: true });
    expect(await within('DeleteWorkflowDefinition', { Id })).toMatchObject({
      status: 400,
      body: { Message: expect.stringContaining('undeploy') },
    });
    const pipeline = await start('Offline', Id);
    for (const code of ['OfflineCheck', 'PROD_CHECK', 'PROD']) await run(pipeline, code);
    expect(await within('DeleteWorkflowDefinition', { Id })).toMatchObject({ body: { Success: true } });
  });

  it('end in Fail at the stage that is set to fail, and in Termination when abolished', async () => {
    const id = idOf(await create('orders'));
    simulator.changeSettings({ alibabaFailingStage: 'PROD_CHECK' });
    const failed = await start('Online', id);
    await run(failed, 'PROD_CHECK');
    expect(await stages(failed)).toEqual(['Fail', 'BUILD_PACKAGE Success', 'PROD_CHECK Fail', 'PROD Init']);
    const abolished = await start('Online', id);
    await within('AbolishPipelineRun', { Id: abolished });
    expect(await stages(abolished)).toEqual([
      'Termination',
      'BUILD_PACKAGE Success',
      'PROD_CHECK Termination',
      'PROD Termination',
    ]);
    expect(simulator.state().resources).toMatchObject([{ published: false }]);
  });

  it('refuse what is not there and an id in brackets of its own', async () => {
    for (const ObjectIds of ['["1"]', '["[1]"]']) {
      expect(await within('CreatePipelineRun', { Type: 'Online', ObjectIds })).toMatchObject({
        body: { Code: '5801489541076353033' },
      });
    }
  });
});

describe('projects', () => {
  const get = (Id: string): Promise<WireAnswer> => call('GetProject', { Id });

  it('initialise for a while before they are available', async () => {
    simulator.changeSettings({ projectInitializingMs: 60_000 });
    const Id = idOf(
      await call('CreateProject', { Name: 'orders', DevEnvironmentEnabled: 'False', PaiTaskEnabled: 'true' }),
    );
    expect(await get(Id)).toMatchObject({ body: { Project: { Status: 'Initializing' } } });
    const Spec = flowSpec('early');
    expect(await call('CreateWorkflowDefinition', { ProjectId: Id, Spec })).toMatchObject({
      body: { Code: '9990040003' },
    });
    simulator.changeSettings({ clockOffsetMs: 60_000 });
    expect(await get(Id)).toMatchObject({
      body: { Project: { Status: 'Available', DevEnvironmentEnabled: false, PaiTaskEnabled: true } },
    });
    expect(await call('CreateWorkflowDefinition', { ProjectId: Id, Spec })).toMatchObject({ status: 200 });
  });

  it('keep the tags and the resource group that they were created with', async () => {
    const AliyunResourceTags = '[{"Key":"team","Value":"data"}]';
    const Id = idOf(await call('CreateProject', { Name: 'orders', AliyunResourceGroupId: 'rg-1', AliyunResourceTags }));
    expect(await get(Id)).toMatchObject({
      body: { Project: { AliyunResourceGroupId: 'rg-1', AliyunResourceTags: [{ Key: 'team', Value: 'data' }] } },
    });
    for (const tags of ['{', '{}', '[{"Key":"team"}]']) {
      expect(await call('CreateProject', { Name: 'other', AliyunResourceTags: tags })).toMatchObject({
        body: { Code: 'InvalidParameter' },
      });
    }
  });

  it('block their name for 14 days after a delete', async () => {
    const Id = idOf(await call('CreateProject', { Name: 'orders' }));
    expect(await call('CreateProject', { Name: 'orders' })).toMatchObject({ status: 400 });
    expect(await call('DeleteProject', { Id })).toMatchObject({ status: 200 });
    expect(await get(Id)).toMatchObject({ body: { Code: '9990040003' } });
    expect(await call('DeleteProject', { Id })).toMatchObject({ body: { Code: '1101080008' } });
    expect(await call('CreateProject', { Name: 'orders' })).toMatchObject({
      status: 400,
      body: { Message: expect.stringContaining('already exists') },
    });
    const clockOffsetMs = 14 * 24 * 3600 * 1000;
    simulator.changeSettings({ clockOffsetMs });
    const signing = { ageMs: -clockOffsetMs };
    expect(await sendAlibaba(simulator, 'CreateProject', { Name: 'orders' }, signing)).toMatchObject({ status: 200 });
  });

  it('are shown as Deleting for as long as set, and take their workflows along', async () => {
    simulator.changeSettings({ projectDeletingMs: 60_000 });
    const Id = idOf(await call('CreateProject', { Name: 'orders' }));
    await call('CreateWorkflowDefinition', { ProjectId: Id, Spec: flowSpec('inside') });
    await call('DeleteProject', { Id });
    expect(await get(Id)).toMatchObject({ body: { Project: { Status: 'Deleting' } } });
    expect(simulator.state().resources).toEqual([]);
    simulator.changeSettings({ clockOffsetMs: 60_000 });
    expect(await get(Id)).toMatchObject({ body: { Code: '9990040003' } });
  });

  it.each(['ab', '1orders', 'or-ders', 'a'.repeat(29)])('refuse %s as a name', async (Name) => {
    expect(await call('CreateProject', { Name })).toMatchObject({ status: 400, body: { Code: 'InvalidParameter' } });
  });

  it('are listed by names, ids and status, in pages', async () => {
    const Id = idOf(await call('CreateProject', { Name: 'orders' }));
    await call('CreateProject', { Name: 'bills' });
    expect(await call('ListProjects', { Names: '["orders"]' })).toMatchObject({
      body: { PagingInfo: { TotalCount: 1 } },
    });
    expect(await call('ListProjects', { Ids: `[${Id}]` })).toMatchObject({
      body: { PagingInfo: { Projects: [{ Name: 'orders' }] } },
    });
    await call('UpdateProject', { Id, Status: 'Forbidden', Description: 'closed' });
    expect(await call('ListProjects', { Status: 'Forbidden' })).toMatchObject({
      body: { PagingInfo: { TotalCount: 1, Projects: [{ Description: 'closed' }] } },
    });
    expect(await call('ListProjects', { PageSize: '1', PageNumber: '3' })).toMatchObject({
      body: { PagingInfo: { TotalCount: 3, Projects: [{ Name: 'bills' }] } },
    });
  });
});
