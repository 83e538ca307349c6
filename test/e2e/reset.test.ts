/** Resets: the history may lie then, so a reset run takes stock of the clouds. Never two resources, never a false Provisioned. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ProvisionerClient } from '../../client/index.js';
import type { Plan, PlanResource, ProvisionResult } from '../../contract/plan.js';
import { outcomeOf } from '../support/closing.js';
import { resetTo as resetRunTo, runIdOf, type TaskId, tasksOf as tasksOfRun } from '../support/resets.js';
import { aiWorkspace, fabric, project, studio, workflow } from '../support/resources.js';
import { type ProvisionRun, useRig } from '../support/rig.js';

const rig = useRig();
const namespace = 'default';

let plans = 0;

/** Two steps on clouds that refuse duplicates and two on clouds that may accept them, with names of their own. */
function flagship(): Plan {
  plans += 1;
  return {
    name: rig.planName(),
    resources: {
      studio: studio(`studio_${plans}`),
      fabric: fabric(`fabric-${plans}`),
      ai: aiWorkspace(`ai-${plans}`, { dependsOn: ['studio'] }),
      flow: workflow(`flow_${plans}`, { dependsOn: ['ai', 'fabric'] }),
    },
  };
}

function namesOf(plan: Plan): string[] {
  return Object.values(plan.resources)
    .map(({ spec }) => (spec.name ?? (spec.Spec as { spec: { name: string } }).spec.name) as string)
    .sort();
}

const aliveOf = (plan: Plan) => rig.alive().filter((name) => namesOf(plan).includes(name));

const tasksOf = (run: ProvisionRun) => tasksOfRun(rig, run);
const resetTo = (run: ProvisionRun, task: TaskId, of = run.firstExecutionRunId) => resetRunTo(rig, run, task, of);

/** Runs a plan of its own for each workflow task that it can be reset to, all side by side. */
async function atEachTask(check: (run: ProvisionRun, task: TaskId, plan: Plan) => Promise<void>) {
  const sample = await rig.start(flagship());
  await outcomeOf(sample);
  const count = (await tasksOf(sample)).length;
  expect(count).toBeGreaterThan(2);
  const indexes = [...new Set([0, 1, Math.floor(count / 2), count - 1])];
  await Promise.all(
    indexes.map(async (index) => {
      const plan = flagship();
      const run = await rig.start(plan);
      await outcomeOf(run);
      const tasks = await tasksOf(run);
      await check(run, tasks[Math.min(index, tasks.length - 1)] as TaskId, plan);
    }),
  );
}

test('a provisioned run that is reset to any of its tasks takes over its own resources', async () => {
  await atEachTask(async (run, task, plan) => {
    const before = await run.result();
    const again = await resetTo(run, task);
    expect(await outcomeOf(again)).toBe('Provisioned');
    const ids = (result: ProvisionResult) => Object.values(result).map(({ id }) => id);
    expect(ids(await again.result()).sort()).toEqual(ids(before).sort());
    expect(aliveOf(plan)).toEqual(namesOf(plan));
  });
});

test('a provisioned run that is reset after one of its resources was removed makes it again or rolls back', async () => {
  const removeAndReset = (key: string) =>
    atEachTask(async (run, task, plan) => {
      rig.simulator.resources.remove((await run.result())[key]?.id ?? '');
      const outcome = await outcomeOf(await resetTo(run, task));
      expect(['Provisioned', 'RolledBack']).toContain(outcome);
      expect(aliveOf(plan), key).toEqual(outcome === 'Provisioned' ? namesOf(plan) : []);
    });
  await Promise.all(['studio', 'fabric', 'ai', 'flow'].map(removeAndReset));
});

