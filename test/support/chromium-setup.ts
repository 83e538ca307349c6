/** Once for a run, so that test files side by side do not each install a browser. */
import type { TestProject } from 'vitest/node';
import { provideChromium } from './chromium.js';

declare module 'vitest' {
  interface ProvidedContext {
    chromiumPath: string;
  }
}

export default async function setup(project: TestProject): Promise<void> {
  project.provide('chromiumPath', await provideChromium());
}
