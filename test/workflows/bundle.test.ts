import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import { expect, test } from 'vitest';

const silent = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} };
const MAX_EXTRA_BYTES = 80_000;
const WORKFLOWS = fileURLToPath(new URL('../../dist/workflows/index.js', import.meta.url));
const NEXUS = fileURLToPath(new URL('../../dist/contract/nexus-service.js', import.meta.url));

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
    const [ours, bare] = await Promise.all([bundle(WORKFLOWS), bundle(empty)]);
    expect(ours.modules.length).toBeGreaterThan(bare.modules.length);
    const added = ours.modules.filter((name) => !bare.modules.includes(name));
    process.stdout.write(`workflow bundle: ours ${ours.code.length} bytes, empty ${bare.code.length} bytes\n`);
    expect(ours.modules.filter((name) => /zod|undici|node:|external/.test(name))).toEqual(
      bare.modules.filter((name) => /zod|undici|node:|external/.test(name)),
    );
    // Ours are one module, and every package is the SDK's: the build leaves packages as imports, to be seen here.
    expect(added.filter((name) => !name.includes('/@temporalio/'))).toEqual(['./dist/workflows/index.js']);
    expect(ours.code.length - bare.code.length).toBeLessThanOrEqual(MAX_EXTRA_BYTES);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.each([
  ['index.js', 'provision.ts'],
  ['own-workflows.js', 'resource.ts'],
])('the module %s is made only of workflows and contract, and imports nothing but the SDK', async (module, part) => {
  const path = WORKFLOWS.replace(/index\.js$/, module);
  const { sources } = JSON.parse(await readFile(`${path}.map`, 'utf8')) as { sources: string[] };
  expect(sources).toContain(`../../workflows/${part}`);
  expect(sources.filter((source) => !/^\.\.\/\.\.\/(workflows|contract)\//.test(source))).toEqual([]);
  const imports = [...(await readFile(path, 'utf8')).matchAll(/^import[^"]*"([^"]+)"/gm)].map(([, from]) => from);
  expect(new Set(imports)).toEqual(new Set(['@temporalio/workflow']));
});

test("a caller's bundle gets nexus-rpc and the service from temporal-provisioner/nexus, and nothing else", async () => {
  const [caller, bare] = await Promise.all([bundle(NEXUS), bundle(WORKFLOWS)]);
  const added = caller.modules.filter(
    (name) => !bare.modules.includes(name) && !/\/(nexus-rpc|@temporalio)\//.test(name),
  );
  expect(added).toEqual(['./dist/contract/nexus-service.js']);
});
