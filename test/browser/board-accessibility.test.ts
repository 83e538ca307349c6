/** Each page of the board, held to axe's rules in light and dark, and to windows from 360 to 1600 pixels. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Board } from '../../board/board.js';
import { boardOver, useBoard } from '../support/board.js';
import { launchChromium } from '../support/chromium.js';
import { outcomeOf } from '../support/closing.js';
import { aiWorkspace, fabric } from '../support/resources.js';
import { type ProvisionRun, useRig } from '../support/rig.js';
import { parkedUndo, pausedPlan } from '../support/stuck-plans.js';

const rig = useRig();
const board = useBoard(rig);
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let browser: Browser;
let locked: Board;

beforeAll(async () => {
  browser = await launchChromium(inject('chromiumPath'));
  locked = await boardOver(rig.client, { token: 'correct-horse-battery-staple' });
});
afterAll(() => Promise.all([browser.close(), locked.close()]));

interface Look {
  readonly colorScheme: 'light' | 'dark';
  readonly width: number;
}

const LOOKS: readonly Look[] = [
  { colorScheme: 'light', width: 1600 },
  { colorScheme: 'dark', width: 1600 },
  { colorScheme: 'light', width: 360 },
];

/** With every form open: what is hidden is not looked at. */
async function expectAccessible(
  url: string,
  prepare: (page: Page) => Promise<unknown> = async () => {},
): Promise<void> {
  for (const { colorScheme, width } of LOOKS) {
    // Only this context: the policy of the board lets no foreign script in, and that one is the test's.
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 }, bypassCSP: true });
    const page = await context.newPage();
    await page.goto(url);
    await prepare(page);
    const closed = page.locator('details:not([open]) > summary');
    while ((await closed.count()) > 0) await closed.first().click();
    await page.addScriptTag({ content: AXE });
    const { violations } = await page.evaluate<AxeResults>('axe.run()');
    const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`);
    expect(told, `${url} ${colorScheme} ${width}`).toEqual([]);
    const wider = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
    expect(wider, `${url} is wider than a window of ${width}`).toBeLessThanOrEqual(0);
    await context.close();
  }
}

async function end(run: ProvisionRun): Promise<void> {
  await run.cancel();
  rig.simulator.clearFaults();
  await outcomeOf(run);
}

describe('no rule of axe is broken', () => {
  test('by the list, with and without plans', async () => {
    const { run } = await pausedPlan(rig);
    await expectAccessible(board.url);
    await expectAccessible(`${board.url}/?name=nobody-is-called-so`);
    await end(run);
  });

  test('by a plan that waits, with all its forms, and by one whose form was refused', async () => {
    const { run, plan } = await pausedPlan(rig);
    await expectAccessible(`${board.url}/plans/${plan}`);
    await expectAccessible(`${board.url}/plans/${plan}`, async (page) => {
      await page.locator('#act-skip-flow > summary').click();
      const fields = { outputs: 'no equals sign', by: 'ann', why: 'ticket 7' };
      for (const [name, text] of Object.entries(fields)) await page.locator(`#act-skip-flow-${name}`).fill(text);
      await page.locator('#act-skip-flow button').click();
      await page.getByRole('alert').waitFor();
    });
    await end(run);
  });

  test('by an undo that waits', async () => {
    const { run, plan } = await parkedUndo(rig);
    await expectAccessible(`${board.url}/plans/${plan}`);
    rig.simulator.clearFaults();
    await run.executeUpdate('retry', { args: [{ step: 'base', by: 'ann', why: 'ticket 7' }] });
    await outcomeOf(run);
    await expectAccessible(`${board.url}/plans/${plan}`);
  });

  test('by a managed plan', async () => {
    const resources = { base: fabric('base-ws', { protect: true }), ai: aiWorkspace('ai-ws') };
    const run = await rig.start({ name: rig.planName(), managed: true, resources });
    const { plan } = await rig.until(run, ({ outcome }) => outcome === 'Provisioned');
    await expectAccessible(`${board.url}/plans/${plan}`);
    await end(run);
  });

  test('by the way in, and by a page that is not there', async () => {
    await expectAccessible(`${locked.url}/login`);
    await expectAccessible(`${locked.url}/login`, async (page) => {
      await page.getByLabel('Token').fill('not the token of the board');
      await page.getByRole('button', { name: 'Log in' }).click();
      await page.getByRole('alert').waitFor();
    });
    await expectAccessible(`${board.url}/plans/nobody-is-called-so`);
  });
});
