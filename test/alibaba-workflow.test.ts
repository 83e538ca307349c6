/** The DataWorks workflow kind over real sockets: ids, look-ups over types and pages, refusals, and what is shown. */
import { expect, onTestFinished, test } from 'vitest';
import { alibabaDataworksWorkflow as kind } from '../activities/providers/alibaba/dataworks-workflow.js';
import { alibaba } from '../activities/providers/alibaba/provider.js';
import { startSimulator } from '../simulator/start.js';
import { scripted, sightingOf, simulated, specOf } from './support/alibaba-workflows.js';
import { connect } from './support/scripted-cloud.js';

test.each(['string', 'number'] as const)('a %s id keeps its 19 digits from create to delete', async (alibabaIds) => {
  const { simulator, cloud } = await simulated({ alibabaIds });
  const spec = specOf('nightly');
  const { id = '', requestId } = await kind.create(cloud, spec);
  expect(id).toMatch(/^\d{19}$/);
  expect(requestId).toBeDefined();
  expect(simulator.state().resources).toMatchObject([{ kind: kind.name, id, description: 'about nightly' }]);
  const [found] = await kind.find(cloud, { spec });
  expect(found).toMatchObject({
    id,
    description: 'about nightly',
    status: 'ready',
    outputs: { Name: 'nightly', ProjectId: cloud.scope.projectId, Type: 'CycleWorkflow', Path: 'team/nightly' },
  });
  expect(found?.createdAt).toBeGreaterThan(0);
  await kind.delete(cloud, sightingOf(id), spec);
  expect(simulator.state().resources).toEqual([]);
  expect(await kind.find(cloud, { spec, id })).toEqual([]);
});

test('a create puts project and FlowSpec into the form and nothing into the query', async () => {
  const { cloud, asked } = await scripted(() => ({ body: '{"RequestId":"R-1","Id":4634978808809541234}' }));
  expect(await kind.create(cloud, specOf('nightly'))).toEqual({ id: '4634978808809541234', requestId: 'req-1' });
  expect(asked[0]).toMatchObject({ method: 'POST', url: '/' });
  expect(asked[0]?.headers).toMatchObject({
    'x-acs-action': 'CreateWorkflowDefinition',
    'x-acs-version': '2024-05-18',
    'content-type': 'application/x-www-form-urlencoded',
  });
  const form = new URLSearchParams(asked[0]?.body);
  expect([...form.keys()]).toEqual(['ProjectId', 'Spec']);
  expect(JSON.parse(form.get('Spec') ?? '')).toEqual(specOf('nightly').Spec);
});

test('a create whose answer has no id is left for the name to be found by', async () => {
  const { cloud } = await scripted(() => ({ body: { RequestId: 'R-1' } }));
  expect(await kind.create(cloud, specOf('nightly'))).toEqual({ requestId: 'req-1' });
});

test('two requests of one line never share a nonce', async () => {
  const { cloud, asked } = await scripted(() => ({
    body: { RequestId: 'R-1', PagingInfo: { TotalCount: 0, WorkflowDefinitions: [] } },
  }));
  await kind.find(cloud, { spec: specOf('nightly') });
  const nonces = asked.map(({ headers }) => headers['x-acs-signature-nonce']);
  expect(nonces).toHaveLength(2);
  expect(new Set(nonces).size).toBe(2);
});

test('temporary keys send their token, and the token is signed', async () => {
  const securityToken = 'sts-token-of-the-test';
  const simulator = await startSimulator({ credentials: { alibaba: { securityToken } } });
  onTestFinished(() => simulator.close());
  const { projectId, accessKeyId, accessKeySecret } = simulator.credentials.alibaba;
  const credentials = { accessKeyId, accessKeySecret, securityToken };
  const cloud = connect({ provider: alibaba, credentials, scope: { projectId } }, simulator.endpoint);
  expect(await kind.find(cloud, { spec: specOf('nightly') })).toEqual([]);
  expect(simulator.requests().every(({ status }) => status === 200)).toBe(true);
});

