/** What happens to resources after the day they were made: given up by name, by a manifest, by their markers. */
import { describe, expect, it } from 'vitest';
import { ProvisionerClient } from '../../client/client.js';
import { ProvisionFailedError } from '../../client/errors.js';
import type { Ledger } from '../../contract/ledger.js';
import type { DeprovisionRequest } from '../../contract/manifest.js';
import { formatMarker } from '../../contract/marker.js';
import { deprovisionIdOf, workflowIdOf } from '../../contract/names.js';
import type { Plan, PlanResource } from '../../contract/plan.js';
import { resetTo, type TaskId, tasksOf } from '../support/resets.js';
import { aiWorkspace, fabric, project, studio, workflow } from '../support/resources.js';
import { useRig } from '../support/rig.js';

const rig = useRig();
const provisioner = () => new ProvisionerClient({ client: rig.client, taskQueue: rig.taskQueue });
const said = { by: 'ada', why: 'the quarter is over' };

async function provisioned(resources: Plan['resources'], more: Partial<Plan> = {}): Promise<Plan> {
  const plan = { name: rig.planName(), resources, ...more };
  rig.track(workflowIdOf(plan.name));
  await (await provisioner().provision(plan)).result();
  return plan;
}

async function deprovision(plan: Plan, more: Partial<DeprovisionRequest> = {}): Promise<Ledger> {
  const handle = await provisioner().deprovision({ plan: plan.name, ...said, ...more });
  rig.track(handle.run.workflowId, handle.run.runId);
  return await handle.result();
}

async function refusal(plan: Plan, more: Partial<DeprovisionRequest> = {}): Promise<string[]> {
  const error = await deprovision(plan, more).catch((thrown: unknown) => thrown);
  if (!(error instanceof ProvisionFailedError)) throw error;
  expect(error.outcome).toBe('NotStarted');
  return error.problems.map(({ path, message }) => `${path}: ${message}`);
}

const two = (): { [step: string]: PlanResource } => ({
  ai: aiWorkspace(),
  flow: workflow('later_flow', { dependsOn: ['ai'] }),
});
const inside = (name: string, home: string): PlanResource => {
  const flow = workflow(name);
  return { ...flow, spec: { ...flow.spec, ProjectId: { $ref: `${home}.id` } } };
};

