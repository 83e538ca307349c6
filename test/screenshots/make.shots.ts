/** `npm run docs:screenshots`: makes the pictures in `docs/images/` anew, or those of these names: `-- -t metadata-tab`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { newContext } from '../support/browser.js';
import { launchChromium } from '../support/chromium.js';
import { SHOTS } from './shots.js';
import { smallPng } from './small-png.js';
import { openStage, type Stage } from './stage.js';

const FOLDER = new URL('../../docs/images/', import.meta.url);
const SIZE = { width: 1500, height: 900 };
/** A page of the docs loads several. */
const MAX_BYTES = 150_000;
/** For what slides in, and for the fonts. */
const SETTLE_MS = 1_500;

let stage: Stage;
let browser: Browser;
beforeAll(async () => {
  [stage, browser] = await Promise.all([openStage(), launchChromium(inject('chromiumPath'))]);
});
afterAll(async () => {
  await browser.close();
  await stage.close();
});

test.each(SHOTS)('$name', async ({ name, show }) => {
  const context = await newContext(browser, SIZE);
  const page = await context.newPage();
  await show(page, stage, inject('temporalUiUrl'));
  await page.waitForTimeout(SETTLE_MS);
  const picture = smallPng(await page.screenshot({ animations: 'disabled', caret: 'hide' }));
  expect(picture.length).toBeLessThan(MAX_BYTES);
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(new URL(`${name}.png`, FOLDER), picture);
  await context.close();
});
