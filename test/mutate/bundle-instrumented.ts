/**
 * Bundles the workflow's sources as they stand, once for all mutants. Stryker switches mutants, and counts what a test
 * reaches, in one object of the test's own global; a workflow's isolate has a global of its own, so the bundle begins
 * by handing the one through to the other.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { bundleWorkflows } from '../../testing/explorer/sdk-isolate.js';

declare module 'vitest' {
  interface ProvidedContext {
    instrumentedBundlePath: string;
  }
}

const ROOT = new URL('../../', import.meta.url);

/** The isolates freeze what they find in their global: a proxy with nothing of its own stays open. */
const HAND_THROUGH = `globalThis.__stryker__ = (() => {
  const outside = URL.constructor('return globalThis')();
  const shared = () => (outside.__stryker__ ??= {});
  return new Proxy({}, { get: (_, key) => shared()[key], set: (_, key, value) => ((shared()[key] = value), true) });
})();`;

/** Every isolate would parse the real one, which is as large as the code and read by nobody here. */
const NO_SOURCE_MAP = Buffer.from(
  JSON.stringify({ version: 3, file: 'workflows.js', sources: [], names: [], mappings: '' }),
).toString('base64');

export default async function setup(project: TestProject): Promise<void> {
  const path = fileURLToPath(new URL(`.cache/mutate/workflows-${sourcesHash()}.js`, ROOT));
  if (!existsSync(path)) {
    const bundle = await bundleWorkflows(fileURLToPath(new URL('workflows/index.ts', ROOT)));
    const code = bundle.slice(0, bundle.lastIndexOf('//# sourceMappingURL='));
    const map = `//# sourceMappingURL=data:application/json;base64,${NO_SOURCE_MAP}`;
    mkdirSync(new URL('.cache/mutate/', ROOT), { recursive: true });
    // Two processes may do this at once: each writes a whole file and then names it.
    writeFileSync(`${path}.${process.pid}`, `${HAND_THROUGH}\n${code}\n${map}`);
    renameSync(`${path}.${process.pid}`, path);
  }
  project.provide('instrumentedBundlePath', path);
}

/** Of everything that a bundle is made of. A process that Stryker starts anew after a time-out need not bundle again. */
function sourcesHash(): string {
  const hash = createHash('sha256').update(HAND_THROUGH);
  for (const folder of ['workflows/', 'contract/']) {
    for (const name of readdirSync(new URL(folder, ROOT)).sort())
      hash.update(readFileSync(new URL(folder + name, ROOT)));
  }
  return hash
    .update(readFileSync(new URL('package-lock.json', ROOT)))
    .digest('hex')
    .slice(0, 16);
}
