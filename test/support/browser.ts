/**
 * A page for each test, in a browser for each file. When a test fails, what the page showed last is kept in a picture,
 * whose path is printed.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, inject } from 'vitest';
import { launchChromium } from './chromium.js';
import { TemporalPage } from './temporal-page.js';

/** An operator's window on a common screen, less what the desktop and the browser take. */
export const VIEWPORT = { width: 1500, height: 1100 } as const;

/** Times in the pages are the same wherever it runs, and nothing beside this machine is asked. */
export async function newContext(browser: Browser, viewport = VIEWPORT as Viewport): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport, locale: 'en-US', timezoneId: 'UTC', colorScheme: 'light' });
  await context.route(
    ({ hostname }) => hostname !== '127.0.0.1',
    (route) => route.abort(),
  );
  return context;
}

export interface Viewport {
  readonly width: number;
  readonly height: number;
}

export interface PageOf {
  /** Of the test that is running. */
  readonly page: Page;
}

/** Call it at the top of a test file. */
export function usePage(): PageOf {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  beforeAll(async () => {
    browser = await launchChromium(inject('chromiumPath'));
  });
  beforeEach(async () => {
    context = await newContext(browser);
    page = await context.newPage();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await keepPicture(page, task.name);
    await context.close();
  });
  afterAll(() => browser.close());
  return {
    get page() {
      return page;
    },
  };
}

/** The same, with the Temporal UI in it. */
export function useTemporalUi(): { readonly ui: TemporalPage } {
  const of = usePage();
  return {
    get ui() {
      return new TemporalPage(of.page, inject('temporalUiUrl'));
    },
  };
}

async function keepPicture(page: Page, title: string): Promise<void> {
  const path = join(mkdtempSync(join(tmpdir(), 'provisioner-page-')), `${title.replace(/\W+/g, '-').slice(0, 80)}.png`);
  await page.screenshot({ path, fullPage: true });
  process.stderr.write(`What the page showed: ${path}\n`);
}
