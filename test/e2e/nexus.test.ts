/** The Nexus service, called from workflows of a second namespace, which know nothing of ours but the service. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { type ApplicationFailure, CancelledFailure, NexusOperationFailure } from '@temporalio/common';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import { HandlerError, serviceHandler } from 'nexus-rpc';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Ledger } from '../../contract/ledger.js';
import { deprovisionIdOf, workflowIdOf } from '../../contract/names.js';
import type { PlanStatus, provisionerService } from '../../contract/nexus-service.js';
import type { Plan, ProvisionResult } from '../../contract/plan.js';
import { ensureNexusEndpoint } from '../../worker/nexus/ensure-endpoint.js';
import { ProvisionerPlugin } from '../../worker/plugin.js';
import { runCli } from '../cli-process.js';
import { failureOf } from '../support/closing.js';
import { greeter } from '../support/nexus-caller.js';
import { aiWorkspace, fabric } from '../support/resources.js';
import { useRig } from '../support/rig.js';

const greeting = serviceHandler(greeter, { greet: async (_context, name) => `Good day, ${name}` });
const rig = useRig({ nexusServices: [greeting] });

const namespace = `caller-${randomUUID().slice(0, 8)}`;
const endpoint = `provisioner-${namespace}`;
let connection: Connection;
let native: NativeConnection;
let caller: Client;
let worker: Worker;
let running: Promise<void>;

beforeAll(async () => {
  const address = inject('temporalAddress');
  [connection, native] = await Promise.all([Connection.connect({ address }), NativeConnection.connect({ address })]);
  const day = { seconds: 86_400 as never };
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: day });
  await ensureNexusEndpoint(connection, endpoint, { namespace: 'default', taskQueue: rig.taskQueue });
  caller = new Client({ connection, namespace });
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../support/nexus-caller.ts', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  });
  while (!(await isKnown())) await sleep(100);
  worker = await Worker.create({ connection: native, namespace, taskQueue: 'callers', workflowBundle });
  running = worker.run();
});

afterAll(async () => {
  worker.shutdown();
  await running;
  await Promise.all([connection.close(), native.close()]);
});

/** The server's caches learn of a namespace a moment after it was registered. */
async function isKnown(): Promise<boolean> {
  try {
    await connection.workflowService.describeTaskQueue({ namespace, taskQueue: { name: 'callers' } });
    return true;
  } catch {
    return false;
  }
}

type Operation = keyof typeof provisionerService.operations;

async function start(operation: Operation, input: unknown): Promise<WorkflowHandle> {
  const workflowId = `call-${randomUUID()}`;
  return await caller.workflow.start('call', { workflowId, taskQueue: 'callers', args: [endpoint, operation, input] });
}

async function call<Result>(operation: Operation, input: unknown): Promise<Result> {
  return (await (await start(operation, input)).result()) as Result;
}

/** What the operation failed with, as its caller sees it. */
async function causeOf(run: WorkflowHandle): Promise<Error> {
  const failure: unknown = await failureOf(run);
  if (!(failure instanceof NexusOperationFailure)) throw failure;
  return failure.cause as Error;
}

/** A refusal, with the failure that tells a program why. */
async function refusalOf(
  operation: Operation,
  input: unknown,
): Promise<{ error: HandlerError; why: ApplicationFailure }> {
  const error = await causeOf(await start(operation, input));
  if (!(error instanceof HandlerError)) throw error;
  return { error, why: error.cause as ApplicationFailure };
}

/** An AI workspace, then a Fabric workspace. */
function planOf(more: Partial<Plan> = {}): Plan {
  const name = rig.planName();
  rig.track(workflowIdOf(name));
  return { name, resources: { ai: aiWorkspace(), fabric: fabric('fabric-ws', { dependsOn: ['ai'] }) }, ...more };
}

/** From visibility, which is a moment behind: asked until it knows of the run. */
async function runsOf(workflowId: string): Promise<number> {
  for (;;) {
    const { count } = await rig.client.workflow.count(`WorkflowId = "${workflowId}"`);
    if (count > 0) return count;
    await sleep(50);
  }
}

