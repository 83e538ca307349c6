/** Every move from its form on the board, in a browser: what the clouds hold and what the ledger says afterwards. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { ProvisionerClient } from '../../client/client.js';
import type { Plan } from '../../contract/plan.js';
import { useBoard } from '../support/board.js';
import { usePage } from '../support/browser.js';
import { outcomeOf } from '../support/closing.js';
import { aiWorkspace, fabric } from '../support/resources.js';
import { useRig } from '../support/rig.js';
import { parkedUndo, pausedPlan, STUCK, type Stuck } from '../support/stuck-plans.js';

const rig = useRig();
const board = useBoard(rig);
const ui = usePage();
const who = { by: 'ann', why: 'ticket 7' };

type Fields = Readonly<Record<string, string>>;

/** Opens the form, fills it in, and sends it. */
async function send(page: Page, plan: string, form: string, fields: Fields): Promise<void> {
  await page.goto(`${board.url}/plans/${plan}`);
  await page.locator(`#${form} > summary`).click();
  for (const [name, text] of Object.entries(fields)) await page.locator(`#${form}-${name}`).fill(text);
  await page.locator(`#${form} button`).click();
  await page.locator('#moves').waitFor();
}

function fieldsOf({ request }: Stuck): Fields {
  const { id, outputs, confirm } = request;
  return {
    ...(id !== undefined && { id }),
    ...(outputs && {
      outputs: Object.entries(outputs)
        .map(([name, value]) => `${name}=${value}`)
        .join('\n'),
    }),
    ...(confirm !== undefined && { confirm }),
    ...who,
  };
}

describe.each(STUCK)('%s', (move, stage) => {
  test('from its form is carried out with who and why, and the page tells it', async () => {
    const stuck = await stage(rig);
    const form = [`act-${move}`, stuck.request.step].filter(Boolean).join('-');
    await send(ui.page, stuck.plan, form, fieldsOf(stuck));
    const words = [move, stuck.request.step].filter(Boolean).join(' ');
    await ui.page.getByText(`Done. ann: ${words} (ticket 7)`).waitFor();
    expect(await outcomeOf(stuck.run)).toBe(stuck.outcome);
    expect(rig.alive()).toEqual(stuck.alive);
    const { moves } = await rig.ledger(stuck.run);
    expect(moves).toMatchObject([{ move, ...who, result: 'done' }]);
    const told = await ui.page.locator('table.moves tbody tr').innerText();
    expect(told.replace(/\s+/g, ' ')).toContain(`ann ${words}`);
  });
});

test('outputs may be typed as JSON, too, and reach the steps that refer to them', async () => {
  rig.simulator.setFaults({ operation: 'CreateWorkspace', do: 'refuse', status: 400, nth: 1 });
  const name = rig.planName();
  const ai = aiWorkspace('ai-ws', { dependsOn: ['base'] });
  const resources = { base: fabric('base-ws'), ai: { ...ai, spec: { ...ai.spec, description: { $ref: 'base.id' } } } };
  const run = await rig.start({ name, onFailure: 'pause', resources });
  await rig.until(run, ({ steps }) => steps.base?.attention !== undefined);
  await send(ui.page, name, 'act-skip-base', { outputs: '{ "id": "made-elsewhere" }', ...who });
  expect(await run.result()).toMatchObject({ base: { id: 'made-elsewhere' } });
  const [made] = rig.simulator.resources.list();
  expect(made?.description).toContain('made-elsewhere');
});

async function provisioned(more: Partial<Plan>): Promise<{ readonly name: string; readonly id: string }> {
  const name = rig.planName();
  const resources = { base: fabric('base-ws'), ai: aiWorkspace('ai-ws', { dependsOn: ['base'] }) };
  const provisioner = new ProvisionerClient({ client: rig.client, taskQueue: rig.taskQueue });
  const handle = await provisioner.provision({ name, resources, ...more });
  rig.track(handle.workflowId, handle.runId);
  await handle.result();
  return { name, id: handle.workflowId };
}

describe('deprovision', () => {
  test('of a managed plan makes it give up what it owns, once its name is typed', async () => {
    const { name, id } = await provisioned({ managed: true });
    await send(ui.page, name, 'act-deprovision', { typed: 'another', ...who });
    await ui.page.getByText('must be the name of the plan').waitFor();
    expect(rig.alive()).toEqual(['ai-ws', 'base-ws']);
    await ui.page.locator('#act-deprovision-typed').fill(name);
    await ui.page.locator('#act-deprovision button').click();
    await ui.page.getByText('Done. ann: deprovision (ticket 7)').waitFor();
    await rig.client.workflow.getHandle(id).result();
    expect(rig.alive()).toEqual([]);
  });

  test('of what is protected is refused in its form, with what was typed kept, until that is included', async () => {
    const base = fabric('base-ws', { protect: true });
    const { name, id } = await provisioned({ managed: true, resources: { base } });
    await send(ui.page, name, 'act-deprovision', { typed: name, ...who });
    await ui.page.getByText('Protected: base.').waitFor();
    expect(await ui.page.locator('#act-deprovision-why').inputValue()).toBe('ticket 7');
    expect(rig.alive()).toEqual(['base-ws']);
    await ui.page.getByLabel('Delete what is protected, too: base').check();
    await ui.page.locator('#act-deprovision button').click();
    await rig.client.workflow.getHandle(id).result();
    expect(rig.alive()).toEqual([]);
  });

  test('of a plan that is closed starts its deprovisioning, and the page says when it is gone', async () => {
    const { name } = await provisioned({});
    await send(ui.page, name, 'act-deprovision', { typed: name, ...who });
    await rig.client.workflow.getHandle(`deprovision-${name}`).result();
    rig.track(`deprovision-${name}`);
    expect(rig.alive()).toEqual([]);
    await ui.page.goto(`${board.url}/plans/${name}`);
    await ui.page.getByText('Deprovisioned since: what it provisioned is deleted again').waitFor();
    expect(await ui.page.locator('#act-deprovision').count()).toBe(0);
  });
});

