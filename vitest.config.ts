import { defineConfig } from 'vitest/config';

// Forks: the SDK's native part and its workflow threads live better in processes than in worker threads.
const common = { pool: 'forks', hookTimeout: 120_000 } as const;

export default defineConfig({
  test: {
    // Most tests wait, for servers and for windows: more at once than there are cores.
    maxWorkers: 4,
    projects: [
      {
        test: {
          ...common,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [
            'test/browser/**',
            'test/e2e/**',
            'test/deep/**',
            'test/mutate/**',
            'test/package/**',
            'test/production/**',
            'test/seeded/**',
            'test/soak/**',
          ],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          ...common,
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/support/global-setup.ts'],
          // Sagas wait for real servers and real windows; a hung one still ends.
          testTimeout: 60_000,
        },
      },
    ],
  },
});