describe('by its name', () => {
  it('a provisioned plan is deleted in reverse order, and who wanted it stands in the ledger', async () => {
    const plan = await provisioned(two());
    const ledger = await deprovision(plan);
    expect(rig.alive()).toEqual([]);
    expect(ledger).toMatchObject({
      plan: plan.name,
      outcome: 'Deprovisioned',
      steps: { ai: { state: 'deleted' }, flow: { state: 'deleted' } },
      moves: [{ move: 'deprovision', ...said, result: 'done' }],
    });
    const deletes = rig.simulator
      .requests()
      .map(({ operation }) => operation)
      .filter((operation) => /delete/i.test(operation));
    expect(deletes).toEqual(['DeleteWorkflowDefinition', 'aiworkspaces/delete']);
    const { searchAttributes } = await rig.client.workflow.getHandle(deprovisionIdOf(plan.name)).describe();
    expect(searchAttributes).toMatchObject({
      ProvisionerPlan: [plan.name],
      ProvisionerOutcome: ['Deprovisioned'],
      ProvisionerAttention: [false],
    });
  });

  it('what is retained or adopted is kept, and told as kept', async () => {
    rig.simulator.resources.plant({
      kind: 'huawei.dataarts-fabric.workspace',
      name: 'theirs-ws',
      description: 'somebody’s',
    });
    const plan = await provisioned({
      mine: fabric('mine-ws'),
      kept: studio('kept_ws', { retain: true }),
      theirs: fabric('theirs-ws', { ifExists: 'adopt' }),
    });
    const { steps } = await deprovision(plan);
    expect(Object.entries(steps).map(([key, { state }]) => `${key} ${state}`)).toEqual([
      'mine deleted',
      'kept kept',
      'theirs kept',
    ]);
    expect(rig.alive()).toEqual(['kept_ws', 'theirs-ws']);
  });

  it('what is protected is refused before anything is deleted, and deleted once it is included', async () => {
    const plan = await provisioned({ a: fabric('a-ws'), b: fabric('b-ws', { protect: true }) });
    expect(await refusal(plan)).toEqual([expect.stringMatching(/^resources\.b\.protect: it is protected/)]);
    expect(rig.alive()).toEqual(['a-ws', 'b-ws']);
    await deprovision(plan, { includeProtected: true });
    expect(rig.alive()).toEqual([]);
  });

  it('a plan that is not there, that still runs or that was rolled back is refused with what to do', async () => {
    const absent: Plan = { name: rig.planName(), resources: two() };
    expect(await refusal(absent)).toEqual([
      expect.stringMatching(/^plan: the server knows no run of it; give its man/),
    ]);
    rig.simulator.setFaults({ operation: 'aiworkspaces/create', do: 'slow', ms: 3_000 });
    const running = { name: rig.planName(), resources: two() };
    const run = await rig.start(running);
    expect(await refusal(running)).toEqual(['plan: it is still provisioning: cancel it, which undoes everything']);
    await run.cancel();
    await run.result().catch(() => undefined);
    expect(await refusal(running)).toEqual(['plan: nothing to deprovision: it ended Cancelled']);
  });

  it('what a terminated run left is deleted, whatever of it had been made', async () => {
    const plan = { name: rig.planName(), resources: two() };
    rig.simulator.setFaults({ operation: 'CreateWorkflowDefinition', do: 'slow', ms: 1_000 });
    const run = await rig.start(plan);
    await rig.until(run, ({ steps }) => steps.flow?.state === 'creating');
    await run.terminate('a test');
    await deprovision(plan);
    expect(rig.alive()).toEqual([]);
  });

  it('a cancel does not stop it', async () => {
    const plan = await provisioned(two());
    rig.simulator.setFaults({ operation: 'DeleteWorkflowDefinition', do: 'slow', ms: 1_500 });
    const handle = await provisioner().deprovision({ plan: plan.name, ...said });
    rig.track(handle.run.workflowId);
    await rig.nextCall('DeleteWorkflowDefinition');
    await handle.run.cancel();
    expect(await handle.result()).toMatchObject({ outcome: 'Deprovisioned' });
    expect(rig.alive()).toEqual([]);
  });

  it('a request for something else than what is under way is refused, and the same from another person joins', async () => {
    const plan = await provisioned(two());
    const manifest = await provisioner().export(plan.name);
    rig.simulator.setFaults({ operation: 'DeleteWorkflowDefinition', do: 'slow', ms: 3_000 });
    const handle = await provisioner().deprovision({ plan: plan.name, ...said });
    rig.track(handle.run.workflowId);
    for (const more of [{ manifest }, { includeProtected: true }, { discover: true, includeProtected: true }]) {
      await expect(provisioner().deprovision({ plan: plan.name, ...said, ...more })).rejects.toMatchObject({
        name: 'PlanConflictError',
        message: expect.stringMatching(/^A different deprovisioning of \S+ is running: wait for it, or watch it with /),
      });
    }
    const joined = { plan: plan.name, by: 'bob', why: 'me too', includeProtected: false };
    expect((await provisioner().deprovision(joined)).run.runId).toBe(handle.run.runId);
    expect(await handle.result()).toMatchObject({ outcome: 'Deprovisioned' });
  });

  it('nothing is deleted beside the plan’s own run while a reset has it open again', async () => {
    const plan = { name: rig.planName(), resources: two() };
    const first = await rig.start(plan);
    await first.result();
    rig.simulator.setFaults({ operation: 'DeleteWorkflowDefinition', do: 'refuse', status: 403, nth: 1 });
    const handle = await provisioner().deprovision({ plan: plan.name, ...said });
    const { run } = handle;
    rig.track(run.workflowId, run.runId);
    const parked = async (words: string): Promise<void> => {
      const reason = (await run.liveLedger())?.steps.flow?.attention?.reason ?? '';
      return reason.includes(words) ? undefined : parked(words);
    };
    await parked('cannot be undone');
    const match = { userAgent: ` wf/${workflowIdOf(plan.name)} ` };
    rig.simulator.setFaults({ operation: 'ListWorkflowDefinitions', do: 'slow', ms: 4_000, match });
    const again = await resetTo(rig, first, (await tasksOf(rig, first)).at(-1) as TaskId);
    await run.move('retry', { step: 'flow', ...said });
    await parked('open again');
    expect(rig.alive()).toHaveLength(2);
    await again.result();
    await run.move('retry', { step: 'flow', ...said });
    expect(await handle.result()).toMatchObject({ outcome: 'Deprovisioned' });
    expect(rig.alive()).toEqual([]);
  });

  it('what a reset of the plan’s run made again after it is deleted again', async () => {
    const plan = { name: rig.planName(), resources: two() };
    const first = await rig.start(plan);
    await first.result();
    await deprovision(plan);
    expect(rig.alive()).toEqual([]);
    const again = await resetTo(rig, first, (await tasksOf(rig, first))[0] as TaskId);
    await again.result();
    expect(rig.alive()).toHaveLength(2);
    expect(await provisioner().givenUp(plan.name, first.firstExecutionRunId)).toBeUndefined();
    await deprovision(plan);
    expect(rig.alive()).toEqual([]);
    expect(await provisioner().givenUp(plan.name, first.firstExecutionRunId)).toBe('done');
  });

  it('asked again it tells what came of it, and the plan can be provisioned again', async () => {
    const plan = await provisioned(two());
    const first = await deprovision(plan);
    const requests = rig.simulator.state().requests;
    expect(await deprovision(plan)).toEqual(first);
    expect(rig.simulator.state().requests).toEqual(requests);
    await (await provisioner().provision(plan)).result();
    expect(rig.alive()).toHaveLength(2);
    await deprovision(plan);
    expect(rig.alive()).toEqual([]);
  });
});

