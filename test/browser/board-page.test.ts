/** How the board is with people: what a refresh leaves alone, with the keyboard alone, without a script, without a worker. */
import type { Page } from 'playwright-core';
import { expect, inject, test } from 'vitest';
import { useBoard } from '../support/board.js';
import { usePage } from '../support/browser.js';
import { launchChromium } from '../support/chromium.js';
import { outcomeOf } from '../support/closing.js';
import { fabric, workflow } from '../support/resources.js';
import { useRig } from '../support/rig.js';
import { parkedUndo, pausedPlan } from '../support/stuck-plans.js';

const rig = useRig();
const board = useBoard(rig);
const ui = usePage();
const who = { by: 'ann', why: 'ticket 7' };

/** The page was asked for again, and morphed. */
async function refreshed(page: Page, times = 2): Promise<void> {
  for (let i = 0; i < times; i++)
    await page.waitForResponse((answer) => answer.url().startsWith(`${board.url}/plans/`));
  await page.evaluate('new Promise(requestAnimationFrame)');
}

const open = (plan: string) => ui.page.goto(`${board.url}/plans/${plan}`);

test('a refresh leaves what is typed, the open form and the focus as they are, and tells what changed', async () => {
  rig.simulator.setFaults({ operation: 'CreateWorkspace', do: 'refuse', status: 400, match: { name: 'late-ws' } });
  const { run, plan } = await pausedPlan(rig);
  await open(plan);
  await ui.page.locator('#act-adopt-flow > summary').click();
  const why = ui.page.locator('#act-adopt-flow-why');
  await ui.page.locator('#act-adopt-flow-id').fill('8f3a');
  await why.fill('because it ');
  await why.press('ArrowLeft');
  await refreshed(ui.page);
  expect(await why.inputValue()).toBe('because it ');
  expect(await ui.page.locator('#act-adopt-flow-id').inputValue()).toBe('8f3a');
  expect(await ui.page.evaluate('document.activeElement.id')).toBe('act-adopt-flow-why');
  expect(await ui.page.evaluate('document.activeElement.selectionStart')).toBe('because it'.length);
  // Decided elsewhere: the form stays, and says that it is of no use any more.
  await run.executeUpdate('rollback', { args: [who] });
  await ui.page.getByText('This is not possible any more. What you typed is still here.').waitFor();
  expect(await why.inputValue()).toBe('because it ');
  expect(await ui.page.evaluate('document.activeElement.id')).toBe('act-adopt-flow-why');
  const said = ui.page.locator('#said');
  await said
    .filter({ hasText: 'plan: RolledBack' })
    .or(said.filter({ hasText: 'base: ' }))
    .waitFor({ state: 'attached' });
  expect(await said.getAttribute('aria-live')).toBe('polite');
  await ui.page.locator('tr#step-base').getByText('deleted').waitFor();
  expect(await outcomeOf(run)).toBe('RolledBack');
});

test('a refresh leaves the focus on what a keyboard user is at, and a form that is open, open', async () => {
  const { run, plan } = await pausedPlan(rig);
  await open(plan);
  await ui.page.locator('#act-skip-flow > summary').press('Enter');
  await refreshed(ui.page);
  expect(await ui.page.evaluate('document.activeElement.parentElement.id')).toBe('act-skip-flow');
  expect(await ui.page.locator('#act-skip-flow').getAttribute('open')).toBe('');
  await run.cancel();
  expect(await outcomeOf(run)).toBe('Cancelled');
});

test('updates stop while they are paused', async () => {
  const { run, plan } = await pausedPlan(rig);
  await open(plan);
  await ui.page.getByRole('button', { name: 'Pause updates' }).click();
  await run.cancel();
  expect(await outcomeOf(run)).toBe('Cancelled');
  await ui.page.getByText('Paused').waitFor();
  expect(await ui.page.locator('.standing').innerText()).toContain('needs an operator');
  await ui.page.getByRole('button', { name: 'Go on with updates' }).click();
  await ui.page.locator('.standing').getByText('Cancelled').waitFor();
});

