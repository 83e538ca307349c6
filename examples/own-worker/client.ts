import { Client } from '@temporalio/client';
import { ProvisionerClient } from 'temporal-provisioner/client';

const provisioner = new ProvisionerClient({ client: new Client() });
const handle = await provisioner.provision({
  name: 'training',
  resources: {
    workspace: {
      kind: 'naver.data-forest.ai-workspace',
      connection: 'naver',
      spec: { name: 'train-a', configuration: { docker: { image: 'tensorflow:r2.3.1-py3', command: 'ls' } } },
    },
  },
});
const { workspace } = await handle.result(); // throws ProvisionFailedError after a rollback
console.log(workspace.id);
