/** The Nexus service, called from workflows of a second namespace. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type ApplicationFailure, CancelledFailure, TimeoutFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import type { Ledger } from '../../contract/ledger.js';
import { deprovisionIdOf, workflowIdOf } from '../../contract/names.js';
import type { PlanStatus } from '../../contract/nexus-service.js';
import type { Plan, ProvisionResult } from '../../contract/plan.js';
import { useCaller } from '../support/caller.js';
import { failureOf } from '../support/closing.js';
import { aiWorkspace, fabric } from '../support/resources.js';
import { useRig } from '../support/rig.js';

const rig = useRig();
const caller = useCaller(rig);

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
    const result = await caller.call<ProvisionResult>('provision', plan);
    expect(Object.keys(result)).toEqual(['ai', 'fabric']);
    expect(rig.alive()).toEqual(['ai-ws', 'fabric-ws']);
    const asked = rig.simulator.state().requests;
    expect(await caller.call('provision', plan)).toEqual(result);
    expect(rig.simulator.state().requests).toEqual(asked);
  });

  it('of the same plan twice at once makes one run, and both callers get its result', async () => {
    slowFabric();
    const plan = planOf();
    const called = rig.nextCall('CreateWorkspace');
    const first = await caller.start('provision', plan);
    await called;
    const second = await caller.start('provision', plan);
    expect(await second.result()).toEqual(await first.result());
    expect(await runsOf(workflowIdOf(plan.name))).toBe(1);
  });

  it('of an invalid plan is refused with every problem, and nothing is started', async () => {
    const name = rig.planName();
    const bad = fabric('x', { spec: { nam: 'x' } });
    const stranger = { ...aiWorkspace(), connection: 'nowhere' };
    const { error, why } = await caller.refusalOf('provision', { name, resources: { bad, stranger } });
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
    const { why } = await caller.refusalOf('provision', { name, resources: { ai: aiWorkspace() }, managed: true });
    expect(why.details).toEqual([[{ path: 'managed', message: expect.stringContaining('stays open') }]]);
  });

  it('of another plan under a taken name is refused, and leaves what runs alone', async () => {
    slowFabric();
    const plan = planOf();
    const called = rig.nextCall('CreateWorkspace');
    const first = await caller.start('provision', plan);
    await called;
    const other = { ...plan, resources: { other: aiWorkspace('other') } };
    const { error, why } = await caller.refusalOf('provision', other);
    expect(error).toMatchObject({ type: 'CONFLICT', retryable: false });
    expect(why).toMatchObject({ type: 'PlanConflict', details: [{ workflowId: workflowIdOf(plan.name) }] });
    expect(why.message).toMatch(/A different plan named .* is running\. Give this plan another name/);
    await first.result();
    const { events } = await rig.client.workflow.getHandle(workflowIdOf(plan.name)).fetchHistory();
    expect(events?.filter((event) => event.workflowExecutionOptionsUpdatedEventAttributes)).toEqual([]);
  });

  it('that is rolled back fails with the typed failure, its ledger and the provider’s evidence', async () => {
    rig.simulator.setFaults({ operation: 'CreateWorkspace', do: 'refuse' });
    const cause = (await caller.causeOf(await caller.start('provision', planOf()))) as ApplicationFailure;
    expect(cause).toMatchObject({ type: 'RolledBack', details: [{ outcome: 'RolledBack' }] });
    const [ledger] = cause.details as [Ledger];
    expect(ledger.steps).toMatchObject({ ai: { state: 'deleted' }, fabric: { state: 'refused' } });
    const evidence = cause.cause as ApplicationFailure;
    expect(evidence).toMatchObject({ details: [{ provider: 'huawei', requestId: expect.any(String) }] });
    expect(rig.alive()).toEqual([]);
  });

  it('that its caller stops waiting for goes on, since only a cancel undoes it', async () => {
    rig.simulator.setFaults({ operation: 'CreateWorkspace', do: 'slow', ms: 4_000 });
    const plan = planOf();
    const impatient = await caller.run('call', caller.endpoint, 'provision', plan, '1500 ms');
    expect(await caller.causeOf(impatient)).toBeInstanceOf(TimeoutFailure);
    const result = await caller.call<ProvisionResult>('provision', plan);
    expect(Object.keys(result)).toEqual(['ai', 'fabric']);
    expect(await runsOf(workflowIdOf(plan.name))).toBe(1);
  });

  it('that its caller cancels is cancelled once everything is rolled back', async () => {
    slowFabric();
    const plan = planOf();
    const called = rig.nextCall('CreateWorkspace');
    const run = await caller.start('provision', plan);
    await called;
    await run.cancel();
    expect(await failureOf(run)).toBeInstanceOf(CancelledFailure);
    expect(rig.alive()).toEqual([]);
    const status = await caller.call<PlanStatus>('status', { plan: plan.name });
    expect(status.outcome).toBe('Cancelled');
    expect(status.ledger.steps.ai?.state).toBe('deleted');
  });
});

describe('deprovision', () => {
  const said = { by: 'ada', why: 'the quarter is over' };

  async function provisioned(more: Partial<Plan> = {}): Promise<Plan> {
    const plan = planOf(more);
    await caller.call('provision', plan);
    return plan;
  }

  it('of a provisioned plan deletes it and answers the ledger, and the same again at once', async () => {
    const plan = await provisioned();
    rig.track(deprovisionIdOf(plan.name));
    const ledger = await caller.call<Ledger>('deprovision', { plan: plan.name, ...said });
    expect(ledger).toMatchObject({ outcome: 'Deprovisioned', steps: { ai: { state: 'deleted' } } });
    expect(rig.alive()).toEqual([]);
    expect(await caller.call('deprovision', { plan: plan.name, ...said })).toEqual(ledger);
    expect(await runsOf(deprovisionIdOf(plan.name))).toBe(1);
    expect(await caller.call('status', { plan: plan.name })).toMatchObject({
      outcome: 'Provisioned',
      deprovisioned: true,
    });
  });

  it('that is under way is joined by whoever asks for the same, and refused to whoever asks for another', async () => {
    const plan = await provisioned();
    rig.track(deprovisionIdOf(plan.name));
    rig.simulator.setFaults({ operation: 'aiworkspaces/delete', do: 'slow', ms: 2_000 });
    const called = rig.nextCall('aiworkspaces/delete');
    const first = await caller.start('deprovision', { plan: plan.name, ...said });
    await called;
    const second = await caller.start('deprovision', { plan: plan.name, by: 'bob', why: 'me too' });
    const { error } = await caller.refusalOf('deprovision', { plan: plan.name, ...said, includeProtected: true });
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
    const run = await caller.start('deprovision', { plan: plan.name, ...said });
    await called;
    await run.cancel();
    expect(await run.result()).toMatchObject({ outcome: 'Deprovisioned', steps: { ai: { state: 'deleted' } } });
    expect(rig.alive()).toEqual([]);
  });

  it('of what is protected fails with every problem, in the failure of its run', async () => {
    const plan = await provisioned({ resources: { ai: aiWorkspace('kept-ai', { protect: true }) } });
    rig.track(deprovisionIdOf(plan.name));
    const cause = (await caller.causeOf(
      await caller.start('deprovision', { plan: plan.name, ...said }),
    )) as ApplicationFailure;
    expect(cause.type).toBe('InvalidRequest');
    expect(rig.alive()).toEqual(['kept-ai']);
  });

  it('of a managed plan that is open is refused, and changes nothing', async () => {
    const plan = planOf({ managed: true });
    const run = await rig.start(plan);
    await rig.until(run, ({ outcome }) => outcome === 'Provisioned');
    const { why } = await caller.refusalOf('deprovision', { plan: plan.name, ...said });
    expect(why).toMatchObject({ type: 'InvalidRequest', details: [[{ path: 'plan' }]] });
    expect(rig.alive()).toEqual(['ai-ws', 'fabric-ws']);
    expect(await caller.call('status', { plan: plan.name })).toMatchObject({ outcome: 'Provisioned' });
    await run.cancel();
    await run.result().catch(() => undefined);
  });

  it('without a reason is refused with every problem before anything starts', async () => {
    const { error, why } = await caller.refusalOf('deprovision', { plan: 'never-was' });
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
    const run = await caller.start('provision', plan);
    await called;
    const { workflowId, outcome, ledger } = await caller.call<PlanStatus>('status', { plan: plan.name });
    expect([workflowId, outcome]).toEqual([workflowIdOf(plan.name), undefined]);
    expect(ledger.steps).toMatchObject({ ai: { state: 'live' }, fabric: { state: 'creating' } });
    await run.result();
  });

  it('of a plan that never was is refused as not found', async () => {
    const { error, why } = await caller.refusalOf('status', { plan: 'never-was' });
    expect(error).toMatchObject({ type: 'NOT_FOUND', retryable: false });
    expect(why.type).toBe('NotFound');
  });

  it('that names no plan is refused with what would be right', async () => {
    for (const plan of [undefined, '', '\ud800']) {
      const { why } = await caller.refusalOf('status', { plan });
      expect(why.details).toEqual([[{ path: 'plan', message: 'must be the name of a plan' }]]);
    }
  });
});

describe('the example of a caller', () => {
  const train = (plan: Plan) => caller.run('train', plan, caller.endpoint);

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
