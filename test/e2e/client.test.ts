/** ProvisionerClient against server, worker and simulator: idempotent starts, conflicts, ledgers that need no worker. */
import { describe, expect, it } from 'vitest';
import {
  InvalidPlanError,
  PlanConflictError,
  ProvisionerClient,
  ProvisionFailedError,
  type ProvisionHandle,
  ProvisionNotFoundError,
} from '../../client/index.js';
import { workflowIdOf } from '../../contract/names.js';
import type { Plan } from '../../contract/plan.js';
import { aiWorkspace, fabric } from '../support/resources.js';
import { useRig } from '../support/rig.js';

const rig = useRig();

/** An AI workspace, then a Fabric workspace. */
function planOf(name = rig.planName(), more: Record<string, string> = {}): Plan {
  const b = fabric('fabric-ws', { dependsOn: ['a'] });
  return { name, resources: { a: aiWorkspace(), b: { ...b, spec: { ...b.spec, ...more } } } };
}

function provisioner(): ProvisionerClient {
  return new ProvisionerClient({ client: rig.client, taskQueue: rig.taskQueue });
}

/** Starts it and has its history replayed at the end, like every run of these tests. */
async function provision(plan: Plan): Promise<ProvisionHandle> {
  const handle = await provisioner().provision(plan);
  rig.track(handle.workflowId);
  return handle;
}

async function failureOf(handle: ProvisionHandle): Promise<ProvisionFailedError> {
  try {
    await handle.result();
  } catch (error) {
    if (error instanceof ProvisionFailedError) return error;
    throw error;
  }
  throw new Error('It was provisioned.');
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
}

const slowFabric = (ms: number) => rig.simulator.setFaults({ operation: 'CreateWorkspace', do: 'slow', ms });
const refuseFabric = () => rig.simulator.setFaults({ operation: 'CreateWorkspace', do: 'refuse' });

