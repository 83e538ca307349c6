import { defineConfig } from 'vitest/config';

// On a PostgreSQL and a Temporal server of the test's own: see test/production/README.md.
export default defineConfig({
  test: {
    name: 'production',
    include: ['test/production/**/*.test.ts'],
    globalSetup: ['test/production/setup.ts'],
    pool: 'forks',
    // Each file has a server and two workers beside it: more at once would only wait for each other.
    maxWorkers: 1,
    // The first build of the server takes minutes, but that is the setup's, which has no limit.
    hookTimeout: 180_000,
    // For a machine that has other things to do as well: alone the longest takes five minutes.
    testTimeout: 1_800_000,
  },
});
