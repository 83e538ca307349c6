/** The example service: an id early, and what it says of a plan that failed. Over the package as it is built. */
import { randomUUID } from 'node:crypto';
import { ProvisionerClient } from 'temporal-provisioner/client';
import { expect, test } from 'vitest';
import { earlyWorkspace, explain } from '../../examples/service/early-workspace.js';
import { useRig } from '../support/rig.js';

const rig = useRig();
const provisioner = () => new ProvisionerClient({ client: rig.client, taskQueue: rig.taskQueue });
const unique = () => `t${randomUUID().slice(0, 6)}`;

test('the service answers with the id while the rest is being made', async () => {
  rig.simulator.setFaults({ operation: 'aiworkspaces/create', do: 'slow', ms: 1_000 });
  const team = unique();
  const id = await earlyWorkspace(provisioner(), team);
  expect(rig.simulator.state().resources).toMatchObject([{ name: `${team}-ws`, id }]);
  const handle = await provisioner().get(`team-${team}`);
  await handle.result();
  expect(rig.alive()).toEqual([team, `${team}-ws`]);
});

test('the service tells outcome, cause and request of a plan that failed', async () => {
  rig.simulator.setFaults({ operation: 'CreateWorkspace', do: 'refuse', status: 403 });
  const error: unknown = await earlyWorkspace(provisioner(), unique()).catch((thrown: unknown) => thrown);
  expect(explain(error)).toMatch(/^RolledBack; AccessDenied from huawei, request \w+$/);
});
