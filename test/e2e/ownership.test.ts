/** Whose a resource is: what is taken, adopted, retained or left alone, judged by what is alive in the clouds. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { formatMarker } from '../../contract/marker.js';
import type { Plan, PlanResource } from '../../contract/plan.js';
import { causeOf, outcomeOf } from '../support/closing.js';
import { aiWorkspace, fabric, KINDS, named, project, workflow } from '../support/resources.js';
import { useRig } from '../support/rig.js';

const rig = useRig();

function plan(it: PlanResource, more: Partial<Plan> = {}): Plan {
  return { name: rig.planName(), resources: { it }, ...more };
}

test('somebody else of the same name is an AlreadyExists and stays untouched', async () => {
  for (const [, resource] of KINDS) {
    const { kind } = resource();
    const name = named('theirs', resource);
    rig.simulator.resources.plant({ kind: kind as never, name, description: 'not ours' });
    const run = await rig.start(plan(resource(name)));
    expect((await causeOf(run)).type, kind).toBe('AlreadyExists');
  }
  expect(rig.alive()).toHaveLength(5);
});

test('what may be adopted is live with adopted set, and kept by a rollback', async () => {
  const theirs = rig.simulator.resources.plant({ kind: 'huawei.dataarts-fabric.workspace', name: 'adopt-me' });
  rig.simulator.setFaults({ operation: 'CreateWorkflowDefinition', do: 'refuse', status: 400 });
  const run = await rig.start({
    name: rig.planName(),
    resources: { shared: fabric('adopt-me', { ifExists: 'adopt' }), flow: workflow('f', { dependsOn: ['shared'] }) },
  });
  expect(await outcomeOf(run)).toBe('RolledBack');
  const { steps } = await rig.ledger(run);
  expect(steps.shared).toMatchObject({ state: 'kept', adopted: true, id: theirs.id });
  expect(rig.alive()).toEqual(['adopt-me']);
});

test('what is adopted after a lost create is not taken for made, so a rollback keeps it', async () => {
  rig.simulator.setFaults([
    { operation: 'CreateWorkspace', do: 'cut-before', nth: 1 },
    { operation: 'CreateWorkflowDefinition', do: 'refuse', status: 400 },
  ]);
  const called = rig.nextCall('CreateWorkspace');
  const run = await rig.start({
    name: rig.planName(),
    resources: { shared: fabric('theirs-now', { ifExists: 'adopt' }), flow: workflow('f', { dependsOn: ['shared'] }) },
  });
  await called;
  rig.simulator.resources.plant({ kind: 'huawei.dataarts-fabric.workspace', name: 'theirs-now' });
  expect(await outcomeOf(run)).toBe('RolledBack');
  expect((await rig.ledger(run)).steps.shared).toMatchObject({ state: 'kept', adopted: true });
  expect(rig.alive()).toEqual(['theirs-now']);
  rig.expectFired();
});

test('what an open workflow owns is not adopted', async () => {
  const owner = await rig.start(plan(workflow('unrelated', {}), { name: rig.planName() }));
  await owner.result();
  const open = await rig.start({
    ...plan(fabric('owned-ws')),
    onFailure: 'pause',
    resources: { it: fabric('owned-ws'), flow: workflow('unrelated', { dependsOn: ['it'] }) },
  });
  await rig.until(open, ({ steps }) => steps.flow?.attention !== undefined);
  const thief = await rig.start(plan(fabric('owned-ws', { ifExists: 'adopt' })));
  expect((await causeOf(thief)).type).toBe('AlreadyExists');
  await open.cancel();
  expect(await outcomeOf(open)).toBe('Cancelled');
  expect(rig.alive()).toEqual(['unrelated']);
});

test.each([
  ['a run that retention has removed', '6f1c1c9e-8f0b-4a0e-9d0c-2f3a5b7c9d11'],
  ['something that is no run id', 'not-a-run-id'],
])('a marker that names %s is not adopted, at once', async (_what, runId) => {
  const done = await rig.start(plan(workflow('owner_flow')));
  await done.result();
  const description = formatMarker({
    namespace: 'default',
    workflowId: done.workflowId,
    step: 'it',
    runId,
    keep: false,
  });
  rig.simulator.resources.plant({ kind: 'huawei.dataarts-fabric.workspace', name: 'orphan-ws', description });
  const run = await rig.start(plan(fabric('orphan-ws', { ifExists: 'adopt' })));
  expect((await causeOf(run)).type).toBe('AlreadyExists');
});

test('what a provisioned plan owns may be adopted by the next', async () => {
  await (await rig.start(plan(fabric('handed-over')))).result();
  const next = await rig.start(plan(fabric('handed-over', { ifExists: 'adopt' })));
  expect(await outcomeOf(next)).toBe('Provisioned');
  expect((await rig.ledger(next)).steps.it).toMatchObject({ state: 'live', adopted: true });
});

test('a retained resource is kept by a rollback and its marker says keep', async () => {
  rig.simulator.setFaults({ operation: 'CreateWorkflowDefinition', do: 'refuse', status: 400 });
  const run = await rig.start({
    name: rig.planName(),
    resources: { base: fabric('base-ws', { retain: true }), flow: workflow('f', { dependsOn: ['base'] }) },
  });
  expect(await outcomeOf(run)).toBe('RolledBack');
  expect((await rig.ledger(run)).steps.base?.state).toBe('kept');
  expect(rig.simulator.state().resources[0]?.description).toMatch(/ keep\]$/);
});

test.each([
  ['cut-before', 'deleted', []],
  ['cut-after', 'kept', ['maybe-ws']],
] as const)(
  'of a retained create whose answer was lost (%s) only what is there is kept',
  async (fault, state, alive) => {
    rig.simulator.setFaults({ operation: 'CreateWorkspace', do: fault });
    const called = rig.nextCall('CreateWorkspace');
    const run = await rig.start(plan(fabric('maybe-ws', { retain: true })));
    await called;
    await run.cancel();
    expect(await outcomeOf(run)).toBe('Cancelled');
    expect((await rig.ledger(run)).steps.it?.state).toBe(state);
    expect(rig.alive()).toEqual(alive);
  },
);

test('a name that is blocked is told as taken once no request of ours can be behind it', async () => {
  rig.simulator.setFaults({ operation: 'CreateWorkflowDefinition', do: 'refuse', status: 400 });
  const blocked = project('blocked_name');
  await outcomeOf(
    await rig.start({ name: rig.planName(), resources: { it: blocked, flow: workflow('f', { dependsOn: ['it'] }) } }),
  );
  const again = await rig.start(plan(blocked));
  expect((await causeOf(again)).type).toBe('AlreadyExists');
});

test('the marker names the run, behind the description of the user', async () => {
  const named = plan({ ...fabric('marked-ws'), spec: { name: 'marked-ws', description: 'for the orders team' } });
  const run = await rig.start(named);
  await run.result();
  const marker = formatMarker({
    namespace: 'default',
    workflowId: run.workflowId,
    step: 'it',
    runId: run.firstExecutionRunId,
    keep: false,
  });
  expect(rig.simulator.state().resources[0]?.description).toBe(`for the orders team ${marker}`);
});

test('a marker that cannot be read back raises attention, and the id alone still undoes the resource', async () => {
  rig.simulator.setFaults({ operation: 'CreateWorkflowDefinition', do: 'slow', ms: 800 });
  const lose = async (name: string) => {
    let made = rig.simulator.resources.list().find((each) => each.name === name);
    for (; !made; made = rig.simulator.resources.list().find((each) => each.name === name)) await sleep(5);
    rig.simulator.resources.edit(made.id, { description: '' });
  };
  const run = await rig.start(plan(workflow('markerless')));
  await lose('markerless');
  expect(await outcomeOf(run)).toBe('Provisioned');
  expect((await rig.ledger(run)).steps.it).toMatchObject({ state: 'live', attention: { moves: [] } });
  expect((await run.describe()).searchAttributes).toMatchObject({ ProvisionerAttention: [true] });

  rig.simulator.setFaults({ operation: 'aiworkspaces/create', do: 'refuse', status: 400 });
  const undone = await rig.start({
    name: rig.planName(),
    resources: { flow: workflow('markerless_2'), ai: aiWorkspace('refused-ai', { dependsOn: ['flow'] }) },
  });
  await lose('markerless_2');
  expect(await outcomeOf(undone)).toBe('RolledBack');
  expect(rig.alive()).toEqual(['markerless']);
});

test('of two plans that want one name at once, on a cloud that refuses duplicates, one gets it', async () => {
  const runs = await Promise.all([rig.start(plan(fabric('wanted-ws'))), rig.start(plan(fabric('wanted-ws')))]);
  const outcomes = await Promise.all(runs.map(outcomeOf));
  expect(outcomes.sort()).toEqual(['Provisioned', 'RolledBack']);
  expect(rig.alive()).toEqual(['wanted-ws']);
});

test('of two plans that want one name at once, on a cloud that accepts duplicates, each has its own', async () => {
  rig.simulator.changeSettings({ alibabaDuplicates: 'accepted' });
  const runs = await Promise.all([rig.start(plan(workflow('wanted'))), rig.start(plan(workflow('wanted')))]);
  const outcomes = await Promise.all(runs.map(outcomeOf));
  const provisioned = outcomes.filter((outcome) => outcome === 'Provisioned').length;
  expect(provisioned).toBeGreaterThanOrEqual(1);
  expect(rig.alive()).toHaveLength(provisioned);
});