test('a rolled back run that is reset to any of its tasks is provisioned or leaves nothing', async () => {
  const refused = { operation: 'CreateWorkflowDefinition', do: 'refuse', status: 400 } as const;
  rig.simulator.setFaults(refused);
  const runs: [ProvisionRun, Plan][] = [];
  for (let round = 0; round < 8; round += 1) {
    const { name, resources } = flagship();
    const { flow, ai } = resources as Record<'ai' | 'flow', PlanResource>;
    const { dependsOn: _none, ...alone } = ai;
    const plan: Plan = { name, resources: { ai: alone, flow: { ...flow, dependsOn: ['ai'] } } };
    runs.push([await rig.start(plan), plan]);
  }
  await Promise.all(runs.map(([run]) => outcomeOf(run)));
  expect(rig.alive()).toEqual([]);
  rig.simulator.clearFaults();
  const outcomes = await Promise.all(
    runs.map(async ([run, plan], round) => {
      const tasks = await tasksOf(run);
      const outcome = await outcomeOf(await resetTo(run, tasks[Math.min(round, tasks.length - 1)] as object));
      expect(['Provisioned', 'RolledBack']).toContain(outcome);
      expect(aliveOf(plan), `${round}`).toEqual(outcome === 'Provisioned' ? namesOf(plan) : []);
      return outcome;
    }),
  );
  // Reset to its first task, it is a run like any other.
  expect(outcomes[0]).toBe('Provisioned');
});

test('a rolled back run that is reset into its rollback takes back what another reset has made since', async () => {
  rig.simulator.setFaults({ operation: 'CreateWorkflowDefinition', do: 'refuse', status: 400 });
  const { name, resources } = flagship();
  const { flow, fabric: base } = resources as Record<'fabric' | 'flow', PlanResource>;
  const plan: Plan = { name, resources: { fabric: base, flow: { ...flow, dependsOn: ['fabric'] } } };
  const run = await rig.start(plan);
  expect(await outcomeOf(run)).toBe('RolledBack');
  rig.simulator.clearFaults();
  const tasks = await tasksOf(run);
  expect(await outcomeOf(await resetTo(run, tasks[0] as object))).toBe('Provisioned');
  expect(aliveOf(plan)).toEqual(namesOf(plan));
  // In this history the fabric workspace has been deleted and the flow was never made.
  expect(await outcomeOf(await resetTo(run, tasks.at(-1) as object))).toBe('RolledBack');
  expect(aliveOf(plan)).toEqual([]);
});

test('a run that is reset while it creates ends with one resource each', async () => {
  rig.simulator.setFaults([
    { operation: 'CreateManagerWorkSpace', do: 'slow', ms: 1500 },
    { operation: 'aiworkspaces/create', do: 'slow', ms: 1500 },
  ]);
  await Promise.all(
    (['CreateManagerWorkSpace', 'aiworkspaces/create'] as const).map(async (operation) => {
      const plan = flagship();
      const called = rig.nextCall(operation);
      const run = await rig.start(plan);
      await called;
      const [first] = await tasksOf(run);
      expect(await outcomeOf(await resetTo(run, first as object))).toBe('Provisioned');
      expect(aliveOf(plan)).toEqual(namesOf(plan));
    }),
  );
});

test('a create whose effect is still to come is not sent again by the run that takes it over', async () => {
  rig.simulator.changeSettings({ naverDuplicates: 'accepted' });
  rig.simulator.setFaults({ operation: 'aiworkspaces/create', do: 'late', ms: 3000, nth: 1 });
  const { name, resources } = flagship();
  const { dependsOn: _none, ...ai } = resources.ai as PlanResource;
  const plan: Plan = { name, resources: { studio: resources.studio as PlanResource, ai } };
  const run = await rig.start(plan);
  const landed = sleep(4000);
  // To where the create is already scheduled: the new run gets it as it stands, as attempt 1 of its original.
  await rig.until(run, ({ steps }) => steps.studio?.state === 'live');
  const tasks = await tasksOf(run);
  expect(await outcomeOf(await resetTo(run, tasks.at(-1) as object))).toBe('Provisioned');
  await landed;
  expect(aliveOf(plan)).toEqual(namesOf(plan));
});

