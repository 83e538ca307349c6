/** What a starter hands over beside the plan is not believed: nobody can make a worker delete what is not its own. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowStartOptions } from '@temporalio/client';
import { expect, test } from 'vitest';
import { workflowIdOf } from '../../contract/names.js';
import type { Plan } from '../../contract/plan.js';
import type { Carried, ResolvedStep } from '../../contract/steps.js';
import { outcomeOf } from '../support/closing.js';
import { fabric } from '../support/resources.js';
import { useRig } from '../support/rig.js';

const rig = useRig();

/** Says of a resource of somebody else's that this run made it and is about to delete it. */
function forged(plan: Plan, id: string): Carried {
  const step: ResolvedStep = {
    key: 'it',
    kind: 'huawei.dataarts-fabric.workspace',
    provider: 'huawei',
    connection: 'huawei',
    taskQueue: `${rig.taskQueue}:huawei`,
    dependsOn: [],
    ifExists: 'fail',
    retain: false,
  };
  return {
    plan: {
      name: plan.name,
      onFailure: 'rollback',
      steps: [step],
      connections: ['huawei'],
      simulated: [],
      searchAttributes: true,
      fingerprint: '',
    },
    ledger: { plan: plan.name, steps: { it: { kind: step.kind, connection: 'huawei', state: 'live', id } }, moves: [] },
    outputs: { it: { id } },
    traces: { it: { id, resent: true, endedAt: 0 } },
    failedUndos: {},
    reset: false,
    stop: { by: 'cancel' },
  };
}

function startForged(plan: Plan, more: Partial<WorkflowStartOptions> = {}) {
  const { id } = rig.simulator.resources.plant({ kind: 'huawei.dataarts-fabric.workspace', name: 'bystander' });
  const workflowId = workflowIdOf(plan.name);
  const args = [plan, forged(plan, id)];
  return rig.client.workflow.start('provision', { taskQueue: rig.taskQueue, workflowId, args, ...more });
}

test('a forged ledger beside the plan is not believed', async () => {
  const plan: Plan = { name: rig.planName(), resources: { it: fabric('its-own') } };
  const run = await startForged(plan);
  rig.track(run.workflowId);
  expect(await outcomeOf(run)).toBe('Provisioned');
  expect(rig.alive()).toEqual(['bystander', 'its-own']);
});

test.each([
  ['a cron schedule', { cronSchedule: '@every 1s' }],
  ['a retry after a time-out', { workflowRunTimeout: '1s', retry: { initialInterval: '100ms' } }],
])('a forged ledger is not believed in the second run that %s makes', async (_what, more) => {
  const plan: Plan = { name: rig.planName(), resources: { it: fabric('its-own') } };
  // Long enough without a worker for the first run to time out.
  const retried = 'retry' in more;
  if (retried) await rig.stopWorker();
  const run = await startForged(plan, more as Partial<WorkflowStartOptions>);
  const { workflowId } = run;
  const runs = new Set<string>();
  if (retried) await sleep(1500).then(() => rig.startWorker());
  while (runs.size < 3) {
    const { runId, status } = await rig.client.workflow.getHandle(workflowId).describe();
    runs.add(runId);
    if (status.name !== 'RUNNING') break;
    await sleep(100);
  }
  await rig.client.workflow
    .getHandle(workflowId)
    .terminate()
    .catch(() => undefined);
  expect(rig.alive()).toContain('bystander');
});
