import { Client } from '@temporalio/client';
import { ProvisionerClient } from 'temporal-provisioner/client';

const provisioner = new ProvisionerClient({ client: new Client() });
const handle = await provisioner.provision({
  name: 'lab',
  resources: {
    workspace: { kind: 'huawei.dataarts-fabric.workspace', connection: 'huawei', spec: { name: 'lab-ws' } },
  },
});
const { workspace } = await handle.result(); // throws ProvisionFailedError after a rollback
console.log(workspace.id);
