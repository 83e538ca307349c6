/** What a closed run says on the tab that opens first, in a window of common size, before anybody scrolls. */
import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import { useTemporalUi, VIEWPORT } from '../support/browser.js';
import { outcomeOf } from '../support/closing.js';
import { aiWorkspace, fabric, workflow } from '../support/resources.js';
import { useRig } from '../support/rig.js';
import { pausedPlan } from '../support/stuck-plans.js';

const rig = useRig();
const browser = useTemporalUi();

/** The box of the result, which scrolls by itself: what is in view there is what is read. */
const result = () => browser.ui.page.locator('.cm-editor').last();

async function inView(line: Locator): Promise<boolean> {
  const [box, around] = await Promise.all([line.boundingBox(), result().boundingBox()]);
  if (!box || !around) return false;
  return box.y >= around.y && box.y + box.height <= Math.min(around.y + around.height, VIEWPORT.height);
}

test('a rolled back plan says outcome, cause and next step without scrolling', async () => {
  rig.simulator.setFaults({
    operation: 'CreateWorkflowDefinition',
    do: 'refuse',
    status: 403,
    code: 'Forbidden.Access',
    message: 'Access is forbidden. The user is not a member of the project',
  });
  const resources = { base: fabric(), ai: aiWorkspace(), flow: workflow('flow_r', { dependsOn: ['base', 'ai'] }) };
  const run = await rig.start({ name: rig.planName(), resources });
  expect(await outcomeOf(run)).toBe('RolledBack');
  await browser.ui.open(run, 'timeline');
  const lines = result().locator('.cm-line');
  const wanted = [
    'Rolled back: flow failed.',
    'Undone 2 of 2, nothing left behind.',
    'Next: grant the permission',
    'AccessDenied',
  ];
  for (const words of wanted) {
    const line = lines.filter({ hasText: words }).first();
    await line.waitFor();
    expect(await inView(line), words).toBe(true);
  }
  expect(await result().innerText()).not.toContain('stackTrace');
});

test('a cancelled plan is marked as such, and its memo tells what became of each step', async () => {
  const { run } = await pausedPlan(rig);
  await run.cancel();
  expect(await outcomeOf(run)).toBe('Cancelled');
  const { page } = browser.ui;
  await browser.ui.open(run, 'timeline');
  await page.getByText('Canceled', { exact: true }).first().waitFor();
  expect(await browser.ui.timeline('undo base')).toContain('huawei.dataarts-fabric.workspace.delete • undo base');
  await browser.ui.open(run, 'memo');
  const memo = page.locator('.cm-content').filter({ hasText: '"Cancelled"' });
  await memo.waitFor();
  expect(await memo.innerText()).toMatch(/"outcome": "Cancelled"[\s\S]*"state": "deleted"/);
});