test('a run that is reset while it creates and then cancelled leaves nothing', async () => {
  rig.simulator.setFaults([
    { operation: 'CreateManagerWorkSpace', do: 'late', ms: 900 },
    { operation: 'CreateWorkspace', do: 'slow', ms: 1500 },
  ]);
  const plan = flagship();
  const called = rig.nextCall('CreateManagerWorkSpace');
  const run = await rig.start(plan);
  await called;
  const [first] = await tasksOf(run);
  const again = await resetTo(run, first as object);
  await again.cancel();
  expect(await outcomeOf(again)).toBe('Cancelled');
  expect(aliveOf(plan)).toEqual([]);
});

const BACK_OFF = [
  ['studio', 'CreateManagerWorkSpace'],
  ['fabric', 'CreateWorkspace'],
  ['ai', 'aiworkspaces/create'],
  ['flow', 'CreateWorkflowDefinition'],
] as const;

function single(key: (typeof BACK_OFF)[number][0]): Plan {
  const { name, resources } = flagship();
  const { dependsOn: _none, ...resource } = resources[key] as Plan['resources'][string];
  return { name, resources: { [key]: resource } };
}

/** The create's first answer is lost, its effect is there: what happens to the activity now must not make a second. */
async function lostInBackOff(key: (typeof BACK_OFF)[number][0]): Promise<[ProvisionRun, Plan]> {
  const plan = single(key);
  const run = await rig.start(plan);
  for (;;) {
    const { raw } = await run.describe();
    if (raw.pendingActivities?.[0]?.lastFailure) return [run, plan];
  }
}

test('a create that is reset in its back-off after a lost answer makes no second resource', async () => {
  rig.simulator.changeSettings({ naverDuplicates: 'accepted', alibabaDuplicates: 'accepted' });
  rig.simulator.setFaults(BACK_OFF.map(([, operation]) => ({ operation, do: 'late', ms: 3000, nth: 1 }) as const));
  await Promise.all(
    BACK_OFF.map(async ([key]) => {
      const [run, plan] = await lostInBackOff(key);
      const execution = { workflowId: run.workflowId, runId: run.firstExecutionRunId };
      for (const resetHeartbeat of [false, true]) {
        await rig.client.workflowService.resetActivity({ namespace, execution, id: `${key}.create`, resetHeartbeat });
      }
      const landed = sleep(4000);
      expect(await outcomeOf(run), key).toBe('Provisioned');
      await landed;
      expect(aliveOf(plan)).toEqual(namesOf(plan));
    }),
  );
});

test('a create that is paused in its back-off and goes on later makes no second resource', async () => {
  rig.simulator.setFaults(BACK_OFF.map(([, operation]) => ({ operation, do: 'cut-after', nth: 1 }) as const));
  await Promise.all(
    BACK_OFF.map(async ([key]) => {
      const [run, plan] = await lostInBackOff(key);
      const execution = { workflowId: run.workflowId, runId: run.firstExecutionRunId };
      const activity = { namespace, execution, id: `${key}.create` };
      const service = rig.client.workflowService;
      await service.pauseActivity({ ...activity, reason: 'a test' });
      await service.unpauseActivity({ ...activity, resetAttempts: true, resetHeartbeat: true });
      expect(await outcomeOf(run), key).toBe('Provisioned');
      expect(aliveOf(plan)).toEqual(namesOf(plan));
    }),
  );
});

test('a create that is paused while it is sent keeps its answer', async () => {
  rig.simulator.setFaults({ operation: 'CreateWorkspace', do: 'slow', ms: 1500 });
  const plan = single('fabric');
  const called = rig.nextCall('CreateWorkspace');
  const run = await rig.start(plan);
  await called;
  const execution = { workflowId: run.workflowId, runId: run.firstExecutionRunId };
  const activity = { namespace, execution, id: 'fabric.create' };
  await rig.client.workflowService.pauseActivity({ ...activity, reason: 'a test' });
  await rig.client.workflowService.unpauseActivity(activity);
  expect(await outcomeOf(run)).toBe('Provisioned');
  expect(aliveOf(plan)).toEqual(namesOf(plan));
});

