/**
 * Which workflow code our own worker runs: the prebuilt bundle, or one made at its start. Made at the start where modules of
 * somebody else's go into it, which no build of ours could know, and from sources, where nothing has been built.
 */
import { fileURLToPath } from 'node:url';
import { type BundleOptions, bundleWorkflowCode, DefaultLogger, type WorkflowBundleOption } from '@temporalio/worker';
import { prebuiltWorkflowBundle } from './prebuilt-workflow-bundle.js';

/** Modules that have to be in the bundle because they run in the workflows' sandbox, by path. */
export type SandboxModules = Pick<
  BundleOptions,
  'failureConverterPath' | 'payloadConverterPath' | 'workflowInterceptorModules'
>;

/** Takes seconds where it has to bundle. Throws where the prebuilt bundle does not go with the installed SDK. */
export async function workflowCode(modules: SandboxModules = {}): Promise<WorkflowBundleOption> {
  const fromSources = import.meta.url.endsWith('.ts');
  if (!fromSources && !Object.values(modules).some(isGiven)) return prebuiltWorkflowBundle();
  const workflows = new URL(fromSources ? '../workflows/index.ts' : '../workflows/index.js', import.meta.url);
  // The bundler's own report of its modules is of no use to an operator.
  const logger = new DefaultLogger('WARN');
  return bundleWorkflowCode({ ...modules, workflowsPath: fileURLToPath(workflows), logger });
}

function isGiven(module: string | readonly string[] | undefined): boolean {
  return module !== undefined && module.length > 0;
}
