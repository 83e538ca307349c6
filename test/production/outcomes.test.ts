/** Every outcome on a real server with PostgreSQL, on two workers that share the queues: told by the client, the clouds and visibility. */
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterEach, beforeAll, expect, inject, test } from 'vitest';
import { failureOf } from '../support/closing.js';
import { stepsHit } from '../support/mixed-sagas.js';
import { aiWorkspace, fabric, studio, workflow } from '../support/resources.js';
import { endWorkerProcess } from '../support/worker-process.js';
import { useTopology } from './topology.js';

const topology = useTopology();
const REFUSED_FLOW = { operation: 'CreateWorkflowDefinition', do: 'refuse', status: 400 } as const;

beforeAll(async () => {
  await topology.startWorker();
  await topology.startWorker();
});
afterEach(async () => {
  await topology.checkStarted();
  await topology.simulator.clearFaults();
});

function planOf(name = topology.planName()) {
  const workspaces = { studio: studio(`${name.replace('-', '_')}_studio`), ai: aiWorkspace(`${name}-ai`) };
  const flow = workflow(`${name.replace('-', '_')}_flow`, { dependsOn: ['studio', 'ai'] });
  return { name, resources: { ...workspaces, flow } };
}

/** Visibility learns of a close a moment later. */
async function untilListed(query: string, count = 1): Promise<void> {
  await expect.poll(() => topology.count(query), { timeout: 30_000 }).toBe(count);
}

test('setup on an empty cluster creates the namespace and its search attributes, and again creates nothing', async () => {
  expect(topology.setUp.stdout).toContain('Created namespace production.');
  expect(topology.setUp.stdout).toMatch(/Created in namespace production: .*ProvisionerOutcome/);
  const again = await topology.cli(['setup', '--create-namespace', '--json']);
  expect(JSON.parse(again.stdout)).toEqual({ namespace: 'production', namespaceCreated: false, created: [] });
});

test('the flagship plan is provisioned from the command line, then deprovisioned until nothing is alive', async () => {
  const provisioned = await topology.cli(['provision', 'examples/flagship.yaml', '--json']);
  expect(provisioned.code, provisioned.stdout + provisioned.stderr).toBe(0);
  expect(await topology.alive()).toEqual(['sales-ai', 'sales-fabric', 'sales_daily', 'sales_studio']);
  await untilListed("ProvisionerPlan = 'flagship' AND ProvisionerOutcome = 'Provisioned'");
  const verified = await topology.cli(['verify', 'flagship']);
  expect(verified.code, verified.stdout).toBe(0);
  const gone = await topology.cli(['deprovision', 'flagship', '--why', 'test']);
  expect(gone.code, gone.stdout + gone.stderr).toBe(0);
  expect(await topology.alive()).toEqual([]);
});

test('a refused create rolls back on the real server and leaves nothing alive', async () => {
  await topology.simulator.setFaults([REFUSED_FLOW]);
  const plan = planOf();
  const run = await topology.start(plan);
  expect(await failureOf(run)).toMatchObject({ type: 'RolledBack', cause: { type: 'InvalidRequest' } });
  expect(await topology.alive()).toEqual([]);
  await untilListed(`ProvisionerPlan = '${plan.name}' AND ProvisionerOutcome = 'RolledBack'`);
});

test('a cancel during a create closes as Cancelled once nothing is alive', async () => {
  await topology.simulator.setFaults([{ operation: 'CreateManagerWorkSpace', do: 'slow', ms: 3_000 }]);
  const called = await topology.simulator.calls('CreateManagerWorkSpace');
  const plan = planOf();
  const run = await topology.start(plan);
  await topology.untilCalled('CreateManagerWorkSpace', called);
  await run.cancel();
  expect(await topology.outcomeOf(run)).toBe('Cancelled');
  expect(await topology.alive()).toEqual([]);
  await untilListed(`ProvisionerPlan = '${plan.name}' AND ExecutionStatus = 'Canceled'`);
});

test('a plan that is not valid is not started: no cloud is called', async () => {
  const before = (await topology.simulator.state()).requests;
  const run = await topology.start({ name: topology.planName(), resources: { a: { kind: 'no.such.kind' } } });
  expect(await failureOf(run)).toMatchObject({ type: 'InvalidPlan' });
  expect((await topology.simulator.state()).requests).toEqual(before);
});

test('a plan on a worker without the plugin is not started either, and says Misconfigured', async () => {
  const { address } = topology.server;
  const connection = await NativeConnection.connect({ address });
  const { namespace } = topology.client.options;
  const workflowBundle = { codePath: inject('workflowBundlePath') };
  const worker = await Worker.create({ connection, namespace, workflowBundle, taskQueue: 'without-plugin' });
  const running = worker.run();
  try {
    const args = [{ ...planOf(), name: 'without-plugin' }];
    const options = { taskQueue: 'without-plugin', workflowId: 'without-plugin', args };
    expect(await failureOf(await topology.client.workflow.start('provision', options))).toMatchObject({
      type: 'Misconfigured',
    });
  } finally {
    worker.shutdown();
    await running;
    await connection.close();
  }
});

test('an undo that cannot go on keeps its plan open and listed, until an operator abandons it', async () => {
  await topology.simulator.setFaults([REFUSED_FLOW, { operation: 'DeleteWorkspace', do: 'refuse', status: 403 }]);
  const name = topology.planName();
  const run = await topology.start({
    name,
    resources: { base: fabric('kept-ws'), flow: workflow('refused_flow', { dependsOn: ['base'] }) },
  });
  await topology.until(run, ({ steps }) => steps.base?.attention !== undefined);
  await untilListed(`ProvisionerPlan = '${name}' AND ProvisionerAttention = true AND ExecutionStatus = 'Running'`);
  expect((await topology.cli(['list', '--attention'])).stdout).toContain(name);
  const words = ['--confirm', 'kept-ws', '--why', 'kept for the audit', '--by', 'ann', '--wait'];
  const abandoned = await topology.cli(['abandon', name, 'base', ...words]);
  expect(abandoned.code, abandoned.stdout + abandoned.stderr).toBe(3);
  expect(await topology.outcomeOf(run)).toBe('Abandoned');
  expect(await topology.alive()).toEqual(['kept-ws']);
});

test('sagas of a worker that is killed go on with the other and leave alive just what they said', async () => {
  const third = await topology.startWorker();
  await topology.simulator.setFaults([{ operation: 'CreateManagerWorkSpace', do: 'slow', ms: 8_000 }]);
  const plans = Array.from({ length: 30 }, () => planOf());
  const before = await topology.alive();
  const runs = await Promise.all(plans.map((plan) => topology.start(plan)));
  await topology.untilHeldBy(third, runs);
  await endWorkerProcess(third);
  expect(await Promise.all(runs.map((run) => topology.outcomeOf(run)))).toEqual(plans.map(() => 'Provisioned'));
  expect(
    await stepsHit(
      topology,
      plans.map((plan) => ({ plan })),
    ),
    'steps that the kill met',
  ).toBeGreaterThan(0);
  expect((await topology.alive()).length).toBe(before.length + 3 * plans.length);
});
