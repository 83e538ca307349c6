/** Every command of the documentation, typed as a reader would: each page in a folder of its own, from its top to its end. */
import { afterEach, expect, test } from 'vitest';
import { findTemporalCli } from '../../worker/embedded-server/find-cli.js';
import { blocksOf, pages } from '../support/doc-blocks.js';
import { DocSession } from '../support/doc-session.js';

const withCommands = pages().filter((page) =>
  blocksOf(page).some(({ language, does }) => language === 'sh' && does?.what !== 'file' && does?.what !== 'ci'),
);

let session: DocSession | undefined;

afterEach(() => session?.close());

test('most how-to pages hold commands', () => {
  expect(withCommands.length).toBeGreaterThan(4);
});

test.each(withCommands)('the commands of %s do what the page says', { timeout: 240_000 }, async (page) => {
  session = await DocSession.open(await findTemporalCli());
  for (const block of blocksOf(page)) await session.take(block);
});
