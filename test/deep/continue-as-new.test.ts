/** A long-parked undo continues as new, on a server that suggests it early: it stays the same run in everybody's eyes. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deprovisionIdOf } from '../../contract/names.js';
import { type EmbeddedServer, startEmbeddedServer } from '../../worker/embedded-server/start.js';
import { failureOf, outcomeOf } from '../support/closing.js';
import { aiWorkspace, fabric, workflow } from '../support/resources.js';
import { type ProvisionRun, useRig } from '../support/rig.js';

let server: EmbeddedServer;

beforeAll(async () => {
  const extraArgs = ['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=14'];
  server = await startEmbeddedServer({ port: 0, uiPort: 'none', extraArgs });
});
afterAll(() => server.stop());

const rig = useRig({ address: () => server.address });

/** Run ids of a chain, oldest first. */
async function chainOf({ workflowId, firstExecutionRunId }: ProvisionRun): Promise<string[]> {
  const chain: string[] = [];
  for (let next: string | undefined = firstExecutionRunId; next; ) {
    chain.push(next);
    const { events } = await rig.client.workflow.getHandle(workflowId, next).fetchHistory();
    next = events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined;
  }
  return chain;
}

/** Parked, and continued since: the ledger, attention and all, is that of the latest run. */
async function untilContinued(run: ProvisionRun): Promise<void> {
  const latest = rig.client.workflow.getHandle(run.workflowId) as unknown as ProvisionRun;
  const parked = await rig.until(latest, ({ steps }) => steps.fabric?.attention !== undefined);
  for (let length = 1; length < 3; length = (await chainOf(run)).length);
  const { steps } = await rig.until(latest, () => true);
  expect(steps).toEqual({
    ...parked.steps,
    fabric: { ...parked.steps.fabric, attention: { ...parked.steps.fabric?.attention } },
  });
  const { status, searchAttributes } = await latest.describe();
  expect(status.name).toBe('RUNNING');
  expect(searchAttributes).toMatchObject({ ProvisionerAttention: [true] });
}

test('parked undos continue as new with ledger and attention, and end as they would have', async () => {
  rig.simulator.setFaults([
    { operation: 'DeleteWorkspace', do: 'refuse', status: 403 },
    { operation: 'CreateWorkflowDefinition', do: 'refuse', status: 400 },
    { operation: 'aiworkspaces/create', do: 'slow', ms: 2000, match: { name: 'ai-slow' } },
  ]);
  const refused = await rig.start({
    name: rig.planName(),
    resources: {
      fabric: fabric('fabric-a'),
      ai: aiWorkspace('ai-a', { dependsOn: ['fabric'] }),
      flow: workflow('flow_a', { dependsOn: ['ai'] }),
    },
  });
  const cancelled = await rig.start({
    name: rig.planName(),
    resources: { fabric: fabric('fabric-b'), ai: aiWorkspace('ai-slow', { dependsOn: ['fabric'] }) },
  });
  await rig.until(cancelled, ({ steps }) => steps.ai?.state === 'creating');
  await cancelled.cancel();
  await Promise.all([untilContinued(refused), untilContinued(cancelled)]);
  expect(rig.alive()).toEqual(['fabric-a', 'fabric-b']);
  rig.simulator.clearFaults();
  expect(await failureOf(refused)).toMatchObject({
    type: 'RolledBack',
    cause: { type: 'InvalidRequest', details: [{ operation: 'CreateWorkflowDefinition' }] },
    details: [{ steps: { fabric: { state: 'deleted' }, ai: { state: 'deleted' }, flow: { state: 'refused' } } }],
  });
  expect(await outcomeOf(cancelled)).toBe('Cancelled');
  expect(rig.alive()).toEqual([]);
  for (const run of [refused, cancelled]) {
    for (const runId of (await chainOf(run)).slice(1)) rig.track(run.workflowId, runId);
    const { memo, searchAttributes, status } = await rig.client.workflow.getHandle(run.workflowId).describe();
    expect(searchAttributes).toMatchObject({ ProvisionerAttention: [false], ProvisionerPlan: [expect.any(String)] });
    expect(status.name).toBe(run === cancelled ? 'CANCELLED' : 'FAILED');
    if (run === cancelled) expect(memo).toMatchObject({ ledger: { steps: { fabric: { state: 'deleted' } } } });
  }
});

test('a parked deprovisioning continues as new with plan, owner and operator, and ends as it would have', async () => {
  rig.simulator.setFaults({ operation: 'DeleteWorkspace', do: 'refuse', status: 403 });
  const name = rig.planName();
  const resources = { fabric: fabric('fabric-c'), ai: aiWorkspace('ai-c', { dependsOn: ['fabric'] }) };
  const owner = await rig.start({ name, resources });
  await owner.result();
  const run = await rig.client.workflow.start('deprovision', {
    taskQueue: rig.taskQueue,
    workflowId: deprovisionIdOf(name),
    args: [{ plan: name, by: 'ada', why: 'a test' }],
  });
  const continued = run as unknown as ProvisionRun;
  while ((await chainOf(continued)).length < 2);
  const latest = rig.client.workflow.getHandle(run.workflowId);
  await rig.until(latest as unknown as ProvisionRun, ({ steps }) => steps.fabric?.attention !== undefined);
  rig.simulator.clearFaults();
  await latest.executeUpdate('retry', { args: [{ by: 'ada', why: 'it works again', step: 'fabric' }] });
  expect(await latest.result()).toMatchObject({
    outcome: 'Deprovisioned',
    steps: { fabric: { state: 'deleted' }, ai: { state: 'deleted' } },
    moves: [{ move: 'deprovision', by: 'ada' }, { move: 'retry' }],
  });
  expect(rig.alive()).toEqual([]);
  for (const runId of await chainOf(continued)) rig.track(run.workflowId, runId);
  const { memo, searchAttributes } = await latest.describe();
  expect(memo).toMatchObject({ provisionRunIds: [owner.firstExecutionRunId] });
  expect(searchAttributes).toMatchObject({ ProvisionerPlan: [name], ProvisionerOutcome: ['Deprovisioned'] });
});
