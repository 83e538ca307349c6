/**
 * Bundles the built workflows as a worker would at its start, for workers that have no workflows of their own: dist/workflow-bundle.js,
 * and beside it which SDK is in it. The source map keeps names and lines, for stack traces, but not the sources, which are
 * half of its size and are shipped anyway; and it names them as packages, not by where they lay on the machine that built it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const ROOT = fileURLToPath(new URL('.', import.meta.url));
const STACK_FRAMES = 6;
const MAP = '//# sourceMappingURL=data:application/json;charset=utf-8;base64,';

/** `@temporalio/workflow/src/internals.ts`, `temporal-provisioner/workflows/provision.ts`. */
function nameOf(source) {
  const [, inPackage] = /.*[\\/]node_modules[\\/]([^|]+)/.exec(source) ?? [];
  if (inPackage) return inPackage.replaceAll('\\', '/');
  return source.startsWith(ROOT) ? `temporal-provisioner/${relative(ROOT, source).replaceAll('\\', '/')}` : source;
}

const { code } = await bundleWorkflowCode({
  workflowsPath: fileURLToPath(new URL('dist/workflows/index.js', import.meta.url)),
  logger: new DefaultLogger('WARN'),
});
const at = code.lastIndexOf(MAP);
if (at < 0) throw new Error('The SDK ends its bundles with another kind of source map: adapt build-bundle.mjs.');
const { version, mappings, names, sources } = JSON.parse(Buffer.from(code.slice(at + MAP.length), 'base64'));
const map = { version, file: 'workflow-bundle.js', mappings, names, sources: sources.map(nameOf) };
const inline = MAP + Buffer.from(JSON.stringify(map)).toString('base64');
// For every promise of a workflow the SDK writes down where it was made (temporalio/sdk-typescript#1587), two frames of its own
// included: much of what a plan costs the thread of workflows. These show what a waiting plan waits for, and fewer
// cost less. Here, because the sandbox freezes its globals once the bundle has been loaded.
const limit = `Error.stackTraceLimit = ${STACK_FRAMES};\n`;
writeFileSync('dist/workflow-bundle.js', `${code.slice(0, at)}${limit}${inline}\n`);

const sdk = JSON.parse(readFileSync(fileURLToPath(import.meta.resolve('@temporalio/workflow/package.json')), 'utf8'));
writeFileSync('dist/workflow-bundle.json', `${JSON.stringify({ sdk: sdk.version })}\n`);
