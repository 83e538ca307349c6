/** What the production tests need of the machine, once for a run: PostgreSQL, the built server, one bundle for replays. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import type { TestProject } from 'vitest/node';
import { providePostgres } from './postgres-programs.js';
import { provideServer, type ServerPrograms } from './server-programs.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of PostgreSQL's programs. */
    postgresBin: string;
    serverPrograms: ServerPrograms;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgresBin = await providePostgres();
  const programs = await provideServer();
  const folder = await mkdtemp(join(tmpdir(), 'provisioner-production-'));
  const { code } = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../../dist/workflows/index.js', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  });
  const bundle = join(folder, 'workflow-bundle.js');
  await writeFile(bundle, code);
  project.provide('postgresBin', postgresBin);
  project.provide('serverPrograms', { ...programs });
  project.provide('workflowBundlePath', bundle);
  return () => rm(folder, { recursive: true });
}
