/** What remains readable with no worker alive: all that stands in the history. What a worker has to be asked for is blank. */
import { expect, test } from 'vitest';
import { ProvisionerClient } from '../../client/client.js';
import type { ProvisionHandle } from '../../client/handle.js';
import type { Plan } from '../../contract/plan.js';
import { useTemporalUi } from '../support/browser.js';
import { fabric, workflow } from '../support/resources.js';
import { useRig } from '../support/rig.js';

const rig = useRig();
const browser = useTemporalUi();

async function start(flow: string, onFailure: 'rollback' | 'pause'): Promise<ProvisionHandle> {
  const provisioner = new ProvisionerClient({ client: rig.client, taskQueue: rig.taskQueue });
  const resources = { base: fabric(`${flow}-ws`), flow: workflow(flow, { dependsOn: ['base'] }) };
  const plan = { name: rig.planName(), onFailure, resources } satisfies Plan;
  const handle = await provisioner.provision(plan);
  rig.track(handle.workflowId, handle.runId);
  return handle;
}

const runOf = ({ workflowId, runId }: ProvisionHandle) => ({ workflowId, firstExecutionRunId: runId });

async function waits(handle: ProvisionHandle): Promise<void> {
  while (!(await handle.ledger()).steps.flow?.attention) await new Promise((resolve) => setTimeout(resolve, 100));
}

/** The value of the JSON boxes of the page, the input apart. */
const shown = (words: string) => browser.ui.page.locator('.cm-line').filter({ hasText: words }).first().waitFor();

test('a plan that waits still shows its bar and its steps, and its ledger once a worker is back', async () => {
  const { ui } = browser;
  rig.simulator.setFaults({ operation: 'CreateWorkflowDefinition', do: 'refuse', status: 400 });
  const paused = await start('waits', 'pause');
  await waits(paused);
  await rig.stopWorker();
  await ui.open(runOf(paused), 'timeline');
  expect(await ui.timeline('PARKED')).toContain('PARKED flow: send update retry, adopt, skip or rollback');
  await ui.open(runOf(paused), 'user-metadata');
  await ui.details.locator('tbody tr').first().waitFor();
  expect(await ui.details.locator('tbody tr').allInnerTexts()).toHaveLength(2);
  expect(await ui.currentDetails.locator('table').count()).toBe(0);
  await rig.startWorker();
  await ui.showsNow('waits for an operator');
  await paused.cancel();
  await expect(paused.result()).rejects.toThrow();
});

test('a closed plan still tells its failure, or in its memo what became of each step', async () => {
  const { ui } = browser;
  rig.simulator.setFaults({ operation: 'CreateWorkflowDefinition', do: 'refuse', status: 400 });
  const [refused, cancelled] = await Promise.all([start('refused', 'rollback'), start('given-up', 'pause')]);
  await waits(cancelled);
  await cancelled.cancel();
  await expect(refused.result()).rejects.toThrow();
  await expect(cancelled.result()).rejects.toThrow();
  await rig.stopWorker();
  await ui.open(runOf(refused), 'timeline');
  await shown('Rolled back: flow failed.');
  await shown('Undone 1 of 1, nothing left behind.');
  await ui.open(runOf(cancelled), 'memo');
  await shown('"outcome": "Cancelled"');
  await shown('"state": "deleted"');
  await rig.startWorker();
});