test('a look-up finds the exact name among hundreds that contain it, of both types', async () => {
  const { simulator, cloud } = await simulated({ alibabaDuplicates: 'accepted' });
  for (let index = 0; index < 150; index++) {
    simulator.resources.plant({ kind: 'alibaba.dataworks.workflow', name: `nightly_${index}`, description: 'x' });
  }
  const cycle = await kind.create(cloud, specOf('nightly'));
  const manual = await kind.create(cloud, specOf('nightly', 'ManualWorkflow'));
  const found = await kind.find(cloud, { spec: specOf('nightly') });
  expect(found.map(({ id, outputs }) => [id, outputs.Type])).toEqual([
    [cycle.id, 'CycleWorkflow'],
    [manual.id, 'ManualWorkflow'],
  ]);
});

test('a workflow renamed behind our back is still found by its id, marker included', async () => {
  const { simulator, cloud } = await simulated();
  const spec = specOf('nightly');
  const { id = '' } = await kind.create(cloud, spec);
  simulator.resources.edit(id, { name: 'renamed' });
  expect(await kind.find(cloud, { spec })).toEqual([]);
  const [found] = await kind.find(cloud, { spec, id });
  expect(found).toMatchObject({ id, name: 'renamed', description: 'about nightly' });
});

test('a workflow in another folder under the same name is found as well', async () => {
  const { simulator, cloud } = await simulated();
  const { id } = simulator.resources.plant({
    kind: 'alibaba.dataworks.workflow',
    name: 'nightly',
    description: 'theirs',
  });
  const found = await kind.find(cloud, { spec: specOf('nightly') });
  expect(found).toMatchObject([{ id, description: 'theirs', outputs: { Path: 'nightly' } }]);
});

test('a list that shows no description lets the stored FlowSpec tell it', async () => {
  const Spec = JSON.stringify(specOf('nightly').Spec);
  const { cloud } = await scripted(({ headers, url }) => {
    if (headers['x-acs-action'] === 'GetWorkflowDefinition') {
      return { body: { RequestId: 'R', WorkflowDefinition: { Id: '4634978808809541234', Name: 'nightly', Spec } } };
    }
    const WorkflowDefinitions = url.includes('Type=Cycle') ? [{ Id: '4634978808809541234', Name: 'nightly' }] : [];
    return { body: { RequestId: 'R', PagingInfo: { TotalCount: WorkflowDefinitions.length, WorkflowDefinitions } } };
  });
  const [found] = await kind.find(cloud, { spec: specOf('nightly') });
  expect(found).toMatchObject({
    id: '4634978808809541234',
    description: 'about nightly',
    outputs: { Path: 'team/nightly' },
  });
});

test('a list that ends before its total, or without items, proves no absence', async () => {
  for (const PagingInfo of [{ TotalCount: 1, WorkflowDefinitions: [] }, { WorkflowDefinitions: [] }, undefined]) {
    const { cloud } = await scripted(() => ({ body: { RequestId: 'R', PagingInfo } }));
    await expect(kind.find(cloud, { spec: specOf('nightly') })).rejects.toMatchObject({
      facts: { type: 'ServiceInternalError', retryable: true },
    });
  }
});

test('deleting what is gone says not found, also over the wire', async () => {
  const { cloud } = await simulated();
  await expect(kind.delete(cloud, sightingOf('4634978808809541234'), specOf('nightly'))).rejects.toMatchObject({
    facts: { type: 'NotFound' },
  });
});

test('a second workflow of one name is a duplicate where the cloud refuses it', async () => {
  const { cloud } = await simulated({ alibabaDuplicates: 'refused' });
  await kind.create(cloud, specOf('nightly'));
  await expect(kind.create(cloud, specOf('nightly'))).rejects.toMatchObject({
    facts: { type: 'AlreadyExists', duplicate: true, sent: 'refused', retryable: false },
  });
});