describe('by its manifest', () => {
  it('what was exported is deleted when its history is gone', { timeout: 150_000 }, async () => {
    const plan = await provisioned({ home: project('home_a'), flow: inside('inner_flow', 'home') });
    const manifest = await provisioner().export(plan.name);
    expect(manifest).toMatchObject({ manifest: 1, plan, outcome: 'Provisioned', steps: { flow: { state: 'live' } } });
    await rig.forget(workflowIdOf(plan.name));
    expect(await refusal(plan)).toEqual([expect.stringMatching(/^plan: the server knows no run of it/)]);
    const { steps } = await deprovision(plan, { manifest });
    expect(steps).toMatchObject({ home: { state: 'deleted' }, flow: { state: 'deleted' } });
    expect(rig.alive()).toEqual([]);
  });

  it('one that names another plan’s run as its owner is refused, and deletes nothing of it', async () => {
    const [mine, theirs] = [
      await provisioned({ ai: aiWorkspace('my-ai') }),
      await provisioned({ it: fabric('their-ws') }),
    ];
    const [{ owner }, manifest] = [await provisioner().export(mine.name), await provisioner().export(theirs.name)];
    const forged = { ...manifest, plan: { ...manifest.plan, name: 'forged' }, owner };
    const problem = expect.stringMatching(/^manifest\.owner\.workflowId: must be the workflow that made this plan/);
    expect(await refusal({ ...theirs, name: 'forged' }, { manifest: forged })).toEqual([problem]);
    expect(rig.alive()).toEqual(['my-ai', 'their-ws']);
  });

  it('a forged one deletes nothing that does not carry its owner’s marker, and waits for a person', async () => {
    const plan = await provisioned({ ai: aiWorkspace('ours-ai') });
    const manifest = await provisioner().export(plan.name);
    const another = { namespace: 'default', workflowId: 'provision-another', step: 'ai', runId: 'r', keep: false };
    const kind = 'naver.data-forest.ai-workspace';
    const plant = (name: string, description: string) => rig.simulator.resources.plant({ kind, name, description });
    const bare = plant('bare-ai', 'somebody’s');
    const marked = plant('marked-ai', formatMarker(another));
    for (const { id, name } of [bare, marked]) {
      const forged = {
        ...manifest,
        plan: { ...plan, resources: { ai: aiWorkspace(name) } },
        steps: { ai: { state: 'live', id, outputs: { id } } },
      } as const;
      const handle = await provisioner().deprovision({ plan: plan.name, ...said, manifest: forged });
      rig.track(handle.run.workflowId, handle.run.runId);
      const run = rig.client.workflow.getHandle(handle.run.workflowId);
      for (;;) {
        const ledger = await handle.run.liveLedger();
        if (ledger?.steps.ai?.attention) {
          expect(ledger.steps.ai.attention.reason).toContain('does not carry this plan’s marker');
          break;
        }
      }
      await run.executeUpdate('abandon', { args: [{ step: 'ai', confirm: name, ...said }] });
      await expect(handle.result()).rejects.toMatchObject({ outcome: 'Abandoned' });
    }
    expect(rig.alive()).toEqual(['bare-ai', 'marked-ai', 'ours-ai']);
    await deprovision(plan);
    expect(rig.alive()).toEqual(['bare-ai', 'marked-ai']);
  });
});

describe('by markers', () => {
  it('what the plan made is found and deleted when nothing else is left of it, but what says keep', {
    timeout: 150_000,
  }, async () => {
    const plan = await provisioned({
      home: project('found_home'),
      flow: inside('found_flow', 'home'),
      ai: aiWorkspace('found-ai'),
      kept: fabric('found-kept', { retain: true }),
    });
    rig.simulator.resources.plant({ kind: 'huawei.dataarts-fabric.workspace', name: 'other-ws', description: 'x' });
    await rig.forget(workflowIdOf(plan.name));
    const { steps } = await deprovision(plan, { discover: true, includeProtected: true });
    expect(rig.alive()).toEqual(['found-kept', 'other-ws']);
    expect(steps).toMatchObject({
      home: { state: 'deleted' },
      ai: { state: 'deleted' },
      kept: { state: 'kept' },
    });
  });

  it('a list that cannot be had ends it before anything is deleted', { timeout: 150_000 }, async () => {
    const plan = await provisioned({ ai: aiWorkspace('unlisted-ai') });
    await rig.forget(workflowIdOf(plan.name));
    rig.simulator.setFaults({ operation: 'ListProjects', do: 'refuse' });
    expect(await refusal(plan, { discover: true, includeProtected: true })).toEqual([
      expect.stringMatching(/^alibaba alibaba\.dataworks\.project: could not be listed/),
    ]);
    expect(rig.alive()).toEqual(['unlisted-ai']);
  });
});
