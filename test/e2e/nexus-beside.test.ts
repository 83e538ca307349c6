/** The Nexus service beside what a user has: services of their own, their endpoints, a worker without it. */
import { serviceHandler } from 'nexus-rpc';
import { expect, inject, test } from 'vitest';
import { ensureNexusEndpoint } from '../../worker/nexus/ensure-endpoint.js';
import { ProvisionerPlugin } from '../../worker/plugin.js';
import { runCli } from '../cli-process.js';
import { useCaller } from '../support/caller.js';
import { greeter } from '../support/nexus-caller.js';
import { useRig } from '../support/rig.js';

const greeting = serviceHandler(greeter, { greet: async (_context, name) => `Good day, ${name}` });
const rig = useRig({ nexusServices: [greeting] });
const caller = useCaller(rig);

test('a service of the user’s own answers on the same worker', async () => {
  const run = await caller.run('callGreeter', caller.endpoint, 'Ada');
  expect(await run.result()).toBe('Good day, Ada');
});

test('a service of the same name is refused with what helps, and ours can be left out', () => {
  const taskQueue = 'unused';
  const own = {
    taskQueue,
    nexusServices: [{ ...greeting, definition: { ...greeter, name: 'provisioner' } }],
  } as never;
  const connections = rig.connections;
  expect(() => new ProvisionerPlugin({ connections }).configureWorker(own)).toThrow(
    'Two Nexus services are named provisioner: rename yours, or leave ours out with nexus: false.',
  );
  const configured = new ProvisionerPlugin({ connections, nexus: false }).configureWorker(own);
  expect(configured.nexusServices).toHaveLength(1);
});

test('an endpoint is made once, and one that leads elsewhere is not taken over', async () => {
  const here = { namespace: 'default', taskQueue: rig.taskQueue };
  expect(await ensureNexusEndpoint(caller.connection, caller.endpoint, here)).toBe(false);
  const elsewhere = ensureNexusEndpoint(caller.connection, caller.endpoint, { ...here, taskQueue: 'another' });
  await expect(elsewhere).rejects.toThrow(`The Nexus endpoint ${caller.endpoint} leads elsewhere`);
});

test('setup makes an endpoint that leads to the queue, tells what is there, and refuses what is no name', async () => {
  const setup = (name: string, ...more: string[]) =>
    runCli(['setup', '--address', inject('temporalAddress'), '--nexus-endpoint', name, ...more]);
  const name = `cli-${caller.namespace}`;
  const made = await setup(name, '--task-queue', rig.taskQueue, '--json');
  expect(JSON.parse(made.stdout)).toMatchObject({
    nexusEndpoint: { name, created: true, namespace: 'default', taskQueue: rig.taskQueue },
  });
  expect((await setup(name, '--task-queue', rig.taskQueue)).stdout).toMatch(/There is a Nexus endpoint/);
  expect(await setup(name, '--task-queue', 'another')).toMatchObject({ code: 2 });
  expect(await setup('no name')).toMatchObject({ code: 2 });
});