const slowFabric = () => rig.simulator.setFaults({ operation: 'CreateWorkspace', do: 'slow', ms: 2_000 });

describe('provision', () => {
  it('of a sound plan answers every step’s outputs, and the same again at once', async () => {
    const plan = planOf();
    const result = await call<ProvisionResult>('provision', plan);
    expect(Object.keys(result)).toEqual(['ai', 'fabric']);
    expect(rig.alive()).toEqual(['ai-ws', 'fabric-ws']);
    const asked = rig.simulator.state().requests;
    expect(await call('provision', plan)).toEqual(result);
    expect(rig.simulator.state().requests).toEqual(asked);
  });

  it('of the same plan twice at once makes one run, and both callers get its result', async () => {
    slowFabric();
    const plan = planOf();
    const called = rig.nextCall('CreateWorkspace');
    const first = await start('provision', plan);
    await called;
    const second = await start('provision', plan);
    expect(await second.result()).toEqual(await first.result());
    expect(await runsOf(workflowIdOf(plan.name))).toBe(1);
  });

  it('of an invalid plan is refused with every problem, and nothing is started', async () => {
    const name = rig.planName();
    const bad = fabric('x', { spec: { nam: 'x' } });
    const stranger = { ...aiWorkspace(), connection: 'nowhere' };
    const { error, why } = await refusalOf('provision', { name, resources: { bad, stranger } });
    expect(error).toMatchObject({ type: 'BAD_REQUEST', retryable: false });
    expect(why).toMatchObject({ type: 'InvalidPlan', nonRetryable: true });
    const [problems] = why.details as [{ path: string }[]];
    expect(problems.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['resources.bad.spec.nam', 'resources.stranger.connection']),
    );
    await expect(rig.client.workflow.getHandle(workflowIdOf(name)).describe()).rejects.toThrow(/not found/i);
  });

  it('of a managed plan is refused, since its run stays open', async () => {
    const name = rig.planName();
    const { why } = await refusalOf('provision', { name, resources: { ai: aiWorkspace() }, managed: true });
    expect(why.details).toEqual([[{ path: 'managed', message: expect.stringContaining('stays open') }]]);
  });

  it('of another plan under a taken name is refused, and leaves what runs alone', async () => {
    slowFabric();
    const plan = planOf();
    const called = rig.nextCall('CreateWorkspace');
    const first = await start('provision', plan);
    await called;
    const other = { ...plan, resources: { other: aiWorkspace('other') } };
    const { error, why } = await refusalOf('provision', other);
    expect(error).toMatchObject({ type: 'CONFLICT', retryable: false });
    expect(why).toMatchObject({ type: 'PlanConflict', details: [{ workflowId: workflowIdOf(plan.name) }] });
    expect(why.message).toMatch(/A different plan named .* is running\. Give this plan another name/);
    await first.result();
    const { events } = await rig.client.workflow.getHandle(workflowIdOf(plan.name)).fetchHistory();
    expect(events?.filter((event) => event.workflowExecutionOptionsUpdatedEventAttributes)).toEqual([]);
  });

  it('that is rolled back fails with the typed failure, its ledger and the provider’s evidence', async () => {
    rig.simulator.setFaults({ operation: 'CreateWorkspace', do: 'refuse' });
    const cause = (await causeOf(await start('provision', planOf()))) as ApplicationFailure;
    expect(cause).toMatchObject({ type: 'RolledBack', details: [{ outcome: 'RolledBack' }] });
    const [ledger] = cause.details as [Ledger];
    expect(ledger.steps).toMatchObject({ ai: { state: 'deleted' }, fabric: { state: 'refused' } });
    const evidence = cause.cause as ApplicationFailure;
    expect(evidence).toMatchObject({ details: [{ provider: 'huawei', requestId: expect.any(String) }] });
    expect(rig.alive()).toEqual([]);
  });

  it('that its caller cancels is cancelled once everything is rolled back', async () => {
    slowFabric();
    const plan = planOf();
    const called = rig.nextCall('CreateWorkspace');
    const run = await start('provision', plan);
    await called;
    await run.cancel();
    expect(await failureOf(run)).toBeInstanceOf(CancelledFailure);
    expect(rig.alive()).toEqual([]);
    const status = await call<PlanStatus>('status', { plan: plan.name });
    expect(status.outcome).toBe('Cancelled');
    expect(status.ledger.steps.ai?.state).toBe('deleted');
  });
});

