/**
 * For a worker without workflows of its own: the package's workflows, bundled when the package was built.
 * @module
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { sdkMismatch } from './sdk-mismatch.js';

/**
 * The package's workflows for a worker that has none of its own, as the SDK's option `workflowBundle`: nothing is bundled at the
 * worker's start. Where you have workflows, a failure or payload converter or interceptor modules of your own, re-export
 * `temporal-provisioner/workflows` and bundle them together instead.
 *
 * @example
 * ```typescript
 * const worker = await Worker.create({
 *   taskQueue: 'provisioner',
 *   workflowBundle: prebuiltWorkflowBundle(),
 *   plugins: [new ProvisionerPlugin({ connections })],
 * });
 * ```
 *
 * @throws Error where the installed SDK is of another minor version than the one in the bundle.
 */
export function prebuiltWorkflowBundle(): { readonly codePath: string } {
  const { sdk } = JSON.parse(readFileSync(built('workflow-bundle.json'), 'utf8')) as { readonly sdk: string };
  const { version } = createRequire(import.meta.url)('@temporalio/worker/package.json') as { readonly version: string };
  const problem = sdkMismatch({ bundled: sdk, installed: version });
  if (problem !== undefined) throw new Error(problem);
  return { codePath: built('workflow-bundle.js') };
}

/** This module is at the same depth in the sources as in dist. */
function built(file: string): string {
  const folder = import.meta.url.endsWith('.ts') ? '../dist/' : '../';
  return fileURLToPath(new URL(folder + file, import.meta.url));
}
