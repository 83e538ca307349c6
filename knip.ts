/** What knip takes as used from outside: the package's exports, its programs, tests and benchmarks. */
import type { KnipConfig } from 'knip';

const config: KnipConfig = {
  entry: [
    'index.ts',
    'workflows/index.ts',
    'workflows/own-workflows.ts',
    'client/index.ts',
    'contract/index.ts',
    'contract/nexus-service.ts',
    'encryption/index.ts',
    // Required by its path: by the SDK, and by the bundler of workflows.
    'encryption/failure-converter.cjs',
    'testing/index.ts',
    'worker/prebuilt-workflow-bundle.ts',
    'cli/main.ts',
    'cli/demo/main.ts',
    'testing/explorer/main.ts',
    'testing/explorer/explore-thread.ts',
    // Bundled beside the workflows, by its path.
    'worker/telemetry/trace-workflow.ts',
    'test/**/*.test.ts',
    'test/support/*.ts',
    'test/record/*.record.ts',
    'test/screenshots/*.shots.ts',
    'test/mutate/*.ts',
    'test/package/consumer/*.ts',
    'bench/main.ts',
    'bench/profile.ts',
    'bench/programs/*.ts',
    'deploy/*.mjs',
    'examples/own-worker/*.ts',
    'examples/prebuilt-worker/*.ts',
    'examples/application/*.ts',
    'examples/encryption/*.ts',
    'examples/service/*.ts',
    'examples/nexus-caller/*.ts',
    'vitest*.config.ts',
  ],
  project: ['**/*.{ts,mjs,cjs}', '!dist/**'],
  ignoreDependencies: [
    // Runs in the browser: the board serves its file.
    'idiomorph',
  ],
  // Debian's, where it is; and what builds the server of the production tests.
  ignoreBinaries: ['apt-get', 'go'],
  // A type that only its own file uses may still be part of a signature that others read.
  ignoreExportsUsedInFile: { interface: true, type: true },
};

export default config;