test('cancel rolls back once the plan’s name is typed, and says neither who nor why', async () => {
  rig.simulator.setFaults({ operation: 'aiworkspaces/create', do: 'slow', ms: 3_000 });
  const name = rig.planName();
  const resources = { base: fabric('base-ws'), ai: aiWorkspace('ai-ws', { dependsOn: ['base'] }) };
  const run = await rig.start({ name, resources });
  await rig.until(run, ({ steps }) => steps.ai?.state === 'creating');
  await send(ui.page, name, 'act-cancel', { typed: name });
  await ui.page.getByText('Sent. The cancel was accepted.').waitFor();
  expect(await ui.page.locator('#act-cancel').count()).toBe(0);
  expect(await outcomeOf(run)).toBe('Cancelled');
  expect(rig.alive()).toEqual([]);
});

test('a move that the run refuses says why in its own form, and changes nothing', async () => {
  const { run, plan } = await parkedUndo(rig);
  await send(ui.page, plan, 'act-abandon-base', { confirm: 'another-ws', ...who });
  await ui.page.getByRole('alert').getByText('set confirm to its name: base-ws').waitFor();
  expect(await ui.page.locator('#act-abandon-base-confirm').inputValue()).toBe('another-ws');
  expect((await rig.ledger(run)).moves).toEqual([]);
  rig.simulator.clearFaults();
  await ui.page.locator('#act-retry-base > summary').click();
  // Who decides was remembered.
  expect(await ui.page.locator('#act-retry-base-by').inputValue()).toBe('ann');
  await ui.page.locator('#act-retry-base-why').fill('allowed now');
  await ui.page.locator('#act-retry-base button').click();
  expect(await outcomeOf(run)).toBe('RolledBack');
  expect(rig.alive()).toEqual([]);
});

test('a form of a run that is over is not sent to the run that has its name now', async () => {
  const name = rig.planName();
  const plan = { name, approval: 'required', resources: { ai: aiWorkspace('ai-ws') } } as const;
  const first = await rig.start(plan);
  await rig.until(first, ({ attention }) => attention !== undefined);
  await ui.page.goto(`${board.url}/plans/${name}`);
  await ui.page.locator('#pause').click();
  await first.executeUpdate('reject', { args: [who] });
  await outcomeOf(first);
  const second = await rig.start(plan);
  await rig.until(second, ({ attention }) => attention !== undefined);
  await ui.page.locator('#act-approve > summary').click();
  for (const [field, text] of Object.entries(who)) await ui.page.locator(`#act-approve-${field}`).fill(text);
  await ui.page.locator('#act-approve button').click();
  await ui.page.getByText('The form was of another run of this plan').waitFor();
  expect((await rig.ledger(second)).moves).toEqual([]);
  await second.cancel();
  await outcomeOf(second);
});

test('what is not possible any more is not done, and the page says so with the reason that was typed', async () => {
  const { run, plan } = await pausedPlan(rig);
  await ui.page.goto(`${board.url}/plans/${plan}`);
  await ui.page.locator('#pause').click();
  await run.cancel();
  expect(await outcomeOf(run)).toBe('Cancelled');
  await ui.page.locator('#act-retry-flow > summary').click();
  for (const [field, text] of Object.entries(who)) await ui.page.locator(`#act-retry-flow-${field}`).fill(text);
  await ui.page.locator('#act-retry-flow button').click();
  const alert = ui.page.getByRole('alert');
  await alert.getByText('is over: no move is possible any more').waitFor();
  expect(await alert.innerText()).toContain('Your reason was: ticket 7');
  expect(rig.alive()).toEqual([]);
});

test('a cancel of what ended meanwhile says how it ended', async () => {
  const { run, plan } = await pausedPlan(rig);
  await ui.page.goto(`${board.url}/plans/${plan}`);
  await ui.page.locator('#pause').click();
  await run.executeUpdate('retry', { args: [{ step: 'flow', ...who }] });
  await run.result();
  await ui.page.locator('#act-cancel > summary').click();
  await ui.page.locator('#act-cancel-typed').fill(plan);
  await ui.page.locator('#act-cancel button').click();
  await ui.page.getByText('It ended already (Provisioned); there is nothing to cancel.').waitFor();
  expect(rig.alive()).toEqual(['base-ws', 'flow_a']);
});
