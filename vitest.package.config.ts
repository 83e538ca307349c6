import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'package',
    include: ['test/package/*.test.ts'],
    globalSetup: ['test/package/setup.ts'],
    pool: 'forks',
    // Each test is a process of somebody else's, with a server and a worker in it.
    maxWorkers: 2,
    hookTimeout: 120_000,
    // Compilers and servers start in them; a hung one still ends.
    testTimeout: 180_000,
  },
});
