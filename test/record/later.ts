/** Scenarios of what is done to a plan after the day it was made. */
import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { expect } from 'vitest';
import { ProvisionerClient } from '../../client/client.js';
import type { DeprovisionRequest } from '../../contract/manifest.js';
import { verifyIdOf } from '../../contract/names.js';
import type { Plan } from '../../contract/plan.js';
import { aiWorkspace, fabric, project, workflow } from '../support/resources.js';
import type { Rig } from '../support/rig.js';
import { planOf, type Scenario, scenario } from './scenario.js';

const provisioner = ({ client, taskQueue }: Rig) => new ProvisionerClient({ client, taskQueue });
const said = { by: 'ada', why: 'to record it' };
const two = () => ({ base: fabric(), flow: workflow('flow', { dependsOn: ['base'] }) });

async function provisioned(rig: Rig, plan: Plan): Promise<Plan> {
  await (await rig.start(plan)).result();
  return plan;
}

async function start(rig: Rig, { name }: Plan, more: Partial<DeprovisionRequest> = {}): Promise<WorkflowHandle> {
  const { run } = await provisioner(rig).deprovision({ plan: name, ...said, ...more });
  rig.track(run.workflowId, run.runId);
  return rig.client.workflow.getHandle(run.workflowId, run.runId);
}

async function ends(rig: Rig, run: WorkflowHandle, alive: readonly string[] = []): Promise<WorkflowHandle> {
  expect(await run.result()).toMatchObject({ outcome: 'Deprovisioned' });
  expect(rig.alive()).toEqual(alive);
  return run;
}

async function untilParked(run: WorkflowHandle, step: string): Promise<void> {
  for (;;) {
    const { steps } = await run.query<{ steps: Record<string, { attention?: object }> }>('ledger');
    if (steps[step]?.attention) return;
  }
}

async function resetToItsLastTask(rig: Rig, run: WorkflowHandle): Promise<WorkflowHandle> {
  const { events } = await run.fetchHistory();
  const last = events?.findLast((event) => event.workflowTaskCompletedEventAttributes);
  const { runId } = await rig.client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: run.workflowId },
    reason: 'to record it',
    workflowTaskFinishEventId: last?.eventId ?? null,
    requestId: randomUUID(),
  });
  rig.track(run.workflowId, runId);
  return rig.client.workflow.getHandle(run.workflowId, runId);
}

export const LATER: readonly Scenario[] = [
  scenario('deprovisioned', async (rig, name) => {
    return ends(rig, await start(rig, await provisioned(rig, planOf(name, two()))));
  }),
  scenario('deprovisioned-but-what-is-kept', async (rig, name) => {
    const resources = { base: fabric('kept-ws', { retain: true }), ai: aiWorkspace('ai-ws', { protect: true }) };
    const plan = await provisioned(rig, planOf(name, resources));
    return ends(rig, await start(rig, plan, { includeProtected: true }), ['kept-ws']);
  }),
  scenario('deprovisioned-by-its-manifest', async (rig, name) => {
    const plan = await provisioned(rig, planOf(name, two()));
    return ends(rig, await start(rig, plan, { manifest: await provisioner(rig).export(name) }));
  }),
  scenario('deprovisioned-by-its-markers', async (rig, name) => {
    const flow = workflow('flow');
    const inside = { ...flow, spec: { ...flow.spec, ProjectId: { $ref: 'home.id' } } };
    const plan = await provisioned(rig, planOf(name, { home: project(), flow: inside, ai: aiWorkspace() }));
    return ends(rig, await start(rig, plan, { discover: true, includeProtected: true }));
  }),
  scenario('deprovision-refused', async (rig, name) => {
    const plan = await provisioned(rig, planOf(name, { base: fabric('guarded-ws', { protect: true }) }));
    const run = await start(rig, plan);
    await expect(run.result()).rejects.toMatchObject({ cause: { type: 'InvalidRequest' } });
    return run;
  }),
  scenario('deprovisioned-after-an-operator', async (rig, name) => {
    const plan = await provisioned(rig, planOf(name, two()));
    rig.simulator.setFaults({ operation: 'DeleteWorkspace', do: 'refuse', status: 403, nth: 1 });
    const run = await start(rig, plan);
    await untilParked(run, 'base');
    await run.executeUpdate('retry', { args: [{ ...said, step: 'base' }] });
    return ends(rig, run);
  }),
  scenario('deprovisioned-and-reset', async (rig, name) => {
    const run = await start(rig, await provisioned(rig, planOf(name, two())));
    await run.result();
    return ends(rig, await resetToItsLastTask(rig, run));
  }),
  scenario('verified', async (rig, name) => {
    const plan = await provisioned(rig, planOf(name, two()));
    rig.simulator.resources.remove(rig.simulator.resources.list().find((each) => each.name === 'flow')?.id ?? '');
    const report = await provisioner(rig).verify({ plan: plan.name });
    expect(report.steps).toMatchObject({ base: { verdict: 'same' }, flow: { verdict: 'missing' } });
    rig.track(verifyIdOf(name));
    return rig.client.workflow.getHandle(verifyIdOf(name));
  }),
];
