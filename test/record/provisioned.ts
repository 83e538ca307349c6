/** Scenarios that end as Provisioned, or before anything began. */
import { NativeConnection, Worker } from '@temporalio/worker';
import { expect, inject } from 'vitest';
import { workflowIdOf } from '../../contract/names.js';
import { ProvisionerPlugin } from '../../worker/plugin.js';
import { outcomeOf } from '../support/closing.js';
import { aiWorkspace, fabric, project, studio, workflow } from '../support/resources.js';
import type { ProvisionRun, Rig } from '../support/rig.js';
import { planOf, type Scenario, scenario } from './scenario.js';

async function ends(run: ProvisionRun, outcome: string): Promise<ProvisionRun> {
  expect(await outcomeOf(run)).toBe(outcome);
  return run;
}

async function provisions(rig: Rig, ...plan: Parameters<typeof planOf>): Promise<ProvisionRun> {
  return ends(await rig.start(planOf(...plan)), 'Provisioned');
}

async function withoutSearchAttributes(rig: Rig, name: string): Promise<ProvisionRun> {
  const connection = await NativeConnection.connect({ address: inject('temporalAddress') });
  const taskQueue = `${rig.taskQueue}-bare`;
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowBundle: { codePath: inject('workflowBundlePath') },
    plugins: [new ProvisionerPlugin({ connections: rig.connections, searchAttributes: false })],
  });
  const workflowId = workflowIdOf(name);
  const run = await worker.runUntil(async () => {
    const args = [planOf(name, { it: fabric() })];
    const started = await rig.client.workflow.start('provision', { taskQueue, workflowId, args });
    return ends(started as ProvisionRun, 'Provisioned');
  });
  await connection.close();
  rig.track(workflowId);
  return run;
}

export const PROVISIONED: readonly Scenario[] = [
  scenario('provisioned-one-step', (rig, name) => provisions(rig, name, { it: fabric() })),
  scenario('provisioned-flagship', (rig, name) =>
    provisions(rig, name, {
      studio: studio(),
      fabric: fabric(),
      ai: aiWorkspace(),
      flow: workflow('daily_flow', { dependsOn: ['studio', 'fabric', 'ai'] }),
    }),
  ),
  scenario('provisioned-side-by-side', (rig, name) =>
    provisions(rig, name, { studio: studio(), fabric: fabric(), ai: aiWorkspace() }),
  ),
  // Two wait: one for a step that will be live, one who names none.
  scenario('provisioned-waited-for', async (rig, name) => {
    rig.simulator.setFaults({ operation: 'CreateWorkspace', do: 'slow', ms: 1_000 });
    const run = await rig.start(planOf(name, { it: fabric() }));
    const wait = (step: string) => run.executeUpdate<unknown, [object]>('waitForStep', { args: [{ step }] });
    const answers = await Promise.allSettled([wait('it'), wait('other')]);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    return ends(run, 'Provisioned');
  }),
  scenario('provisioned-with-references', (rig, name) => {
    const { spec, ...flow } = workflow();
    return provisions(rig, name, {
      base: project(),
      flow: { ...flow, spec: { ...spec, ProjectId: { $ref: 'base.id' } } },
    });
  }),
  scenario('provisioned-adopted', async (rig, name) => {
    rig.simulator.resources.plant({ kind: 'huawei.dataarts-fabric.workspace', name: 'theirs-ws' });
    const run = await provisions(rig, name, { it: fabric('theirs-ws', { ifExists: 'adopt' }) });
    expect((await rig.ledger(run)).steps.it?.adopted).toBe(true);
    return run;
  }),
  scenario('provisioned-retained', (rig, name) => provisions(rig, name, { it: fabric('kept-ws', { retain: true }) })),
  scenario('provisioned-after-lost-answer', async (rig, name) => {
    rig.simulator.setFaults({ operation: 'aiworkspaces/create', do: 'cut-after', nth: 1 });
    const run = await provisions(rig, name, { it: aiWorkspace() });
    rig.expectFired();
    return run;
  }),
  scenario('provisioned-without-search-attributes', withoutSearchAttributes),
  scenario('invalid-plan', async (rig, name) =>
    ends(await rig.start({ name, resources: { it: fabric('bad name!') } }), 'InvalidPlan'),
  ),
  scenario('not-started-with-a-time-out', async (rig, name) => {
    const run = await rig.client.workflow.start('provision', {
      taskQueue: rig.taskQueue,
      workflowId: workflowIdOf(name),
      args: [planOf(name, { it: fabric() })],
      workflowRunTimeout: '1 h',
    });
    rig.track(run.workflowId);
    return ends(run as ProvisionRun, 'InvalidPlan');
  }),
  {
    files: ['child-of-a-parent', 'parent-of-a-child'],
    async play(rig) {
      const plan = planOf('child-of-a-parent', { it: fabric() });
      const parent = await rig.client.workflow.start('parent', {
        taskQueue: rig.taskQueue,
        workflowId: 'parent-of-a-child',
        args: [plan, 'return'],
      });
      rig.track(parent.workflowId);
      expect(await outcomeOf(parent)).toBe('Provisioned');
      rig.track(workflowIdOf(plan.name));
      return [rig.client.workflow.getHandle(workflowIdOf(plan.name)), parent];
    },
  },
  {
    files: ['child-of-a-cancelled-parent', 'cancelled-parent'],
    async play(rig) {
      const plan = planOf('child-of-a-cancelled-parent', { it: fabric() });
      rig.simulator.setFaults({ operation: 'CreateWorkspace', do: 'slow', ms: 1500 });
      const called = rig.nextCall('CreateWorkspace');
      const parent = await rig.client.workflow.start('parent', {
        taskQueue: rig.taskQueue,
        workflowId: 'cancelled-parent',
        args: [plan, 'return'],
      });
      await called;
      await parent.cancel();
      rig.track(parent.workflowId);
      expect(await outcomeOf(parent)).not.toBe('Provisioned');
      const child = rig.client.workflow.getHandle(workflowIdOf(plan.name));
      rig.track(child.workflowId);
      expect(await outcomeOf(child)).toBe('Cancelled');
      return [child, parent];
    },
  },
];
