import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { ProvisionerPlugin, type ProvisionerPluginOptions } from 'temporal-provisioner';
import { ProvisionerClient } from 'temporal-provisioner/client';
import { createEncryption } from 'temporal-provisioner/encryption';

const { dataConverter } = createEncryption({ current: '2026-11', keys: { '2026-11': { env: 'PAYLOAD_KEY' } } });

export async function runWorker(connections: ProvisionerPluginOptions['connections']): Promise<void> {
  const worker = await Worker.create({
    taskQueue: 'provisioner',
    workflowsPath: fileURLToPath(new URL('../own-worker/workflows.js', import.meta.url)),
    plugins: [new ProvisionerPlugin({ connections })],
    dataConverter,
  });
  await worker.run();
}

export const provisioner = new ProvisionerClient({ client: new Client({ dataConverter }) });
