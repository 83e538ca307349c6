/** Scenarios of runs, and of activities, that were reset: the history that is kept is the one of the run that came of it. */
import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { expect } from 'vitest';
import type { Plan, ProvisionResult } from '../../contract/plan.js';
import { outcomeOf } from '../support/closing.js';
import { aiWorkspace, fabric, workflow } from '../support/resources.js';
import type { ProvisionRun, Rig } from '../support/rig.js';
import { planOf, type Scenario, scenario, untilInBackOff } from './scenario.js';

const namespace = 'default';
const twoSteps = () => ({ base: fabric(), flow: workflow('flow', { dependsOn: ['base'] }) });

type Provision = (plan: Plan) => Promise<ProvisionResult>;

/** The run that follows a reset to one of the workflow's finished tasks: the first is 0, the last -1. */
async function resetTo(rig: Rig, run: ProvisionRun, task: number): Promise<WorkflowHandle<Provision>> {
  const { events } = await run.fetchHistory();
  const tasks = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes);
  const { runId } = await rig.client.workflowService.resetWorkflowExecution({
    namespace,
    workflowExecution: { workflowId: run.workflowId, runId: run.firstExecutionRunId },
    reason: 'to record it',
    workflowTaskFinishEventId: tasks.at(task)?.eventId ?? null,
    requestId: randomUUID(),
  });
  rig.track(run.workflowId, runId);
  return rig.client.workflow.getHandle<Provision>(run.workflowId, runId);
}

async function ends<Run extends WorkflowHandle<Provision>>(run: Run, ...outcomes: readonly string[]): Promise<Run> {
  expect(outcomes).toContain(await outcomeOf(run));
  return run;
}

export const RESET: readonly Scenario[] = [
  ...[0, 1, -1].map((task) =>
    scenario(`reset-provisioned-to-${task === -1 ? 'its-last-task' : `task-${task + 1}`}`, async (rig, name) => {
      const run = await ends(await rig.start(planOf(name, twoSteps())), 'Provisioned');
      return ends(await resetTo(rig, run, task), 'Provisioned');
    }),
  ),
  scenario('reset-provisioned-and-missing', async (rig, name) => {
    const run = await ends(await rig.start(planOf(name, twoSteps())), 'Provisioned');
    rig.simulator.resources.remove((await run.result()).base?.id ?? '');
    return ends(await resetTo(rig, run, -1), 'RolledBack');
  }),
  ...[0, -1].map((task) =>
    scenario(`reset-rolled-back-to-${task === -1 ? 'its-last-task' : `task-${task + 1}`}`, async (rig, name) => {
      rig.simulator.setFaults({ operation: 'CreateWorkflowDefinition', do: 'refuse', status: 400 });
      const run = await ends(await rig.start(planOf(name, twoSteps())), 'RolledBack');
      return ends(await resetTo(rig, run, task), 'RolledBack');
    }),
  ),
  scenario('reset-running', async (rig, name) => {
    rig.simulator.setFaults({ operation: 'CreateWorkflowDefinition', do: 'slow', ms: 1500, nth: 1 });
    const called = rig.nextCall('CreateWorkflowDefinition');
    const run = await rig.start(planOf(name, twoSteps()));
    await called;
    return ends(await resetTo(rig, run, 0), 'Provisioned', 'RolledBack');
  }),
  scenario('reset-running-and-cancelled', async (rig, name) => {
    rig.simulator.setFaults({ operation: 'CreateWorkflowDefinition', do: 'slow', ms: 1500, nth: 1 });
    const called = rig.nextCall('CreateWorkflowDefinition');
    const run = await rig.start(planOf(name, twoSteps()));
    await called;
    const again = await resetTo(rig, run, 0);
    await again.cancel();
    return ends(again, 'Cancelled');
  }),
  scenario('activity-reset', async (rig, name) => {
    rig.simulator.setFaults({ operation: 'aiworkspaces/create', do: 'late', ms: 900, nth: 1 });
    const run = await rig.start(planOf(name, { it: aiWorkspace() }));
    await untilInBackOff(run);
    const execution = { workflowId: run.workflowId, runId: run.firstExecutionRunId };
    const resetHeartbeat = true;
    await rig.client.workflowService.resetActivity({ namespace, execution, id: 'it.create', resetHeartbeat });
    return ends(run, 'Provisioned');
  }),
];
