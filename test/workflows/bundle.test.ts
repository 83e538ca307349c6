import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import { expect, test } from 'vitest';

const silent = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} };
const MAX_EXTRA_BYTES = 80_000;

/** Code and the modules in it, source maps apart: they are as large again and never run. */
async function bundle(workflowsPath: string): Promise<{ code: string; modules: string[] }> {
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: silent });
  const text = code.slice(0, code.lastIndexOf('//# sourceMappingURL='));
  return { code: text, modules: [...text.matchAll(/^\/\*\*\*\/ "([^"]+)"/gm)].map(([, name]) => name ?? '') };
}

test('the workflow bundle holds no zod, undici or Node module, and little more than an empty one', async () => {
  const folder = await mkdtemp(join(fileURLToPath(new URL('.', import.meta.url)), 'empty-'));
  try {
    const empty = join(folder, 'empty.js');
    await writeFile(empty, 'export async function empty() {}\n');
    const [ours, bare] = await Promise.all([
      bundle(fileURLToPath(new URL('../../dist/workflows/index.js', import.meta.url))),
      bundle(empty),
    ]);
    expect(ours.modules.length).toBeGreaterThan(bare.modules.length);
    const added = ours.modules.filter((name) => !bare.modules.includes(name));
    process.stdout.write(`workflow bundle: ours ${ours.code.length} bytes, empty ${bare.code.length} bytes\n`);
    expect(ours.modules.filter((name) => /zod|undici|node:|external/.test(name))).toEqual(
      bare.modules.filter((name) => /zod|undici|node:|external/.test(name)),
    );
    expect(added.filter((name) => /\/(activities|worker|client|simulator)\//.test(name))).toEqual([]);
    expect(ours.code.length - bare.code.length).toBeLessThanOrEqual(MAX_EXTRA_BYTES);
  } finally {
    await rm(folder, { recursive: true });
  }
});
