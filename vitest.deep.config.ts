import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'deep',
    include: ['test/deep/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    hookTimeout: 120_000,
    testTimeout: 600_000,
  },
});
