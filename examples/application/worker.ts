import { fileURLToPath } from 'node:url';
import { Worker } from '@temporalio/worker';
import { ProvisionerPlugin } from 'temporal-provisioner';
import * as activities from './activities.js';

const connections = {
  huawei: {
    provider: 'huawei',
    region: 'cn-north-4',
    scope: { projectId: process.env.HUAWEI_PROJECT_ID ?? '' },
    credentials: { accessKey: { env: 'HUAWEI_AK' }, secretKey: { env: 'HUAWEI_SK' } },
  },
};

const worker = await Worker.create({
  taskQueue: 'application',
  workflowsPath: fileURLToPath(new URL('./workflows.js', import.meta.url)),
  activities,
  plugins: [new ProvisionerPlugin({ connections })],
});
await worker.run();
