import { defineConfig } from 'vitest/config';

// What takes minutes by itself and is drawn at random: a run says its seed.
export default defineConfig({
  test: {
    name: 'soak',
    include: ['test/soak/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 1,
    hookTimeout: 120_000,
    testTimeout: 1_800_000,
  },
});