describe('provision', () => {
  it('returns every step’s outputs, and the same again for a plan that is already provisioned', async () => {
    const plan = planOf();
    const first = await provision(plan);
    const result = await first.result();
    expect(Object.keys(result)).toEqual(['a', 'b']);
    const made = rig.simulator.state().requests;
    const again = await provision({ resources: plan.resources, name: plan.name });
    expect(again.runId).toBe(first.runId);
    expect(await again.result()).toEqual(result);
    expect(await again.outcome()).toBe('Provisioned');
    expect(rig.simulator.state().requests).toEqual(made);
  });

  it('of a running plan attaches to it, and a second run is not started', async () => {
    slowFabric(1_500);
    const plan = planOf();
    const first = await provision(plan);
    const second = await provision(plan);
    expect(second.runId).toBe(first.runId);
    expect(await second.outcome()).toBeUndefined();
    expect(await second.result()).toEqual(await first.result());
  });

  it('of another plan under a taken name is refused with what to do, running or provisioned', async () => {
    slowFabric(1_500);
    const plan = planOf();
    const other = planOf(plan.name, { description: 'another one' });
    const handle = await provision(plan);
    await expect(provision(other)).rejects.toThrow(/is running.*another name.*cancel it/);
    await handle.result();
    const refused = provision(other);
    await expect(refused).rejects.toBeInstanceOf(PlanConflictError);
    await expect(refused).rejects.toThrow(/already provisioned.*another name/);
    expect(await (await provisioner().get(plan.name)).outcome()).toBe('Provisioned');
  });

  it('attaches to a plan that a plain Temporal client started, comparing with its input', async () => {
    const plan = planOf();
    const foreign = await rig.start(plan);
    const result = await foreign.result();
    expect(await (await provision(plan)).result()).toEqual(result);
    await expect(provision(planOf(plan.name, { description: 'x' }))).rejects.toBeInstanceOf(PlanConflictError);
  });

  it('is refused when the workflow id belongs to a workflow of another type', async () => {
    const plan = planOf();
    const workflowId = workflowIdOf(plan.name);
    const stranger = await rig.client.workflow.start('stranger', { workflowId, taskQueue: 'nobody' });
    await expect(provisioner().provision(plan)).rejects.toThrow(/another type/);
    await expect(provisioner().get(plan.name)).rejects.toBeInstanceOf(PlanConflictError);
    await stranger.terminate();
  });

  it('of a plan with wrong structure names every problem and starts nothing', async () => {
    const wrong = { name: 'wrong-plan', resources: { a: { kind: '', spec: [] } }, extra: 'hunter2' } as unknown as Plan;
    const error = await provisioner()
      .provision(wrong)
      .catch((thrown: unknown) => thrown as InvalidPlanError);
    expect(error).toBeInstanceOf(InvalidPlanError);
    expect((error as InvalidPlanError).problems.length).toBeGreaterThan(2);
    expect((error as InvalidPlanError).message).not.toContain('hunter2');
    await expect(provisioner().get('wrong-plan')).rejects.toBeInstanceOf(ProvisionNotFoundError);
  });

  it('of a plan that only the worker can refuse fails as NotStarted with all problems', async () => {
    const { name, resources } = planOf();
    const nobody = Object.entries(resources).map(([key, each]) => [key, { ...each, connection: 'nobody' }] as const);
    const handle = await provision({ name, resources: Object.fromEntries(nobody) });
    const error = await failureOf(handle);
    expect(error.outcome).toBe('NotStarted');
    expect(error.problems.map(({ path }) => path)).toEqual(['resources.a.connection', 'resources.b.connection']);
    expect(error.ledger?.steps.a?.state).toBe('planned');
    expect(await handle.outcome()).toBe('NotStarted');
  });

  it('that fails is rolled back, and the error holds ledger and the provider’s evidence', async () => {
    refuseFabric();
    const handle = await provision(planOf());
    const error = await failureOf(handle);
    expect(error.outcome).toBe('RolledBack');
    expect(error.ledger).toMatchObject({
      outcome: 'RolledBack',
      steps: { a: { state: 'deleted' }, b: { state: 'refused' } },
    });
    expect(error.facts).toMatchObject({ provider: 'huawei', operation: 'CreateWorkspace' });
    expect(error.facts?.requestId).toBeTruthy();
    expect(await handle.outcome()).toBe('RolledBack');
    expect((await handle.findLedger())?.source).toBe('failure');
    expect(rig.alive()).toEqual([]);
  });

  it('after a rollback starts the same name anew, and the old handle still shows the old run', async () => {
    refuseFabric();
    const plan = planOf();
    const old = await provision(plan);
    await failureOf(old);
    rig.simulator.clearFaults();
    const fresh = await provision(plan);
    await fresh.result();
    expect(fresh.runId).not.toBe(old.runId);
    expect(await old.outcome()).toBe('RolledBack');
    expect(await fresh.outcome()).toBe('Provisioned');
  });
});

describe('cancel', () => {
  it('rolls back, and the ledger is in the memo for whoever looks later', async () => {
    slowFabric(2_000);
    const handle = await provision(planOf());
    await until(async () => (await handle.ledger()).steps.b?.state === 'creating');
    await handle.cancel();
    const error = await failureOf(handle);
    expect(error.outcome).toBe('Cancelled');
    expect(await handle.outcome()).toBe('Cancelled');
    const reading = await handle.findLedger();
    expect(reading?.source).toBe('memo');
    expect(reading?.ledger.steps).toMatchObject({ a: { state: 'deleted' }, b: { state: 'deleted' } });
    expect(rig.alive()).toEqual([]);
  });
});

describe('with no worker alive', () => {
  it('a running plan’s ledger is rebuilt from its history', async () => {
    rig.simulator.setFaults({ operation: 'aiworkspaces/create', do: 'slow', ms: 1_000 });
    const called = rig.nextCall('aiworkspaces/create');
    const handle = await provision(planOf());
    await called;
    await rig.stopWorker();
    const reading = await handle.findLedger();
    expect(reading?.source).toBe('history');
    expect(reading?.ledger.steps).toMatchObject({ a: { state: 'live' }, b: { state: 'planned' } });
    expect(await handle.outcome()).toBeUndefined();
    await rig.startWorker();
    expect((await handle.result()).a?.id).toBe(reading?.ledger.steps.a?.id);
  });

  it('a provisioned plan’s result and ledger are still there, requests’ ids included', async () => {
    const handle = await provision(planOf());
    const result = await handle.result();
    const live = await handle.findLedger();
    await rig.stopWorker();
    const stored = await handle.findLedger();
    await rig.startWorker();
    expect([live?.source, stored?.source]).toEqual(['query', 'history']);
    expect(stored?.ledger).toEqual(live?.ledger);
    expect(await handle.result()).toEqual(result);
  });

  it('a run that was terminated counts as abandoned, and says that resources may be alive', async () => {
    slowFabric(2_000);
    const plan = planOf();
    const handle = await provisioner().provision(plan);
    await until(async () => (await handle.ledger()).steps.b?.state === 'creating');
    await rig.client.workflow.getHandle(handle.workflowId).terminate('test');
    const error = await failureOf(handle);
    expect(error.outcome).toBe('Abandoned');
    expect(error.message).toMatch(/may be alive/);
    expect(error.ledger?.steps).toMatchObject({ a: { state: 'live' }, b: { state: 'creating' } });
  });
});

