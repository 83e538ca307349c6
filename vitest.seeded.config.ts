import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'seeded',
    include: ['test/seeded/*.test.ts'],
    pool: 'forks',
    // Each is a process of its own that takes a core.
    maxConcurrency: 2,
    testTimeout: 600_000,
  },
});
