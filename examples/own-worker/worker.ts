import { fileURLToPath } from 'node:url';
import { Worker } from '@temporalio/worker';
import { ProvisionerPlugin } from 'temporal-provisioner';

const credentials = { accessKey: { env: 'HUAWEI_AK' }, secretKey: { env: 'HUAWEI_SK' } };
const scope = { projectId: '0123456789abcdef0123456789abcdef' };
const connections = { huawei: { provider: 'huawei', region: 'cn-north-4', scope, credentials } };

const worker = await Worker.create({
  taskQueue: 'provisioner',
  workflowsPath: fileURLToPath(new URL('./workflows.js', import.meta.url)),
  activities: {}, // your own
  plugins: [new ProvisionerPlugin({ connections })],
});
await worker.run();