describe('list', () => {
  it('shows plans with outcome and connections, and can be narrowed to those that need an operator', async () => {
    const plan = planOf();
    await (await provision(plan)).result();
    const find = async () => (await provisioner().list()).find((listed) => listed.plan === plan.name);
    await until(async () => (await find())?.outcome !== undefined);
    expect(await find()).toMatchObject({
      status: 'COMPLETED',
      outcome: 'Provisioned',
      attention: false,
      connections: ['huawei', 'naver'],
    });
    expect(await provisioner().list({ limit: 1 })).toHaveLength(1);
    expect((await provisioner().list({ attention: true })).map((listed) => listed.plan)).not.toContain(plan.name);
  });
});

describe('finding a plan', () => {
  it('that another program started under an id of its own works by name and by that id', async () => {
    const plan = planOf();
    const workflowId = `theirs of ${plan.name}`;
    const run = await rig.start(plan, workflowId);
    await run.result();
    // Visibility lags behind by less than a second.
    await until(async () => (await provisioner().list()).some((listed) => listed.workflowId === workflowId));
    expect((await provisioner().get(plan.name)).workflowId).toBe(workflowId);
    expect((await provisioner().get(workflowId)).runId).toBe(run.firstExecutionRunId);
  });

  it('that runs on the simulator tells so, with or without a worker', async () => {
    const handle = await provision(planOf());
    await handle.result();
    expect(await handle.simulated()).toEqual(['huawei', 'naver']);
  });

  it('leads to the page of each of its resources, and that page shows it', async () => {
    const handle = await provision(planOf());
    const result = await handle.result();
    const links = await handle.links();
    expect(Object.keys(links).sort()).toEqual(['a', 'b']);
    const page = await fetch(links.a ?? '');
    expect(await page.text()).toContain(result.a?.id);
  });

  it('that was cancelled and is still at it tells that, too', async () => {
    slowFabric(1_500);
    const handle = await provision(planOf());
    await until(async () => (await handle.liveLedger())?.steps.b?.state === 'creating');
    expect((await handle.describe()).cancelRequested).toBe(false);
    await handle.cancel();
    expect((await handle.describe()).cancelRequested).toBe(true);
    expect((await failureOf(handle)).outcome).toBe('Cancelled');
  });
});

describe('a plan that is wrong', () => {
  it('in several ways is refused with all of them before anything is started', async () => {
    const plan = planOf();
    const broken = {
      ...plan,
      resources: { ...plan.resources, c: { ...fabric('x'), spec: { name: 'x', colour: 'red' }, dependsOn: ['none'] } },
    };
    const error = await provisioner()
      .provision(broken)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InvalidPlanError);
    expect((error as InvalidPlanError).problems.map(({ path }) => path).sort()).toEqual([
      'resources.c.dependsOn[0]',
      'resources.c.spec.colour',
      'resources.c.spec.name',
    ]);
    await expect(rig.client.workflow.getHandle(workflowIdOf(plan.name)).describe()).rejects.toThrow();
  });

  it('only in a kind that is unknown here is left to the worker, whose own it may be', async () => {
    const plan = { name: rig.planName(), resources: { it: { ...fabric(), kind: 'acme.store.bucket' } } };
    const handle = await provision(plan);
    expect((await failureOf(handle)).problems).toMatchObject([{ path: 'resources.it.kind' }]);
  });

  it.each([[null], [{ name: 'x', resources: null }], ['plan']])('such as %j is an InvalidPlanError', async (input) => {
    await expect(provisioner().provision(input as never)).rejects.toBeInstanceOf(InvalidPlanError);
  });
});
