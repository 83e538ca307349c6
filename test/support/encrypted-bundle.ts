/** What a worker, or a replay, of the tests' workflows is made of: their bundle, and with keys the converters as well. */
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type WorkerOptions } from '@temporalio/worker';
import { inject } from 'vitest';
import type { Encryption } from '../../encryption/encryption.js';

const bundles = new Map<string, Promise<string>>();

export async function bundleFor(
  encryption: Encryption | undefined,
): Promise<Pick<WorkerOptions, 'dataConverter'> & Required<Pick<WorkerOptions, 'workflowBundle'>>> {
  if (!encryption) return { workflowBundle: { codePath: inject('workflowBundlePath') } };
  const { dataConverter } = encryption;
  return { workflowBundle: { code: await bundleWith(dataConverter.failureConverterPath) }, dataConverter };
}

/** Seconds of work: once in a process. */
async function bundleWith(failureConverterPath: string): Promise<string> {
  const made =
    bundles.get(failureConverterPath) ??
    bundleWorkflowCode({
      workflowsPath: fileURLToPath(new URL('./workflows.ts', import.meta.url)),
      logger: new DefaultLogger('ERROR'),
      failureConverterPath,
    }).then(({ code }) => code);
  bundles.set(failureConverterPath, made);
  return await made;
}