describe('deprovision', () => {
  const said = { by: 'ada', why: 'the quarter is over' };

  async function provisioned(more: Partial<Plan> = {}): Promise<Plan> {
    const plan = planOf(more);
    await call('provision', plan);
    return plan;
  }

  it('of a provisioned plan deletes it and answers the ledger, and the same again at once', async () => {
    const plan = await provisioned();
    rig.track(deprovisionIdOf(plan.name));
    const ledger = await call<Ledger>('deprovision', { plan: plan.name, ...said });
    expect(ledger).toMatchObject({ outcome: 'Deprovisioned', steps: { ai: { state: 'deleted' } } });
    expect(rig.alive()).toEqual([]);
    expect(await call('deprovision', { plan: plan.name, ...said })).toEqual(ledger);
    expect(await runsOf(deprovisionIdOf(plan.name))).toBe(1);
    expect(await call('status', { plan: plan.name })).toMatchObject({ outcome: 'Provisioned', deprovisioned: true });
  });

  it('that is under way is joined by whoever asks for the same, and refused to whoever asks for another', async () => {
    const plan = await provisioned();
    rig.track(deprovisionIdOf(plan.name));
    rig.simulator.setFaults({ operation: 'aiworkspaces/delete', do: 'slow', ms: 2_000 });
    const called = rig.nextCall('aiworkspaces/delete');
    const first = await start('deprovision', { plan: plan.name, ...said });
    await called;
    const second = await start('deprovision', { plan: plan.name, by: 'bob', why: 'me too' });
    const { error } = await refusalOf('deprovision', { plan: plan.name, ...said, includeProtected: true });
    expect(error.type).toBe('CONFLICT');
    expect(await second.result()).toEqual(await first.result());
    // Nobody was kept waiting in a handler, which has ten seconds: the run told both at its end.
    const { raw } = await rig.client.workflow.getHandle(deprovisionIdOf(plan.name)).describe();
    expect(raw.callbacks).toHaveLength(2);
  });

  it('that its caller cancels goes on to its end, as any deprovisioning does', async () => {
    const plan = await provisioned();
    rig.track(deprovisionIdOf(plan.name));
    rig.simulator.setFaults({ operation: 'aiworkspaces/delete', do: 'slow', ms: 2_000 });
    const called = rig.nextCall('aiworkspaces/delete');
    const run = await start('deprovision', { plan: plan.name, ...said });
    await called;
    await run.cancel();
    expect(await run.result()).toMatchObject({ outcome: 'Deprovisioned', steps: { ai: { state: 'deleted' } } });
    expect(rig.alive()).toEqual([]);
  });

  it('of what is protected fails with every problem, in the failure of its run', async () => {
    const plan = await provisioned({ resources: { ai: aiWorkspace('kept-ai', { protect: true }) } });
    rig.track(deprovisionIdOf(plan.name));
    const cause = (await causeOf(await start('deprovision', { plan: plan.name, ...said }))) as ApplicationFailure;
    expect(cause.type).toBe('InvalidRequest');
    expect(rig.alive()).toEqual(['kept-ai']);
  });

  it('of a managed plan that is open is refused, and changes nothing', async () => {
    const plan = planOf({ managed: true });
    const run = await rig.start(plan);
    await rig.until(run, ({ outcome }) => outcome === 'Provisioned');
    const { why } = await refusalOf('deprovision', { plan: plan.name, ...said });
    expect(why).toMatchObject({ type: 'InvalidRequest', details: [[{ path: 'plan' }]] });
    expect(rig.alive()).toEqual(['ai-ws', 'fabric-ws']);
    expect(await call('status', { plan: plan.name })).toMatchObject({ outcome: 'Provisioned' });
    await run.cancel();
    await run.result().catch(() => undefined);
  });

  it('without a reason is refused with every problem before anything starts', async () => {
    const { error, why } = await refusalOf('deprovision', { plan: 'never-was' });
    expect(error.type).toBe('BAD_REQUEST');
    const [problems] = why.details as [{ path: string }[]];
    expect(problems.map(({ path }) => path)).toEqual(['by', 'why']);
  });
});

