/** One Temporal dev server and one workflow bundle for the whole run: both take seconds, neither keeps state that tests share. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import type { TestProject } from 'vitest/node';
import { freePort } from '../../worker/embedded-server/free-port.js';
import { startEmbeddedServer } from '../../worker/embedded-server/start.js';

declare module 'vitest' {
  interface ProvidedContext {
    temporalAddress: string;
    /** Of Temporal's HTTP API. */
    temporalHttpUrl: string;
    /** Of the Temporal UI. */
    temporalUiUrl: string;
    workflowBundlePath: string;
  }
}

/** A worker for each lane of the fault matrix and of the random plans: more pollers than a namespace may have by default. */
const MANY_POLLERS = ['--dynamic-config-value', 'frontend.namespaceCount=10000'];

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'provisioner-test-'));
  const http = String(await freePort());
  const extraArgs = [...MANY_POLLERS, '--http-port', http];
  const [server, { code }] = await Promise.all([
    startEmbeddedServer({ port: 0, extraArgs, onProgress: (text) => process.stderr.write(`${text}\n`) }),
    bundleWorkflowCode({
      workflowsPath: fileURLToPath(new URL('./workflows.ts', import.meta.url)),
      logger: new DefaultLogger('ERROR'),
    }),
  ]);
  const bundle = join(folder, 'workflow-bundle.js');
  await writeFile(bundle, code);
  project.provide('temporalAddress', server.address);
  project.provide('temporalHttpUrl', `http://127.0.0.1:${http}`);
  project.provide('temporalUiUrl', server.uiUrl ?? '');
  project.provide('workflowBundlePath', bundle);
  return async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  };
}
