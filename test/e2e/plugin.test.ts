/** The plugin on a user's own worker: what is theirs stays theirs, what they add works, and what cannot work is said. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { workflowIdOf } from '../../contract/names.js';
import type { Plan, PlanResource, ProvisionResult } from '../../contract/plan.js';
import type { ConnectionConfigs } from '../../worker/config/connections.js';
import { ProvisionerPlugin } from '../../worker/plugin.js';
import { failureOf, outcomeOf } from '../support/closing.js';
import { OWN_KEY, startOwnCloud } from '../support/own-cloud.js';
import { acme, acmeLocker } from '../support/own-kind.js';
import { aiWorkspace, fabric } from '../support/resources.js';
import { logged, useRig } from '../support/rig.js';

const ownCloud = await startOwnCloud();
let further: ConnectionConfigs = {};

const rig = useRig({
  kinds: [acmeLocker],
  providers: [acme],
  connections: (described) => ({
    ...described,
    lockers: {
      provider: 'acme',
      endpoint: ownCloud.endpoint,
      simulator: true,
      lateCommitWindow: '1s',
      credentials: { key: () => OWN_KEY },
    },
    ...further,
  }),
});

let native: NativeConnection;

beforeAll(async () => {
  native = await NativeConnection.connect({ address: inject('temporalAddress') });
});

afterAll(async () => {
  await native.close();
  await ownCloud.close();
});

function locker(name: string, more: Partial<PlanResource> = {}): PlanResource {
  return { kind: acmeLocker.name, connection: 'lockers', spec: { name }, ...more };
}

/** A user's worker, with what the test is about. */
function createWorker(plugin: ProvisionerPlugin, more: Partial<WorkerOptions> = {}): Promise<Worker> {
  return Worker.create({
    connection: native,
    taskQueue: `${rig.taskQueue}-${randomUUID().slice(0, 8)}`,
    workflowBundle: { codePath: inject('workflowBundlePath') },
    plugins: [plugin],
    ...more,
  });
}

const pluginOf = (searchAttributes = true) =>
  new ProvisionerPlugin({ connections: rig.connections, kinds: [acmeLocker], providers: [acme], searchAttributes });

/** A namespace that nobody has set up, once the server's caches know it. */
async function freshNamespace(): Promise<Client> {
  const namespace = `bare-${randomUUID().slice(0, 8)}`;
  const connection = await Connection.connect({ address: inject('temporalAddress') });
  const day = { seconds: 86_400 as never };
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: day });
  for (;;) {
    try {
      await connection.workflowService.countWorkflowExecutions({ namespace });
      await connection.operatorService.listSearchAttributes({ namespace });
      return new Client({ connection, namespace });
    } catch {
      await sleep(200);
    }
  }
}

test("a user's workflow and activity work on the worker that provisions", async () => {
  const workflowId = `greet-${rig.planName()}`;
  rig.track(workflowId);
  const greeting = rig.client.workflow.execute('greet', { taskQueue: rig.taskQueue, workflowId, args: ['Ada'] });
  const run = await rig.start({ name: rig.planName(), resources: { fabric: fabric() } });
  expect(await greeting).toBe('Hello, Ada');
  expect(await outcomeOf(run)).toBe('Provisioned');
});

test("a user's workflowsPath is the one that is bundled", async () => {
  const taskQueue = `${rig.taskQueue}-path`;
  const worker = await createWorker(pluginOf(), {
    taskQueue,
    workflowBundle: undefined as never,
    workflowsPath: fileURLToPath(new URL('../support/workflows.ts', import.meta.url)),
    activities: { greeting: async (name: string) => `Good morning, ${name}` },
  });
  const workflowId = `greet-${rig.planName()}`;
  const greeting = await worker.runUntil(
    rig.client.workflow.execute('greet', { taskQueue, workflowId, args: ['Grace'] }),
  );
  expect(greeting).toBe('Good morning, Grace');
});

test("a kind of the user's own cloud is provisioned beside ours, and its outputs can be referred to", async () => {
  const run = await rig.start({
    name: rig.planName(),
    resources: {
      box: locker('box'),
      ai: aiWorkspace('beside-box', { dependsOn: ['box'] }),
      copy: locker('copy', { spec: { name: 'copy', note: { $ref: 'box.id' } } }),
    },
  });
  const result = await run.result();
  expect(result.box).toEqual({ id: expect.any(String), door: expect.any(Number) });
  const [box, copy] = [...ownCloud.lockers.values()];
  expect([box?.id, copy?.id]).toEqual([result.box?.id, result.copy?.id]);
  expect(copy?.note).toMatch(new RegExp(`^${box?.id} \\[temporal-provisioner ns=default `));
  expect(rig.alive()).toEqual(['beside-box']);
  ownCloud.lockers.clear();
});

