/** The tab that opens first: what each bar says of a plan under way, and of one that waits. */
import { expect, test } from 'vitest';
import { useTemporalUi } from '../support/browser.js';
import { outcomeOf } from '../support/closing.js';
import { aiWorkspace, fabric, workflow } from '../support/resources.js';
import { useRig } from '../support/rig.js';
import { parkedUndo, pausedPlan } from '../support/stuck-plans.js';

const rig = useRig();
const browser = useTemporalUi();

test('a plan under way shows which step of how many is being made, and what was', async () => {
  rig.simulator.setFaults({ operation: 'CreateWorkflowDefinition', do: 'slow', ms: 15_000 });
  const run = await rig.start({
    name: rig.planName(),
    resources: { base: fabric(), ai: aiWorkspace(), flow: workflow('flow_t', { dependsOn: ['base', 'ai'] }) },
  });
  await rig.until(run, ({ steps }) => steps.flow?.state === 'creating');
  await browser.ui.open(run, 'timeline');
  const labels = await browser.ui.timeline('3 of 3 flow');
  expect(labels).toEqual(
    expect.arrayContaining([
      'provisioner.resolvePlan',
      'huawei.dataarts-fabric.workspace.create • 1 of 3 base',
      'naver.data-forest.ai-workspace.create • 2 of 3 ai',
    ]),
  );
  expect(labels.filter((label) => label.endsWith('alibaba.dataworks.workflow.create • 3 of 3 flow'))).toHaveLength(1);
  await run.cancel();
  expect(await outcomeOf(run)).toBe('Cancelled');
});

test('a failed create that waits is a bar that says so, and which updates it takes', async () => {
  const { run } = await pausedPlan(rig);
  await browser.ui.open(run, 'timeline');
  expect(await browser.ui.timeline('PARKED')).toContain('PARKED flow: send update retry, adopt, skip or rollback');
  await run.cancel();
  await outcomeOf(run);
});

test('an undo that waits is a bar beside those of the deletes that went well', async () => {
  const { run } = await parkedUndo(rig);
  await browser.ui.open(run, 'timeline');
  const labels = await browser.ui.timeline('PARKED');
  expect(labels).toContain('PARKED base: send update retry or abandon');
  expect(labels).toContain('huawei.dataarts-fabric.workspace.delete • undo base');
  rig.simulator.clearFaults();
  await run.executeUpdate<string, [object]>('retry', { args: [{ step: 'base', by: 'ann', why: 'it may go now' }] });
  expect(await outcomeOf(run)).toBe('RolledBack');
});
