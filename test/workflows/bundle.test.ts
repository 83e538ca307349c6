import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import { expect, test } from 'vitest';
import { prebuiltWorkflowBundle } from '../../worker/prebuilt-workflow-bundle.js';
import { sdkMismatch } from '../../worker/sdk-mismatch.js';

const silent = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} };
const MAX_EXTRA_BYTES = 80_000;
const WORKFLOWS = fileURLToPath(new URL('../../dist/workflows/index.js', import.meta.url));
const NEXUS = fileURLToPath(new URL('../../dist/contract/nexus-service.js', import.meta.url));

/** Source maps apart: they are as large again and never run. */
const codeOf = (bundled: string) => bundled.slice(0, bundled.lastIndexOf('//# sourceMappingURL='));

/** Code and the modules in it. */
async function bundle(workflowsPath: string): Promise<{ code: string; modules: string[] }> {
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: silent });
  const text = codeOf(code);
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

test('the prebuilt bundle is what a worker would make of the built workflows at its start, with shorter stack traces', async () => {
  const prebuilt = await readFile(prebuiltWorkflowBundle().codePath, 'utf8');
  const { code } = await bundle(WORKFLOWS);
  expect(codeOf(prebuilt) === `${code}Error.stackTraceLimit = 6;\n`).toBe(true);
});

test.each([
  ['1.24.0', '1.24.7', undefined],
  ['1.24.0', '1.25.0', /1\.24\.0, but @temporalio\/worker is 1\.25\.0 here\. Install 1\.24 of all/],
  ['1.24.0', '2.24.0', /Install 1\.24 of all/],
  ['1.2.0', '1.24.0', /Install 1\.2 of all/],
])('a bundle of %s in a worker of %s is refused where the minor version differs', (bundled, installed, told) => {
  const problem = sdkMismatch({ bundled, installed });
  if (told === undefined) expect(problem).toBeUndefined();
  else expect(problem).toMatch(told);
});
