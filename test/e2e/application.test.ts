/** The example application on a worker of its own: a plan as a child workflow, and one resource without a plan. */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { parseMarker } from '../../contract/marker.js';
import * as activities from '../../examples/application/activities.js';
import { ProvisionerPlugin } from '../../worker/plugin.js';
import { outcomeOf } from '../support/closing.js';
import { logged, useRig } from '../support/rig.js';

const rig = useRig();
const taskQueue = `application-${randomUUID().slice(0, 8)}`;
/** What its own activities were told. */
const told: unknown[][] = [];
let worker: Worker;
let running: Promise<void>;
let native: NativeConnection;

beforeAll(async () => {
  native = await NativeConnection.connect({ address: inject('temporalAddress') });
  worker = await Worker.create({
    connection: native,
    taskQueue,
    workflowsPath: fileURLToPath(new URL('../../examples/application/workflows.ts', import.meta.url)),
    activities: {
      ...activities,
      notify: async (...args: unknown[]) => void told.push(args),
      register: async (...args: unknown[]) => void told.push(args),
    },
    plugins: [new ProvisionerPlugin({ connections: rig.connections })],
  });
  running = worker.run();
});

afterAll(async () => {
  worker.shutdown();
  await running;
  await native.close();
});

type Run = WorkflowHandleWithFirstExecutionRunId<(name: string) => Promise<string>>;

async function start(type: 'onboardTenant' | 'borrowLab', name: string): Promise<Run> {
  told.length = 0;
  const options = { taskQueue, workflowId: `${type}-${name}`, args: [name] as [string] };
  return await rig.client.workflow.start<(name: string) => Promise<string>>(type, options);
}

const unique = () => `t${randomUUID().slice(0, 6)}`;
const refuse = (operation: string) => rig.simulator.setFaults({ operation, do: 'refuse', status: 403 });

test('a workflow that runs a plan as its child gets the id and writes it down', async () => {
  const tenant = unique();
  const id = await (await start('onboardTenant', tenant)).result();
  expect(rig.simulator.state().resources).toMatchObject([{ name: `${tenant}-ws`, id }]);
  expect(told).toEqual([[tenant, id]]);
});

test('a workflow whose plan fails is told outcome and cause, and nothing is left', async () => {
  refuse('CreateWorkspace');
  const tenant = unique();
  expect(await (await start('onboardTenant', tenant)).result()).toBe('RolledBack');
  expect([told, rig.alive()]).toEqual([[[tenant, 'RolledBack: AccessDenied']], []]);
});

test('a workflow whose plan is invalid is told so, and no cloud was called', async () => {
  const before = rig.simulator.state().requests.CreateWorkspace;
  const tenant = `${'long-'.repeat(8)}name`;
  expect(await (await start('onboardTenant', tenant)).result()).toBe('NotStarted');
  expect(rig.simulator.state().requests.CreateWorkspace).toBe(before);
});

test('a resource without a plan is made under its workflow’s own marker, used, and deleted', async () => {
  rig.simulator.setFaults({ operation: 'ListWorkspaces', do: 'slow', ms: 800 });
  const called = rig.nextCall('DeleteWorkspace');
  const run = await start('borrowLab', unique());
  await called;
  expect(await run.result()).toBe('done');
  const { events } = await run.fetchHistory();
  const made = events?.find(({ activityTaskScheduledEventAttributes: is }) =>
    is?.activityType?.name?.endsWith('create'),
  );
  expect(made?.activityTaskScheduledEventAttributes?.activityId).toBe('lab.create');
  expect(rig.alive()).toEqual([]);
  expect(logged.filter(({ message }) => message.includes('other connections'))).toEqual([]);
});

test('a resource without a plan whose create is lost is looked for, and deleted', async () => {
  rig.simulator.setFaults({ operation: 'CreateWorkspace', do: 'late', ms: 300 });
  const run = await start('borrowLab', unique());
  expect(await run.result()).toBe('done');
  expect(rig.alive()).toEqual([]);
});

test('a resource whose create is refused is not deleted, and its failure is the provider’s', async () => {
  refuse('CreateWorkspace');
  const before = rig.simulator.state().requests.DeleteWorkspace;
  const error: unknown = await (await start('borrowLab', unique())).result().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    cause: { cause: { type: 'AccessDenied', details: [{ operation: 'CreateWorkspace' }] } },
  });
  expect(rig.simulator.state().requests.DeleteWorkspace).toBe(before);
});

test('a resource whose workflow is cancelled while it is made is deleted all the same', async () => {
  rig.simulator.setFaults({ operation: 'CreateWorkspace', do: 'slow', ms: 800 });
  const called = rig.nextCall('CreateWorkspace');
  const run = await start('borrowLab', unique());
  await called;
  expect(rig.simulator.state().resources.map(({ description }) => parseMarker(description)?.step)).toEqual(['lab']);
  await run.cancel();
  expect(await outcomeOf(run as never)).toBe('Cancelled');
  expect(rig.alive()).toEqual([]);
});
