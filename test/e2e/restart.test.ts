/** Workers that stop, die and come back in the middle: what is under way gets its answer, and nothing is made twice. */
import { expect, inject, test } from 'vitest';
import { workflowIdOf } from '../../contract/names.js';
import type { Plan, ProvisionResult } from '../../contract/plan.js';
import type { RunningCli } from '../cli-process.js';
import { outcomeOf } from '../support/closing.js';
import { aiWorkspace, fabric, studio, workflow } from '../support/resources.js';
import { type ProvisionRun, useRig } from '../support/rig.js';
import { startWorkerProcess } from '../support/worker-process.js';

const rig = useRig();

function twoSteps(): Plan {
  return {
    name: rig.planName(),
    resources: { studio: studio(), flow: workflow('after_studio', { dependsOn: ['studio'] }) },
  };
}

async function activitiesOf(run: ProvisionRun): Promise<string[]> {
  const { events } = await run.fetchHistory();
  return (events ?? []).flatMap((event) => event.activityTaskScheduledEventAttributes?.activityId ?? []);
}

function startWorkerOn(queue: string): RunningCli {
  return startWorkerProcess({ simulator: rig.simulator, address: inject('temporalAddress'), queue });
}

async function startOn(queue: string, plan: Plan): Promise<ProvisionRun> {
  const workflowId = workflowIdOf(plan.name);
  const run = await rig.client.workflow.start<(plan: Plan) => Promise<ProvisionResult>>('provision', {
    taskQueue: queue,
    workflowId,
    args: [plan],
  });
  rig.track(workflowId, run.firstExecutionRunId);
  return run;
}

const creates = () => rig.simulator.state().requests.CreateManagerWorkSpace ?? 0;

test('a worker that stops in the middle of a create waits for its answer, and the next goes on', async () => {
  rig.simulator.setFaults({ operation: 'CreateManagerWorkSpace', do: 'slow', ms: 2000 });
  const before = creates();
  const called = rig.nextCall('CreateManagerWorkSpace');
  const run = await rig.start(twoSteps());
  await called;
  await rig.stopWorker();
  await rig.startWorker();
  expect(await outcomeOf(run)).toBe('Provisioned');
  expect(rig.alive()).toEqual(['after_studio', 'studio_ws']);
  expect(creates() - before).toBe(1);
  const { events } = await run.fetchHistory();
  const started = events?.flatMap((event) => event.activityTaskStartedEventAttributes ?? []) ?? [];
  expect(started.map(({ attempt }) => attempt)).toEqual([1, 1]);
});

test('a worker that stops in the middle of a create that is then cancelled leaves nothing alive', async () => {
  rig.simulator.setFaults({ operation: 'CreateManagerWorkSpace', do: 'slow', ms: 1500 });
  const called = rig.nextCall('CreateManagerWorkSpace');
  const run = await rig.start(twoSteps());
  await called;
  const stopped = rig.stopWorker();
  await run.cancel();
  await stopped;
  await rig.startWorker();
  expect(await outcomeOf(run)).toBe('Cancelled');
  expect(rig.alive()).toEqual([]);
});

test('a worker that stops in the middle of a rollback leaves the rest of it to the next', async () => {
  rig.simulator.setFaults([
    { operation: 'CreateWorkflowDefinition', do: 'refuse', status: 400 },
    { operation: 'DeleteWorkspace', do: 'slow', ms: 1500 },
  ]);
  const deleting = rig.nextCall('DeleteWorkspace');
  const run = await rig.start({
    name: rig.planName(),
    resources: {
      studio: studio(),
      fabric: fabric('fabric-ws', { dependsOn: ['studio'] }),
      ai: aiWorkspace('ai-ws', { dependsOn: ['fabric'] }),
      flow: workflow('refused_flow', { dependsOn: ['ai'] }),
    },
  });
  await deleting;
  await rig.stopWorker();
  expect(rig.alive()).toEqual(['studio_ws']);
  await rig.startWorker();
  expect(await outcomeOf(run)).toBe('RolledBack');
  expect(rig.alive()).toEqual([]);
  expect((await activitiesOf(run)).filter((id) => id.endsWith('.delete'))).toEqual([
    'ai.delete',
    'fabric.delete',
    'studio.delete',
  ]);
});

test('a worker process that gets SIGTERM lets its create in flight finish and ends with 0', async () => {
  const queue = `${rig.taskQueue}-term`;
  const first = startWorkerOn(queue);
  rig.simulator.setFaults({ operation: 'CreateManagerWorkSpace', do: 'slow', ms: 3000 });
  const before = creates();
  const called = rig.nextCall('CreateManagerWorkSpace');
  const run = await startOn(queue, twoSteps());
  await called;
  first.process.kill('SIGTERM');
  expect(await first.ended).toMatchObject({ code: 0 });
  const second = startWorkerOn(queue);
  expect(await outcomeOf(run)).toBe('Provisioned');
  second.process.kill('SIGTERM');
  expect(await second.ended).toMatchObject({ code: 0 });
  expect(rig.alive()).toEqual(['after_studio', 'studio_ws']);
  expect(creates() - before).toBe(1);
});

test('a create whose worker process was killed ends in one resource, made by the next worker', async () => {
  const queue = `${rig.taskQueue}-kill`;
  const first = startWorkerOn(queue);
  rig.simulator.setFaults({ operation: 'CreateManagerWorkSpace', do: 'slow', ms: 4000, nth: 1 });
  const before = creates();
  const called = rig.nextCall('CreateManagerWorkSpace');
  const run = await startOn(queue, twoSteps());
  await called;
  first.process.kill('SIGKILL');
  await first.ended;
  const second = startWorkerOn(queue);
  expect(await outcomeOf(run)).toBe('Provisioned');
  second.process.kill('SIGTERM');
  await second.ended;
  expect(rig.alive()).toEqual(['after_studio', 'studio_ws']);
  // The second attempt found what the first had made.
  expect(creates() - before).toBe(1);
}, 120_000);