test("a kind of the user's own cloud is rolled back with ours", async () => {
  const run = await rig.start({
    name: rig.planName(),
    resources: {
      box: locker('box'),
      ai: aiWorkspace('gone-ai'),
      no: locker('forbidden', { dependsOn: ['box', 'ai'] }),
    },
  });
  const failure = await failureOf(run);
  expect(failure.cause).toMatchObject({ type: 'AccessDenied', details: [{ provider: 'acme', status: 403 }] });
  expect([...ownCloud.lockers.values()]).toEqual([]);
  expect(rig.alive()).toEqual([]);
});

test("a spec that the user's own schema refuses is InvalidPlan with its path", async () => {
  const run = await rig.start({ name: rig.planName(), resources: { box: locker('box', { spec: { nam: 'box' } }) } });
  const { type, details } = await failureOf(run);
  expect(type).toBe('InvalidPlan');
  expect((details as [{ path: string }[]])[0].map(({ path }) => path)).toContain('resources.box.spec.nam');
});

test('one plugin for two workers is refused', async () => {
  const plugin = pluginOf();
  const first = await createWorker(plugin);
  await expect(createWorker(plugin)).rejects.toThrow('One ProvisionerPlugin serves one worker');
  await first.runUntil(Promise.resolve());
});

test('a worker that is shut down as soon as it runs ends, with its connection workers', async () => {
  const worker = await createWorker(pluginOf());
  const ended = worker.run();
  expect(worker.getState()).toBe('RUNNING');
  worker.shutdown();
  await ended;
  expect(worker.getState()).toBe('STOPPED');
});

test('a namespace without our search attributes ends the worker with the command that creates them', async () => {
  const { connection, options } = await freshNamespace();
  const own = await NativeConnection.connect({ address: inject('temporalAddress') });
  const worker = await createWorker(pluginOf(), { namespace: options.namespace, connection: own });
  await expect(worker.run()).rejects.toThrow(/lacks the search attributes .*ProvisionerPlan.*`provisioner setup`/);
  // Nothing of the worker is left that holds it.
  await own.close();
  await connection.close();
});

test('a namespace without our search attributes will do where they are turned off', async () => {
  const bare = await freshNamespace();
  const taskQueue = `${rig.taskQueue}-bare`;
  const worker = await createWorker(pluginOf(false), { namespace: bare.options.namespace, taskQueue });
  const plan: Plan = { name: rig.planName(), resources: { fabric: fabric('bare-ws') } };
  const workflowId = workflowIdOf(plan.name);
  const start = { taskQueue, workflowId, args: [plan] as [Plan] };
  await worker.runUntil(async () => {
    const result = await bare.workflow.execute<(plan: Plan) => Promise<ProvisionResult>>('provision', start);
    expect(typeof result.fabric?.id).toBe('string');
    rig.simulator.setFaults({ operation: 'CreateWorkspace', do: 'refuse', status: 400 });
    const refused = await bare.workflow.start('provision', { ...start, workflowId: `${workflowId}-again` });
    expect(await outcomeOf(refused)).toBe('RolledBack');
    const invalid = await bare.workflow.start('provision', { ...start, workflowId: `${workflowId}-x`, args: [{}] });
    expect(await outcomeOf(invalid)).toBe('InvalidPlan');
  });
  await bare.connection.close();
});

test('two workers of one queue with other connections are told as an error', async () => {
  const told = () =>
    logged.filter(({ level, message }) => level === 'ERROR' && /configure all of them alike/.test(message));
  rig.simulator.setFaults({ operation: 'CreateWorkspace', do: 'throttle', nth: 1, retryAfterMs: 2000 });
  const called = rig.nextCall('CreateWorkspace');
  const run = await rig.start({ name: rig.planName(), resources: { fabric: fabric('alike-ws') } });
  await called;
  await rig.stopWorker();
  expect(told()).toEqual([]);
  further = { spare: { ...(rig.connections.huawei as ConnectionConfigs[string]) } };
  await rig.startWorker();
  expect(await outcomeOf(run)).toBe('Provisioned');
  expect(told().length).toBeGreaterThan(0);
  further = {};
  await rig.stopWorker();
  await rig.startWorker();
});
