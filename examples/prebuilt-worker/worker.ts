import { Worker } from '@temporalio/worker';
import { ProvisionerPlugin } from 'temporal-provisioner';
import { prebuiltWorkflowBundle } from 'temporal-provisioner/workflow-bundle';

const connections = {
  naver: {
    provider: 'naver',
    region: 'kr',
    scope: { accountId: process.env.NCP_ACCOUNT_ID ?? '' },
    credentials: { accessKey: { env: 'NCP_ACCESS_KEY' }, secretKey: { env: 'NCP_SECRET_KEY' } },
  },
};

const worker = await Worker.create({
  taskQueue: 'provisioner',
  workflowBundle: prebuiltWorkflowBundle(),
  plugins: [new ProvisionerPlugin({ connections })],
});
await worker.run();
