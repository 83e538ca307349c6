/** A published DataWorks workflow is taken offline before it is deleted: stage by stage, and nothing is left half open. */
import { expect, test } from 'vitest';
import type { Cloud } from '../activities/cloud.js';
import { alibabaDataworksWorkflow as kind } from '../activities/providers/alibaba/dataworks-workflow.js';
import { namesIn, scripted, sightingOf, simulated, specOf } from './support/alibaba-workflows.js';

test('a published workflow is taken offline stage by stage, then deleted', async () => {
  const { simulator, cloud } = await simulated({ alibabaStageMs: 30 });
  const { id } = simulator.resources.plant({ kind: 'alibaba.dataworks.workflow', name: 'nightly', published: true });
  await kind.delete(cloud, sightingOf(id), specOf('nightly'));
  expect(simulator.state().resources).toEqual([]);
  const { requests } = simulator.state();
  expect(requests).toMatchObject({ CreatePipelineRun: 1, ExecPipelineRunStage: 3, DeleteWorkflowDefinition: 1 });
  expect(requests.AbolishPipelineRun).toBeUndefined();
});

test('a workflow that was never published is deleted without any pipeline', async () => {
  const { simulator, cloud } = await simulated();
  const { id = '' } = await kind.create(cloud, specOf('nightly'));
  await kind.delete(cloud, sightingOf(id), specOf('nightly'));
  expect(simulator.state().requests.CreatePipelineRun).toBeUndefined();
  expect(namesIn(simulator)).toEqual([]);
});

test('a delete refused because of publication takes the workflow offline and deletes again', async () => {
  const { simulator, cloud } = await simulated();
  const { id = '' } = await kind.create(cloud, specOf('nightly'));
  simulator.setFaults({
    operation: 'DeleteWorkflowDefinition',
    nth: 1,
    do: 'refuse',
    status: 400,
    code: '9990000001',
    message: 'A deployed workflow cannot be deleted.',
  });
  await kind.delete(cloud, sightingOf(id), specOf('nightly'));
  expect(simulator.state()).toMatchObject({
    resources: [],
    requests: { CreatePipelineRun: 1, DeleteWorkflowDefinition: 2 },
  });
});

test('a stage that fails ends the delete with the workflow still there and nothing half open', async () => {
  const { simulator, cloud } = await simulated({ alibabaFailingStage: 'PROD_CHECK' });
  const { id } = simulator.resources.plant({ kind: 'alibaba.dataworks.workflow', name: 'nightly', published: true });
  await expect(kind.delete(cloud, sightingOf(id), specOf('nightly'))).rejects.toMatchObject({
    facts: { type: 'NotStabilized', retryable: false },
  });
  expect(namesIn(simulator)).toEqual(['nightly']);
  expect(simulator.state().requests).toMatchObject({ AbolishPipelineRun: 1 });
});

test('an offline run is abolished even if the fence lets nothing through any more', async () => {
  const { simulator, cloud } = await simulated();
  const { id } = simulator.resources.plant({ kind: 'alibaba.dataworks.workflow', name: 'nightly', published: true });
  const unreachable = new Error('Temporal cannot be reached');
  let changes = 0;
  const call: Cloud['call'] = async (request) => {
    if (request.effect === 'changes' && ++changes > 1) throw unreachable;
    return cloud.call(request);
  };
  await expect(kind.delete({ ...cloud, call }, sightingOf(id), specOf('nightly'))).rejects.toBe(unreachable);
  expect(simulator.state().requests).toMatchObject({ CreatePipelineRun: 1, AbolishPipelineRun: 1 });
});

test('a stage whose start is refused once is started again as long as it waits', async () => {
  const { simulator, cloud } = await simulated();
  const { id } = simulator.resources.plant({ kind: 'alibaba.dataworks.workflow', name: 'nightly', published: true });
  simulator.setFaults({ operation: 'ExecPipelineRunStage', nth: 2, do: 'refuse', status: 400 });
  await kind.delete(cloud, sightingOf(id), specOf('nightly'));
  expect(simulator.state()).toMatchObject({
    resources: [],
    requests: { CreatePipelineRun: 1, ExecPipelineRunStage: 4 },
  });
});

test('a stage whose start is refused for good fails the delete with that refusal', async () => {
  const { simulator, cloud } = await simulated();
  const { id } = simulator.resources.plant({ kind: 'alibaba.dataworks.workflow', name: 'nightly', published: true });
  simulator.setFaults({ operation: 'ExecPipelineRunStage', do: 'refuse', status: 400 });
  await expect(kind.delete(cloud, sightingOf(id), specOf('nightly'))).rejects.toMatchObject({
    facts: { type: 'InvalidRequest', operation: 'ExecPipelineRunStage' },
  });
  expect(simulator.state().requests).toMatchObject({ ExecPipelineRunStage: 5, AbolishPipelineRun: 1 });
});

test('a workflow that the scheduler remembers but nothing publishes is deleted all the same', async () => {
  const { cloud, asked } = await scripted(({ headers }) => {
    const action = headers['x-acs-action'];
    if (action === 'GetWorkflowDefinition') {
      return { body: { RequestId: 'R', WorkflowDefinition: { Id: '1', Name: 'nightly', WorkflowId: 2 } } };
    }
    if (action === 'DeleteWorkflowDefinition') return { body: { RequestId: 'R', Success: true } };
    return { status: 400, body: { RequestId: 'R', Code: '5801489541076353033', Message: 'object not found' } };
  });
  expect(await kind.delete(cloud, sightingOf('1'), specOf('nightly'))).toEqual({ requestId: 'req-1' });
  expect(asked.map(({ headers }) => headers['x-acs-action'])).toEqual([
    'GetWorkflowDefinition',
    'CreatePipelineRun',
    'DeleteWorkflowDefinition',
  ]);
});
