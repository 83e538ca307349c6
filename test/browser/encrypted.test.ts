/** Encrypted payloads in the Temporal UI: ciphertext for whoever has not logged in at the codec server, plain text for who has. */
import { randomBytes } from 'node:crypto';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type CodecServer, startCodecServer } from '../../codec-server/serve.js';
import { createEncryption } from '../../encryption/index.js';
import { useTemporalUi } from '../support/browser.js';
import { outcomeOf } from '../support/closing.js';
import { fabric } from '../support/resources.js';
import { useRig } from '../support/rig.js';

const TOKEN = randomBytes(24).toString('hex');
/** Stands in what the run says of itself, which is a payload like any other. */
const KIND = 'huawei.dataarts-fabric.workspace';

const key = randomBytes(32).toString('hex');
const encryption = createEncryption({ current: 'k1', keys: { k1: () => key }, plain: 'refuse' });
const rig = useRig({ encryption: () => encryption });
const browser = useTemporalUi();

let server: CodecServer;
beforeAll(async () => {
  const onDefect = (error: unknown) => {
    throw error;
  };
  const uiOrigin = new URL(inject('temporalUiUrl')).origin;
  const place = { host: '127.0.0.1', port: 0, names: [] };
  server = await startCodecServer({ codec: encryption.codec, ...place, token: TOKEN, uiOrigin, onDefect });
});
afterAll(() => server.close());

/** As the how-to page says: the endpoint, and that cookies go with it. */
async function setCodecServer(page: Page): Promise<void> {
  await page.locator('[data-testid^="data-encoder-status"]').first().click();
  await page.getByText('Use my browser setting').click();
  await page.getByPlaceholder('Paste your endpoint here').fill(server.url);
  await page.getByText('Include cross-origin credentials').click();
  await page.getByRole('button', { name: 'Apply' }).click();
}

/** Of the page and of every frame in it. */
async function textOf(page: Page): Promise<string> {
  const texts = await Promise.all(page.frames().map((frame) => frame.locator('body').innerText()));
  return texts.join('\n');
}

async function logIn(page: Page): Promise<void> {
  await page.goto(server.url);
  await page.getByLabel('Token').fill(TOKEN);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.locator('#state').waitFor();
}

test('the plan is ciphertext without a log-in at the codec server, and can be read with one', async () => {
  const { ui } = browser;
  const run = await rig.start({ name: rig.planName(), resources: { base: fabric('hidden-ws') } });
  expect(await outcomeOf(run)).toBe('Provisioned');
  await ui.open(run, 'user-metadata');
  await setCodecServer(ui.page);
  const refused = ui.page.waitForResponse((answer) => answer.url().startsWith(`${server.url}/decode`));
  await ui.page.reload();
  expect((await refused).status()).toBe(401);
  await ui.page.getByText('Codec Server could not connect').first().waitFor({ state: 'attached' });
  expect(await textOf(ui.page)).not.toContain(KIND);

  await logIn(ui.page);
  const opened = ui.page.waitForResponse((answer) => answer.url().startsWith(`${server.url}/decode`));
  await ui.open(run, 'user-metadata');
  expect((await opened).status()).toBe(200);
  await ui.showsNow(KIND);
});
