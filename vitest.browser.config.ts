import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'browser',
    include: ['test/browser/**/*.test.ts'],
    globalSetup: ['test/support/chromium-setup.ts', 'test/support/global-setup.ts'],
    pool: 'forks',
    // Each is a browser and a worker.
    maxWorkers: 2,
    hookTimeout: 120_000,
    // Pages that load beside two workers and two browsers take seconds each; a hung one still ends.
    testTimeout: 120_000,
  },
});
