/** A plan that stays open outlives the key that it began under: what it hands to its next run is under the new one. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ProvisionerClient } from '../../client/client.js';
import { workflowIdOf } from '../../contract/names.js';
import { createEncryption, type Encryption } from '../../encryption/index.js';
import { type EmbeddedServer, startEmbeddedServer } from '../../worker/embedded-server/start.js';
import { outcomeOf } from '../support/closing.js';
import { aiWorkspace, fabric } from '../support/resources.js';
import { type ProvisionRun, useRig } from '../support/rig.js';

// A parked undo tries again after a minute, and after more.
vi.setConfig({ testTimeout: 600_000 });

let server: EmbeddedServer;

beforeAll(async () => {
  const extraArgs = ['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=14'];
  server = await startEmbeddedServer({ port: 0, uiPort: 'none', extraArgs });
});
afterAll(() => server.stop());

const keyOf = { old: randomBytes(32).toString('hex'), new: randomBytes(32).toString('hex') };

function keys(current: keyof typeof keyOf, ids: readonly (keyof typeof keyOf)[]): Encryption {
  return createEncryption({ current, keys: Object.fromEntries(ids.map((id) => [id, () => keyOf[id]])) });
}

const BOTH = keys('new', ['new', 'old']);
const NEW = keys('new', ['new']);
let encryption = keys('old', ['old']);
const rig = useRig({ address: () => server.address, encryption: () => encryption });

async function workWith(next: Encryption): Promise<void> {
  await rig.stopWorker();
  encryption = next;
  await rig.startWorker();
}

test('a parked undo that has continued as new needs the key that it began under no longer', async () => {
  rig.simulator.setFaults([
    { operation: 'DeleteWorkspace', do: 'refuse', status: 403 },
    { operation: 'aiworkspaces/create', do: 'refuse', status: 400 },
  ]);
  const name = rig.planName();
  const resources = { fabric: fabric('fabric-r'), ai: aiWorkspace('ai-r', { dependsOn: ['fabric'] }) };
  await new ProvisionerClient({ client: rig.client, taskQueue: rig.taskQueue }).provision({ name, resources });

  await rig.until(rig.client.workflow.getHandle(workflowIdOf(name)) as unknown as ProvisionRun, ({ steps }) => {
    return steps.fabric?.attention !== undefined;
  });
  await workWith(BOTH);
  const latest = rig.clientWith(NEW).workflow.getHandle(workflowIdOf(name)) as unknown as ProvisionRun;
  const both = rig.clientWith(BOTH).workflow.getHandle(workflowIdOf(name));
  // From here on each next run is begun under the new key.
  const { runId } = await both.describe();
  while ((await both.describe()).runId === runId) await sleep(200);
  await workWith(NEW);
  expect((await latest.describe()).memo).toMatchObject({ planHash: expect.any(String) });
  rig.simulator.clearFaults();
  expect(await outcomeOf(latest)).toBe('RolledBack');
  expect(rig.alive()).toEqual([]);
});