test('a project that does not exist is named as the mistake it is', async () => {
  const { cloud } = await simulated();
  await expect(kind.create(cloud, { ...specOf('nightly'), ProjectId: '99' })).rejects.toMatchObject({
    facts: { type: 'InvalidRequest', sent: 'refused', code: '1101080008' },
  });
});

test('both forms of throttling are recognised and carry the hint', async () => {
  for (const alibabaThrottling of ['word', 'numeric'] as const) {
    const { simulator, cloud } = await simulated({ alibabaThrottling });
    simulator.setFaults({ operation: 'CreateWorkflowDefinition', do: 'throttle', retryAfterMs: 250 });
    await expect(kind.create(cloud, specOf('nightly'))).rejects.toMatchObject({
      facts: { type: 'Throttling', retryable: true, sent: 'refused', retryAfterMs: 250 },
    });
  }
});

test('the sweep sees every workflow of the workspace, of both types', async () => {
  const { cloud } = await simulated();
  await kind.create(cloud, specOf('nightly'));
  await kind.create(cloud, specOf('by_hand', 'ManualWorkflow'));
  const seen: string[] = [];
  for await (const { name, description } of kind.list(cloud)) seen.push(`${name}: ${description}`);
  expect(seen).toEqual(['nightly: about nightly', 'by_hand: about by_hand']);
});

test('a workflow that is gone is gone even if its name speaks of a workspace', async () => {
  const { cloud } = await scripted(({ headers }) =>
    headers['x-acs-action'] === 'ListWorkflowDefinitions'
      ? { body: { RequestId: 'R', PagingInfo: { TotalCount: 0, WorkflowDefinitions: [] } } }
      : { status: 400, body: { RequestId: 'R', Code: '9990040003', Message: 'workspace_flow does not exist' } },
  );
  expect(await kind.find(cloud, { spec: specOf('workspace_flow'), id: '1' })).toEqual([]);
});

test('a list refused because of its workspace is never an empty list', async () => {
  for (const Code of ['9990040003', '1101080008']) {
    const { cloud } = await scripted(() => ({
      status: 400,
      body: { RequestId: 'R', Code, Message: 'does not exist' },
    }));
    await expect(kind.find(cloud, { spec: specOf('nightly'), id: '1' })).rejects.toMatchObject({
      facts: { code: Code },
    });
  }
});

test('a FlowSpec is shown as a plan writes it: without ids, metadata and version, and with every digit', async () => {
  const workflow = { id: '9', name: 'nightly', script: { id: '8', path: 'nightly' }, trigger: { delaySeconds: 3 } };
  const stored = { version: '2.0.0', kind: 'CycleWorkflow', metadata: { uuid: '9' }, spec: { workflows: [workflow] } };
  const Spec = JSON.stringify(stored).replace('"delaySeconds":3', '"delaySeconds":4634978808809541234');
  const { cloud } = await scripted(() => ({
    body: { RequestId: 'R', WorkflowDefinition: { Id: '9', Name: 'nightly', Spec } },
  }));
  const shown = { name: 'nightly', script: { path: 'nightly' }, trigger: { delaySeconds: '4634978808809541234' } };
  expect(await kind.observe?.(cloud, sightingOf('9'), specOf('nightly'))).toEqual({
    Spec: { kind: 'CycleWorkflow', spec: { workflows: [shown] } },
  });
});

test.each([
  ['shows no document', { body: { RequestId: 'R', WorkflowDefinition: { Id: '9', Name: 'nightly', Spec: '{' } } }],
  [
    'does not know it',
    { status: 400, body: { RequestId: 'R', Code: '9990040003', Message: 'The workflow does not exist.' } },
  ],
])('a listed workflow whose own answer %s is looked at again', async (_how, answer) => {
  const { cloud } = await scripted(() => answer);
  await expect(kind.observe?.(cloud, sightingOf('9'), specOf('nightly'))).rejects.toMatchObject({
    facts: { type: 'ServiceInternalError', retryable: true },
  });
});
