import { fileURLToPath } from 'node:url';
import { Worker } from '@temporalio/worker';
import { ProvisionerPlugin } from 'temporal-provisioner';

const connections = {
  naver: {
    provider: 'naver',
    scope: { accountId: '6COytUeFj7b8eOhq2L5zL' },
    credentials: { accessKey: { env: 'NCP_ACCESS_KEY' }, secretKey: { env: 'NCP_SECRET_KEY' } },
  },
};

const worker = await Worker.create({
  taskQueue: 'provisioner',
  workflowsPath: fileURLToPath(new URL('./workflows.js', import.meta.url)),
  activities: {}, // your own
  plugins: [new ProvisionerPlugin({ connections })],
});
await worker.run();
