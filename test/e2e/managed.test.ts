/** Managed plans on the real server: Provisioned while they stay open, and given up on request or on a cancel. */
import type { WorkflowUpdateFailedError } from '@temporalio/client';
import { expect, inject, test } from 'vitest';
import { ProvisionerClient } from '../../client/client.js';
import { ProvisionFailedError } from '../../client/errors.js';
import type { Plan } from '../../contract/plan.js';
import { runCli } from '../cli-process.js';
import { outcomeOf } from '../support/closing.js';
import { aiWorkspace, fabric } from '../support/resources.js';
import { type ProvisionRun, useRig } from '../support/rig.js';

const rig = useRig();
const who = { by: 'ann', why: 'ticket 7' };

function planOf(more: Partial<Plan> = {}): Plan {
  const resources = { base: fabric('base-ws'), ai: aiWorkspace('ai-ws', { dependsOn: ['base'] }) };
  return { name: rig.planName(), managed: true, resources, ...more };
}

async function owned(plan: Plan): Promise<ProvisionRun> {
  const run = await rig.start(plan);
  await rig.until(run, ({ outcome }) => outcome === 'Provisioned');
  return run;
}

test('a managed plan is Provisioned for whoever waits for it, and stays open until it is given up', async () => {
  const provisioner = new ProvisionerClient({ client: rig.client, taskQueue: rig.taskQueue });
  const plan = planOf();
  const handle = await provisioner.provision(plan);
  rig.track(handle.workflowId, handle.runId);
  const result = await handle.result();
  expect(Object.keys(result)).toEqual(['base', 'ai']);
  expect((await handle.describe()).status).toBe('RUNNING');
  expect((await handle.describe()).outcome).toBe('Provisioned');
  expect(await handle.outcome()).toBeUndefined();
  // The same plan again attaches to its owner.
  expect(await (await provisioner.provision(plan)).result()).toEqual(result);
  expect(await handle.move('deprovision', who)).toBe('ann: deprovision (ticket 7)');
  const waited: unknown = await handle.result().catch((error: unknown) => error);
  expect(waited).toBeInstanceOf(ProvisionFailedError);
  expect(waited).toMatchObject({ outcome: 'Deprovisioned', ledger: { steps: { base: { state: 'deleted' } } } });
  expect(await handle.outcome()).toBe('Deprovisioned');
  expect(rig.alive()).toEqual([]);
});

test('the command line says that it is managed, and how it is given up', async () => {
  const plan = planOf();
  const run = await owned(plan);
  const status = await runCli(['status', plan.name, '--address', inject('temporalAddress')]);
  expect(status.code).toBe(0);
  expect(status.stdout).toContain('Provisioned and managed: it stays open as the owner of its resources.');
  expect(status.stdout).toMatch(new RegExp(`To give them up: provisioner .*deprovision ${plan.name} --why WHY`));
  await run.cancel();
  expect(await outcomeOf(run)).toBe('Cancelled');
  expect(rig.alive()).toEqual([]);
});

test('what is protected holds a deprovisioning back until it is included', async () => {
  const resources = { base: fabric('base-ws', { protect: true }), ai: aiWorkspace('ai-ws') };
  const run = await owned(planOf({ resources }));
  const refused: unknown = await run
    .executeUpdate('deprovision', { args: [who] })
    .catch((error: WorkflowUpdateFailedError) => error.cause);
  expect(refused).toMatchObject({
    type: 'MoveRefused',
    message: 'Protected: base. To delete that too, set includeProtected (--include-protected), and say why.',
  });
  expect(rig.alive()).toEqual(['ai-ws', 'base-ws']);
  await run.executeUpdate('deprovision', { args: [{ ...who, includeProtected: true }] });
  expect(await run.result()).toEqual({});
  expect(rig.alive()).toEqual([]);
});

test('a cancel gives up what is not protected, and names what it kept', async () => {
  const resources = { base: fabric('base-ws', { protect: true }), ai: aiWorkspace('ai-ws', { dependsOn: ['base'] }) };
  const run = await owned(planOf({ resources }));
  await run.cancel();
  expect(await outcomeOf(run)).toBe('Cancelled');
  expect(rig.alive()).toEqual(['base-ws']);
  const { memo } = await run.describe();
  expect(memo).toMatchObject({ ledger: { steps: { base: { state: 'kept' }, ai: { state: 'deleted' } } } });
});

test('a plan that fails on its way to be managed is rolled back, protected or not', async () => {
  rig.simulator.setFaults({ operation: 'aiworkspaces/create', do: 'refuse', status: 400 });
  const resources = { base: fabric('base-ws', { protect: true }), ai: aiWorkspace('ai-ws', { dependsOn: ['base'] }) };
  expect(await outcomeOf(await rig.start(planOf({ resources })))).toBe('RolledBack');
  expect(rig.alive()).toEqual([]);
});

test('a deprovisioning whose delete is refused parks, and goes on when an operator says so', async () => {
  const run = await owned(planOf());
  rig.simulator.setFaults({ operation: 'DeleteWorkspace', do: 'refuse', status: 403, nth: 1 });
  await run.executeUpdate('deprovision', { args: [who] });
  const { steps, outcome } = await rig.until(run, (ledger) => ledger.steps.base?.attention !== undefined);
  expect([outcome, steps.ai?.state, steps.base?.state]).toEqual([undefined, 'deleted', 'deleting']);
  await run.executeUpdate('retry', { args: [{ ...who, step: 'base' }] });
  await run.result();
  expect((await rig.ledger(run)).outcome).toBe('Deprovisioned');
  expect(rig.alive()).toEqual([]);
});

test('whoever asks again for a deprovisioning that is under way waits for the same end', async () => {
  const provisioner = new ProvisionerClient({ client: rig.client, taskQueue: rig.taskQueue });
  const run = await owned(planOf());
  const plan = run.workflowId.replace(/^provision-/, '');
  rig.simulator.setFaults({ operation: 'DeleteWorkspace', do: 'refuse', status: 403, nth: 1 });
  await provisioner.deprovision({ plan, ...who });
  await rig.until(run, ({ steps }) => steps.base?.attention !== undefined);
  const again = await provisioner.deprovision({ plan, ...who });
  await again.run.move('retry', { step: 'base', ...who });
  expect(await again.result()).toMatchObject({ outcome: 'Deprovisioned', moves: [{ move: 'deprovision' }, {}] });
});
