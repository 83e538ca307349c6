import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification, type Vite } from 'vitest/node';
import { endKeptThread, KeptThread } from './test/mutate/kept-thread.js';

/** The explorer last: most mutants fall to a test of milliseconds, and the first failure ends a run. */
class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const cost = ({ moduleId }: TestSpecification) => (moduleId.includes('/test/mutate/') ? 1 : 0);
    return [...files].sort((a, b) => cost(a) - cost(b) || a.moduleId.localeCompare(b.moduleId));
  }
}

/** As a hook, since Stryker asks for ordinary threads and would win over an option. */
const keepThread: Vite.Plugin = {
  name: 'keep-thread',
  configureVitest({ project, vitest }) {
    project.config.pool = 'kept-thread';
    project.config.poolRunner = { name: 'kept-thread', createPoolWorker: (options) => new KeptThread(options) };
    vitest.onClose(endKeptThread);
  },
};

// What `npm run mutate` runs for each mutant: only what needs no server.
export default defineConfig({
  plugins: [keepThread],
  test: {
    include: ['test/{contract,activities,workflows,mutate}/**/*.test.ts'],
    // It measures the build, which is made of unmutated sources.
    exclude: ['test/workflows/bundle.test.ts'],
    globalSetup: ['test/mutate/bundle-instrumented.ts'],
    setupFiles: ['test/mutate/clear-mutant.ts'],
    sequence: { sequencer: QuickFirst },
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