test('what a reset run had adopted is kept even when nobody can tell whether it is still there', async () => {
  rig.simulator.resources.plant({ kind: 'huawei.dataarts-fabric.workspace', name: 'theirs-reset' });
  const plan = { name: rig.planName(), resources: { shared: fabric('theirs-reset', { ifExists: 'adopt' }) } } as const;
  const run = await rig.start(plan);
  expect(await outcomeOf(run)).toBe('Provisioned');
  rig.simulator.setFaults({ operation: 'ListWorkspaces', do: 'refuse', status: 403 });
  const again = await resetTo(run, (await tasksOf(run)).at(-1) as object);
  expect(await outcomeOf(again)).toBe('RolledBack');
  expect((await rig.ledger(again)).steps.shared).toMatchObject({ state: 'kept', adopted: true });
  expect(rig.alive()).toContain('theirs-reset');
});

test('a reset run does not believe in a resource on which a delete of the run before still lands', async () => {
  rig.simulator.setFaults([
    { operation: 'CreateWorkflowDefinition', do: 'refuse', status: 400, nth: 1 },
    { operation: 'DeleteWorkspace', do: 'late', ms: 2000, nth: 1 },
  ]);
  const plan = {
    name: rig.planName(),
    resources: { base: fabric('landing-ws'), flow: workflow('landing_flow', { dependsOn: ['base'] }) },
  };
  const deleting = rig.nextCall('DeleteWorkspace');
  const run = await rig.start(plan);
  await deleting;
  // Its second task has seen `base` live, and nothing of what came after.
  const [, second] = await tasksOf(run);
  const again = await resetTo(run, second as object);
  const outcome = await outcomeOf(again);
  await sleep(2000);
  expect(aliveOf(plan)).toEqual(outcome === 'Provisioned' ? namesOf(plan) : []);
});

test('answers that a reset run replays from another are asked again before it says Provisioned', async () => {
  const plan = { name: rig.planName(), resources: { it: fabric('replayed-ws') } };
  const one = await rig.start(plan);
  expect(await outcomeOf(one)).toBe('Provisioned');
  const two = await resetTo(one, (await tasksOf(one)).at(-1) as object);
  expect(await outcomeOf(two)).toBe('Provisioned');
  // A third run of the chain, from the first one's start, finds nothing it may have and rolls back.
  rig.simulator.setFaults({ operation: 'ListWorkspaces', do: 'refuse', status: 403, nth: 1 });
  const three = await resetTo(one, (await tasksOf(one))[0] as object);
  expect(await outcomeOf(three)).toBe('RolledBack');
  expect(rig.alive()).toEqual([]);
  const lastOfTwo = (await two.fetchHistory()).events
    ?.filter((event) => event.workflowTaskCompletedEventAttributes)
    .at(-1)?.eventId;
  const four = await resetTo(one, lastOfTwo as object, runIdOf(two));
  expect(await outcomeOf(four)).toBe('RolledBack');
});

test('a step that refers to one that is proved absent is not looked for in a reset rollback', async () => {
  rig.simulator.setFaults({ operation: 'CreateProject', do: 'refuse', status: 400 });
  const { spec, ...rest } = workflow('hanging_flow');
  const plan = {
    name: rig.planName(),
    resources: {
      base: project('absent_base'),
      flow: { ...rest, spec: { ...spec, ProjectId: { $ref: 'base.id' } } },
    },
  };
  const run = await rig.start(plan);
  expect(await outcomeOf(run)).toBe('RolledBack');
  const again = await resetTo(run, (await tasksOf(run)).at(-1) as object);
  expect(await outcomeOf(again)).toBe('RolledBack');
  expect(aliveOf({ ...plan, resources: { base: plan.resources.base } })).toEqual([]);
});

test('the client tells of the run that counts when a chain was reset', async () => {
  const plan = { name: rig.planName(), resources: { it: fabric('told-ws') } };
  const run = await rig.start(plan);
  const { it } = await run.result();
  rig.simulator.resources.remove(it?.id ?? '');
  const again = await resetTo(run, (await tasksOf(run)).at(-1) as object);
  expect(await outcomeOf(again)).toBe('RolledBack');
  const handle = await new ProvisionerClient({ client: rig.client }).get(plan.name);
  await expect(handle.result()).rejects.toMatchObject({ outcome: 'RolledBack' });
});
