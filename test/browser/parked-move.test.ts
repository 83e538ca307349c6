/** A move sent as an operator does who has nothing but the Temporal UI: copied from the details, pasted into the dialog. */
import type { FrameLocator } from 'playwright-core';
import { expect, test } from 'vitest';
import { useTemporalUi } from '../support/browser.js';
import { failureOf, outcomeOf } from '../support/closing.js';
import { useRig } from '../support/rig.js';
import { parkedUndo, pausedPlan } from '../support/stuck-plans.js';

const rig = useRig();
const browser = useTemporalUi();

/** The JSON in the fence below the words that name the update. */
async function shownJson(details: FrameLocator, move: string): Promise<string> {
  const named = details.locator('p').filter({ hasText: `Update ${move}:` });
  return (await named.locator('xpath=following::pre[1]').innerText()).trim();
}

const filledIn = (json: string) =>
  json.replace('"by": ""', '"by": "alice"').replace('"why": ""', '"why": "quota raised"');

test('the JSON shown for a parked step, pasted with who and why, makes the plan go on', async () => {
  const { ui } = browser;
  const { run } = await pausedPlan(rig);
  await ui.open(run, 'user-metadata');
  const json = await shownJson(await ui.showsNow('waits for an operator'), 'retry');
  const dialog = await ui.startUpdate('retry');
  await ui.paste(dialog, filledIn(json));
  await ui.submit(dialog);
  await ui.page.getByText('Update successful').first().waitFor();
  expect(await outcomeOf(run)).toBe('Provisioned');
  expect((await rig.ledger(run)).moves).toMatchObject([
    { move: 'retry', step: 'flow', by: 'alice', why: 'quota raised', result: 'done' },
  ]);
});

test('JSON pasted without who and why is refused in the dialog with what is missing', async () => {
  const { ui } = browser;
  const { run } = await pausedPlan(rig);
  await ui.open(run, 'user-metadata');
  const json = await shownJson(await ui.showsNow('waits for an operator'), 'rollback');
  const dialog = await ui.startUpdate('rollback');
  await ui.paste(dialog, json);
  await ui.submit(dialog);
  const words = dialog.getByText('rollback: by: required: 1 to 100 characters; why: required: 1 to 500 characters');
  await words.waitFor();
  await ui.paste(dialog, filledIn(json));
  await ui.submit(dialog);
  expect(await outcomeOf(run)).toBe('RolledBack');
});

test('a move that is not possible is refused in the dialog with those that are', async () => {
  const { ui } = browser;
  const { run } = await pausedPlan(rig);
  await ui.open(run, 'user-metadata');
  const json = await shownJson(await ui.showsNow('waits for an operator'), 'retry');
  const dialog = await ui.startUpdate('retry');
  await ui.paste(dialog, filledIn(json).replace('"flow"', '"base"'));
  await ui.submit(dialog);
  const possible = 'Possible: retry flow, adopt flow, skip flow, rollback.';
  const words = dialog.getByText(`Not possible now: retry base: base is live. ${possible}`);
  await words.waitFor();
  // All of it, in the dialog: nothing to scroll for, nothing cut off.
  const [box, frame] = await Promise.all([words.boundingBox(), dialog.boundingBox()]);
  expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThan((frame?.y ?? 0) + (frame?.height ?? 0));
  expect((await rig.ledger(run)).moves).toEqual([]);
  await run.cancel();
  await outcomeOf(run);
});

test('an undo that cannot go on is let go of with the name that the details tell', async () => {
  const { ui } = browser;
  const { run } = await parkedUndo(rig);
  await ui.open(run, 'user-metadata');
  const details = await ui.showsNow('waits for an operator');
  await details.getByText('To abandon, confirm with the name base-ws.').waitFor();
  const json = filledIn(await shownJson(details, 'abandon')).replace('"confirm": ""', '"confirm": "base-ws"');
  const dialog = await ui.startUpdate('abandon');
  await ui.paste(dialog, json);
  await ui.submit(dialog);
  expect((await failureOf(run)).type).toBe('Abandoned');
});
