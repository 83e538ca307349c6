/**
 * Records histories of what `test/record/` plays into `test/histories/`: those that are missing, those named, or `--all`.
 *
 *     npm run histories:record -- provisioned-flagship
 */
import { fileURLToPath } from 'node:url';
import { startVitest } from 'vitest/node';

const words = process.argv.slice(2);
process.env.RECORD_HISTORIES = words.includes('--all') ? 'all' : words.join(' ');

const vitest = await startVitest('test', [], {
  config: false,
  root: fileURLToPath(new URL('..', import.meta.url)),
  watch: false,
  include: ['test/record/*.record.ts'],
  globalSetup: ['test/support/global-setup.ts'],
  pool: 'forks',
  reporters: ['verbose'],
  hookTimeout: 120_000,
  // A parked undo tries again after a minute, then after two.
  testTimeout: 600_000,
});
await vitest.close();