test('the keyboard alone gets to a form, fills it in and sends it', async () => {
  const { run, plan } = await pausedPlan(rig);
  await open(plan);
  const focused = () => ui.page.evaluate('document.activeElement.id || document.activeElement.parentElement.id');
  await ui.page.keyboard.press('Tab');
  expect(await ui.page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
  await ui.page.keyboard.press('Enter');
  const until = async (id: string) => {
    for (let i = 0; i < 40 && (await focused()) !== id; i++) await ui.page.keyboard.press('Tab');
    expect(await focused()).toBe(id);
  };
  await until('act-retry-flow');
  await ui.page.keyboard.press('Enter');
  await until('act-retry-flow-by');
  await ui.page.keyboard.type('ann');
  await ui.page.keyboard.press('Tab');
  await ui.page.keyboard.type('quota raised');
  await ui.page.keyboard.press('Enter');
  await ui.page.getByText('Done. ann: retry flow (quota raised)').waitFor();
  expect(await outcomeOf(run)).toBe('Provisioned');
  expect(rig.alive()).toEqual(['base-ws', 'flow_a']);
});

test('without a script a move is sent, and a refused one comes back with what was typed', async () => {
  const { run, plan } = await parkedUndo(rig);
  const browser = await launchChromium(inject('chromiumPath'));
  try {
    const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
    await page.goto(`${board.url}/plans/${plan}`);
    await page.locator('#act-abandon-base > summary').click();
    for (const [name, text] of Object.entries({ ...who, confirm: 'base' })) {
      await page.locator(`#act-abandon-base-${name}`).fill(text);
    }
    await page.locator('#act-abandon-base button').click();
    await page.getByText('set confirm to its name').waitFor();
    await page.locator('#act-abandon-base-confirm').fill('base-ws');
    await page.locator('#act-abandon-base button').click();
    await page.getByText('Done. ann: abandon base (ticket 7)').waitFor();
  } finally {
    await browser.close();
  }
  expect(await outcomeOf(run)).toBe('Abandoned');
  expect(rig.alive()).toEqual(['base-ws']);
});

test('what a provider says is text, and runs nothing', async () => {
  const message = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
  rig.simulator.setFaults({ operation: 'CreateWorkflowDefinition', do: 'refuse', status: 400, message, nth: 1 });
  const run = await rig.start({ name: rig.planName(), onFailure: 'pause', resources: { flow: workflow('flow_x') } });
  const { plan } = await rig.until(run, ({ steps }) => steps.flow?.attention !== undefined);
  await open(plan);
  await ui.page.getByText('<img src=x onerror=').first().waitFor();
  await refreshed(ui.page, 1);
  expect(await ui.page.locator('main img, main script').count()).toBe(0);
  expect(await ui.page.title()).toContain(plan);
  await run.cancel();
  await outcomeOf(run);
});

test('without a worker the page tells the history and says so, and a cancel is still taken', async () => {
  const { run, plan } = await pausedPlan(rig);
  await rig.stopWorker();
  await open(plan);
  await ui.page.getByText('No worker answers.').waitFor();
  await ui.page.locator('tr#step-base').getByText('live').waitFor();
  expect(await ui.page.locator('#decisions').count()).toBe(0);
  await ui.page.locator('#act-cancel > summary').click();
  await ui.page.locator('#act-cancel-typed').fill(plan);
  await ui.page.locator('#act-cancel button').click();
  await ui.page.getByText('The cancel was accepted.').waitFor();
  await rig.startWorker();
  expect(await outcomeOf(run)).toBe('Cancelled');
  expect(rig.alive()).toEqual([]);
});

test('the list keeps each view in its address, and leads to the plan', async () => {
  const { run, plan } = await pausedPlan(rig);
  const done = await rig.start({ name: rig.planName(), resources: { base: fabric('done-ws') } });
  await done.result();
  await ui.page.goto(board.url);
  const row = ui.page.getByRole('row').filter({ has: ui.page.getByRole('link', { name: plan, exact: true }) });
  // Visibility is some moments behind; the list catches up by itself.
  await row.getByText('needs an operator').waitFor();
  await ui.page.getByRole('link', { name: 'Needs an operator', exact: true }).click();
  await ui.page.getByLabel('Name begins with').fill(plan);
  await ui.page.keyboard.press('Enter');
  await ui.page.waitForURL(`${board.url}/?attention=1&name=${plan}`);
  expect(await ui.page.locator('table.plans tbody tr').count()).toBe(1);
  await ui.page.getByRole('link', { name: 'Provisioned', exact: true }).click();
  await ui.page.getByText('No plan is like that.').waitFor();
  await ui.page.goBack();
  await ui.page.getByRole('link', { name: plan, exact: true }).click();
  expect(await ui.page.locator('h1').innerText()).toBe(plan);
  await run.cancel();
  await outcomeOf(run);
});
