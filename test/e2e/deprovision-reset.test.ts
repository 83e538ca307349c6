/** A plan's own run that is reset while it is deprovisioned: what it makes again is found, and goes too. */
import { expect, test } from 'vitest';
import { ProvisionerClient } from '../../client/client.js';
import { resetTo, tasksOf } from '../support/resets.js';
import { aiWorkspace, workflow } from '../support/resources.js';
import { useRig } from '../support/rig.js';

const rig = useRig();
const said = { by: 'ada', why: 'the quarter is over' };

test('what the plan’s run made again while its deprovisioning waited is deleted before that ends', async () => {
  const provisioner = new ProvisionerClient({ client: rig.client, taskQueue: rig.taskQueue });
  const plan = rig.planName();
  const resources = { ai: aiWorkspace(), flow: workflow('later_flow', { dependsOn: ['ai'] }) };
  const owner = await rig.start({ name: plan, resources });
  await owner.result();
  rig.simulator.setFaults({ operation: 'aiworkspaces/delete', do: 'refuse', status: 403, nth: 1 });
  const handle = await provisioner.deprovision({ plan, ...said });
  const { run } = handle;
  rig.track(run.workflowId, run.runId);
  const deprovisioning = rig.client.workflow.getHandle(run.workflowId, run.runId) as Parameters<typeof rig.until>[0];
  await rig.until(deprovisioning, ({ steps }) => steps.ai?.attention !== undefined);
  expect(rig.alive()).toEqual(['ai-ws']);
  const [first] = await tasksOf(rig, owner);
  await (await resetTo(rig, owner, first ?? 1)).result();
  expect(rig.alive()).toEqual(['ai-ws', 'later_flow']);
  await run.move('retry', { step: 'ai', ...said });
  const ledger = await handle.result();
  expect(ledger).toMatchObject({
    outcome: 'Deprovisioned',
    steps: { ai: { state: 'deleted' }, flow: { state: 'deleted' } },
  });
  expect(rig.alive()).toEqual([]);
});