describe('status', () => {
  it('of a plan that is under way tells its run and its ledger', async () => {
    slowFabric();
    const plan = planOf();
    const called = rig.nextCall('CreateWorkspace');
    const run = await start('provision', plan);
    await called;
    const { workflowId, outcome, ledger } = await call<PlanStatus>('status', { plan: plan.name });
    expect([workflowId, outcome]).toEqual([workflowIdOf(plan.name), undefined]);
    expect(ledger.steps).toMatchObject({ ai: { state: 'live' }, fabric: { state: 'creating' } });
    await run.result();
  });

  it('of a plan that never was is refused as not found', async () => {
    const { error, why } = await refusalOf('status', { plan: 'never-was' });
    expect(error).toMatchObject({ type: 'NOT_FOUND', retryable: false });
    expect(why.type).toBe('NotFound');
  });

  it('that names no plan is refused with what would be right', async () => {
    const { why } = await refusalOf('status', {});
    expect(why.details).toEqual([[{ path: 'plan', message: 'must be the name of a plan' }]]);
  });
});

describe('the example of a caller', () => {
  const train = (plan: Plan) =>
    caller.workflow.start('train', { workflowId: `train-${plan.name}`, taskQueue: 'callers', args: [plan, endpoint] });

  it('has its plan provisioned, uses it, and gives it up again', async () => {
    const plan = planOf();
    rig.track(deprovisionIdOf(plan.name));
    expect(await (await train(plan)).result()).toMatch(/^trained on \S+$/);
    expect(rig.alive()).toEqual([]);
  });

  it('tells which step failed and the provider’s request, or every problem of a plan that is refused', async () => {
    rig.simulator.setFaults({ operation: 'CreateWorkspace', do: 'refuse' });
    const failed = await failureOf(await train(planOf()));
    expect(failed.message).toMatch(/^fabric: InvalidRequest, request [0-9a-f]{32}$/);
    const invalid = { name: rig.planName(), resources: { ai: { ...aiWorkspace(), spec: {} } } };
    expect((await failureOf(await train(invalid))).message).toMatch(/^resources\.ai\.spec\.name: required/);
  });
});

describe('beside what a user has', () => {
  it('a service of the user’s own answers on the same worker', async () => {
    const workflowId = `greet-${randomUUID()}`;
    const start = { workflowId, taskQueue: 'callers', args: [endpoint, 'Ada'] };
    expect(await caller.workflow.execute('callGreeter', start)).toBe('Good day, Ada');
  });

  it('a service of the same name is refused with what helps, and ours can be left out', () => {
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

  it('an endpoint is made once, and one that leads elsewhere is not taken over', async () => {
    const here = { namespace: 'default', taskQueue: rig.taskQueue };
    expect(await ensureNexusEndpoint(connection, endpoint, here)).toBe(false);
    const elsewhere = ensureNexusEndpoint(connection, endpoint, { ...here, taskQueue: 'another' });
    await expect(elsewhere).rejects.toThrow(`The Nexus endpoint ${endpoint} leads elsewhere`);
  });

  it('setup makes an endpoint that leads to the queue, tells what is there, and refuses what is no name', async () => {
    const setup = (name: string, ...more: string[]) =>
      runCli(['setup', '--address', inject('temporalAddress'), '--nexus-endpoint', name, ...more]);
    const name = `cli-${namespace}`;
    const made = await setup(name, '--task-queue', rig.taskQueue, '--json');
    expect(JSON.parse(made.stdout)).toMatchObject({
      nexusEndpoint: { name, created: true, namespace: 'default', taskQueue: rig.taskQueue },
    });
    expect((await setup(name, '--task-queue', rig.taskQueue)).stdout).toMatch(/There is a Nexus endpoint/);
    expect(await setup(name, '--task-queue', 'another')).toMatchObject({ code: 2 });
    expect(await setup('no name')).toMatchObject({ code: 2 });
  });
});
