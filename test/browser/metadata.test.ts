/** The tab User Metadata: the ledger as a table, with links to the clouds, and nothing in it that a cloud could run. */
import { expect, test } from 'vitest';
import { ProvisionerClient } from '../../client/client.js';
import { useTemporalUi } from '../support/browser.js';
import { outcomeOf } from '../support/closing.js';
import { aiWorkspace, fabric, studio, workflow } from '../support/resources.js';
import { useRig } from '../support/rig.js';

const rig = useRig();
const browser = useTemporalUi();

/** What a cloud might say, within what is kept of it: HTML, Markdown, and what the UI fills in. */
const HOSTILE = '<img src=x onerror=alert(1)> <script>1</script> &lt; [a](//b) **c** {namespace} |';

test('the table of a plan under way tells each step, its state, and a link where its id leads to', async () => {
  rig.simulator.setFaults({ operation: 'CreateWorkflowDefinition', do: 'slow', ms: 15_000 });
  const resources = { studio: studio(), ai: aiWorkspace(), flow: workflow('flow_m', { dependsOn: ['studio', 'ai'] }) };
  const run = await rig.start({ name: rig.planName(), resources });
  const { steps } = await rig.until(run, (ledger) => ledger.steps.flow?.state === 'creating');
  await browser.ui.open(run, 'user-metadata');
  const frame = await browser.ui.showsNow('in progress');
  const rows = await frame.locator('tbody tr').allInnerTexts();
  const words = rows.map((row) => row.split(/\s+/).filter(Boolean));
  expect(words).toEqual([
    ['studio', 'live', steps.studio?.id, 'huawei.dataarts-studio.workspace'],
    ['ai', 'live', steps.ai?.id, 'naver.data-forest.ai-workspace'],
    ['flow', 'creating', 'alibaba.dataworks.workflow'],
  ]);
  const links = frame.locator('tbody a[href^="http"]');
  expect(await links.allInnerTexts()).toEqual([steps.studio?.id, steps.ai?.id]);
  const opened = browser.ui.page.waitForEvent('popup');
  await links.first().click();
  await (await opened).getByText('studio_ws').first().waitFor();
  await run.cancel();
  await outcomeOf(run);
});

test('ids and their links are in view as a whole, however long the reason is for which a step waits', async () => {
  const message = 'The workflow quota of this project is used up, and no other project of this tenant has any left';
  rig.simulator.setFaults({ operation: 'CreateWorkflowDefinition', do: 'refuse', status: 400, message });
  const resources = {
    studio: studio(),
    fabric: fabric(),
    flow: workflow('flow_v', { dependsOn: ['studio', 'fabric'] }),
  };
  const run = await rig.start({ name: rig.planName(), onFailure: 'pause', resources });
  await rig.until(run, ({ steps }) => steps.flow?.attention !== undefined);
  await browser.ui.open(run, 'user-metadata');
  const links = (await browser.ui.showsNow('waits for an operator')).locator('tbody a[href^="http"]');
  const frame = await browser.ui.page.locator('iframe').last().boundingBox();
  expect(await links.count()).toBe(2);
  for (const link of await links.all()) {
    const box = await link.boundingBox();
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual((frame?.x ?? 0) + (frame?.width ?? 0));
  }
  await run.cancel();
  await outcomeOf(run);
});

test('what a provider said is shown as it was said, and none of it is markup', async () => {
  const { page } = browser.ui;
  let asked = false;
  page.on('dialog', (dialog) => {
    asked = true;
    void dialog.dismiss();
  });
  rig.simulator.setFaults({ operation: 'CreateWorkspace', do: 'refuse', status: 400, message: HOSTILE });
  const run = await rig.start({ name: rig.planName(), onFailure: 'pause', resources: { base: fabric() } });
  await rig.until(run, ({ steps }) => steps.base?.attention !== undefined);
  await run.executeUpdate<string, [object]>('retry', { args: [{ step: 'base', by: HOSTILE, why: HOSTILE }] });
  await rig.until(run, ({ steps }) => steps.base?.attention !== undefined);
  await browser.ui.open(run, 'user-metadata');
  const frame = await browser.ui.showsNow('Moves:');
  const text = await frame.locator('body').innerText();
  // Once in the reason, twice in the move.
  expect(text.split(HOSTILE)).toHaveLength(4);
  expect(await frame.locator('body').locator('img, script, strong:text-is("c"), a:text-is("a")').count()).toBe(0);
  expect(asked).toBe(false);
  rig.simulator.clearFaults();
  await run.cancel();
  await outcomeOf(run);
});

test('what our client gives at the start is a table of which nothing is cut off', async () => {
  const provisioner = new ProvisionerClient({ client: rig.client, taskQueue: rig.taskQueue });
  const name = rig.planName();
  const resources = { studio: studio(), fabric: fabric('kept-ws', { retain: true, dependsOn: ['studio'] }) };
  const handle = await provisioner.provision({ name, resources });
  await handle.result();
  rig.track(handle.workflowId, handle.runId);
  await browser.ui.open({ workflowId: handle.workflowId, firstExecutionRunId: handle.runId }, 'user-metadata');
  const table = browser.ui.details.locator('table');
  await table.waitFor();
  const [, kept = ''] = await table.locator('tbody tr').allInnerTexts();
  expect(kept.split(/[\s\u2003]+/).filter(Boolean)).toEqual([
    ...['fabric', '(retained)', 'huawei.dataarts-fabric.workspace', 'huawei', 'studio'],
  ]);
  const [inner, outer] = await Promise.all([table.boundingBox(), browser.ui.details.locator('main').boundingBox()]);
  expect(inner?.width).toBeLessThanOrEqual(outer?.width ?? 0);
});
