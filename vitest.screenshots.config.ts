import { defineConfig } from 'vitest/config';

// What makes the pictures in the docs. No test: nothing here fails because a page has changed.
export default defineConfig({
  test: {
    name: 'screenshots',
    include: ['test/screenshots/*.shots.ts'],
    globalSetup: ['test/support/chromium-setup.ts', 'test/support/global-setup.ts'],
    pool: 'forks',
    hookTimeout: 180_000,
    testTimeout: 60_000,
  },
});
