/** The saga against everything that goes wrong on the way, judged by what is alive in the clouds afterwards. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import { expect, test } from 'vitest';
import { formatMarker } from '../../contract/marker.js';
import type { Plan, PlanResource } from '../../contract/plan.js';
import type { Fault } from '../../simulator/faults.js';
import { aiWorkspace, fabric, project, studio, workflow } from '../support/resources.js';
import { type ProvisionRun, useRig } from '../support/rig.js';

const rig = useRig();

const KINDS = [
  ['CreateManagerWorkSpace', studio],
  ['CreateWorkspace', fabric],
  ['aiworkspaces/create', aiWorkspace],
  ['CreateWorkflowDefinition', workflow],
  ['CreateProject', project],
] as const;

const CREATES = KINDS.slice(0, 4).map(([operation]) => operation);

function flagship(more: Partial<Plan> = {}): Plan {
  return {
    name: rig.planName(),
    resources: {
      studio: studio(),
      fabric: fabric(),
      ai: aiWorkspace(),
      workflow: workflow('daily_flow', { dependsOn: ['studio', 'fabric', 'ai'] }),
    },
    ...more,
  };
}

function plan(it: PlanResource, more: Partial<Plan> = {}): Plan {
  return { name: rig.planName(), resources: { it }, ...more };
}

async function outcomeOf(run: ProvisionRun): Promise<string> {
  try {
    await run.result();
    return 'Provisioned';
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    return (error.cause as ApplicationFailure).type ?? 'Cancelled';
  }
}

async function causeOf(run: ProvisionRun): Promise<ApplicationFailure> {
  const error = (await run.result().catch((thrown: unknown) => thrown)) as WorkflowFailedError;
  return (error.cause as ApplicationFailure).cause as ApplicationFailure;
}

function fired(): void {
  for (const fault of rig.simulator.state().faults) expect(fault.fired, JSON.stringify(fault)).toBeGreaterThan(0);
}

test.each(CREATES)('when %s is refused nothing of the plan is left', async (operation) => {
  rig.simulator.setFaults({ operation, do: 'refuse', status: 400 });
  const run = await rig.start(flagship());
  expect(await outcomeOf(run)).toBe('RolledBack');
  expect(rig.alive()).toEqual([]);
  fired();
});

test.each(CREATES)('a cancel while %s is under way leaves nothing alive', async (operation) => {
  rig.simulator.setFaults({ operation, do: 'slow', ms: 700 });
  const called = rig.nextCall(operation);
  const run = await rig.start(flagship());
  await called;
  await run.cancel();
  expect(await outcomeOf(run)).toBe('Cancelled');
  expect(rig.alive()).toEqual([]);
});

const LOST: readonly Fault['do'][] = ['cut-before', 'cut-after', 'fail-before', 'fail-after'];

/** A name that every kind allows, told apart by the kind. */
function named(base: string, resource: (typeof KINDS)[number][1]): string {
  return `${base}${resource === fabric || resource === aiWorkspace ? '-' : '_'}${KINDS.findIndex(([, each]) => each === resource)}`;
}

test.each(LOST)('creates of every kind whose answer is lost (%s) end in one resource each', async (fault) => {
  // A project's name stays blocked after its delete, so each case has its own.
  const base = `lost${LOST.indexOf(fault)}`;
  rig.simulator.setFaults(KINDS.map(([operation]) => ({ operation, do: fault, nth: 1 })));
  const runs = await Promise.all(KINDS.map(([, resource]) => rig.start(plan(resource(named(base, resource))))));
  expect(await Promise.all(runs.map(outcomeOf))).toEqual(KINDS.map(() => 'Provisioned'));
  expect(rig.alive()).toEqual(KINDS.map(([, resource]) => named(base, resource)).sort());
  fired();
});

test('creates of every kind that take effect after the rollback began are deleted', async () => {
  rig.simulator.setFaults(KINDS.map(([operation]) => ({ operation, do: 'late' as const, ms: 900, nth: 1 })));
  await Promise.all(
    KINDS.map(async ([operation, resource]) => {
      const called = rig.nextCall(operation);
      const run = await rig.start(plan(resource(named('late', resource))));
      await called;
      await run.cancel();
      expect(await outcomeOf(run)).toBe('Cancelled');
    }),
  );
  await sleep(1000);
  expect(rig.alive()).toEqual([]);
  fired();
});

test('an output of one step becomes part of the spec of the next', async () => {
  const run = await rig.start({
    name: rig.planName(),
    resources: {
      project: project('ref_project'),
      flow: {
        ...workflow('ref_flow'),
        spec: { ...workflow('ref_flow').spec, ProjectId: { $ref: 'project.id' } },
      },
    },
  });
  const result = await run.result();
  const flow = rig.simulator.state().resources.find(({ name }) => name === 'ref_flow');
  expect(flow?.projectId).toBe(result.project?.id);
});

test('a failed step that refers to another is undone before it', async () => {
  rig.simulator.setFaults({ operation: 'CreateWorkflowDefinition', do: 'refuse', status: 400 });
  const run = await rig.start({
    name: rig.planName(),
    resources: {
      project: project('ref_gone'),
      flow: { ...workflow('f'), spec: { ...workflow('f').spec, ProjectId: { $ref: 'project.id' } } },
    },
  });
  expect(await outcomeOf(run)).toBe('RolledBack');
  expect(rig.alive()).toEqual([]);
});

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
  fired();
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

test('pause keeps what is live, parks the failed step, and a cancel rolls back', async () => {
  rig.simulator.setFaults({ operation: 'CreateWorkflowDefinition', do: 'refuse', status: 400 });
  const run = await rig.start(flagship({ onFailure: 'pause' }));
  const ledger = await rig.until(run, ({ steps }) => steps.workflow?.attention !== undefined);
  expect(ledger.steps.studio?.state).toBe('live');
  expect(ledger.steps.workflow).toMatchObject({
    state: 'refused',
    attention: { moves: ['cancel'] },
    cause: { type: 'InvalidRequest' },
  });
  expect(rig.alive()).toHaveLength(3);
  const { searchAttributes, status } = await run.describe();
  expect(status.name).toBe('RUNNING');
  expect(searchAttributes).toMatchObject({ ProvisionerAttention: [true] });
  await run.cancel();
  expect(await outcomeOf(run)).toBe('Cancelled');
  expect(rig.alive()).toEqual([]);
  expect((await run.describe()).searchAttributes).toMatchObject({ ProvisionerAttention: [false] });
});

test.each([
  ['a hint', { retryAfterMs: 300 }],
  ['no hint', {}],
])('429 with %s is waited out on every create', async (_what, hint) => {
  rig.simulator.setFaults(CREATES.map((operation) => ({ operation, do: 'throttle' as const, nth: 1, ...hint })));
  const run = await rig.start(flagship());
  expect(await outcomeOf(run)).toBe('Provisioned');
  expect(rig.alive()).toHaveLength(4);
  fired();
});

test('the same plan name is provisioned again after a rollback', async () => {
  rig.simulator.setFaults({ operation: 'CreateWorkflowDefinition', do: 'refuse', status: 400, nth: 1 });
  const again = flagship();
  expect(await outcomeOf(await rig.start(again))).toBe('RolledBack');
  expect(await outcomeOf(await rig.start(again))).toBe('Provisioned');
  expect(rig.alive()).toHaveLength(4);
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

test('steps that need nothing of each other are created side by side', async () => {
  rig.simulator.setFaults(CREATES.slice(0, 3).map((operation) => ({ operation, do: 'slow' as const, ms: 400 })));
  const run = await rig.start(flagship());
  await rig.until(run, ({ steps }) => ['studio', 'fabric', 'ai'].every((key) => steps[key]?.state === 'creating'));
  expect(await outcomeOf(run)).toBe('Provisioned');
});

test('a list that lags behind delays a plan but changes nothing of its end', async () => {
  const lists = [
    'ListManagerWorkSpaces',
    'aiworkspaces/getList',
    'ListWorkflowDefinitions',
    'ListWorkspaces',
    'ListProjects',
  ];
  rig.simulator.setFaults(lists.map((operation) => ({ operation, do: 'stale-list' as const, ms: 600 })));
  // Names of their own: a lagging list still shows what an earlier test has deleted.
  const made = await Promise.all(KINDS.map(([, resource]) => rig.start(plan(resource(named('stale', resource))))));
  expect(await Promise.all(made.map(outcomeOf))).toEqual(KINDS.map(() => 'Provisioned'));
  expect(rig.alive()).toHaveLength(KINDS.length);
});

test('a list that lags behind hides no resource from its undo', async () => {
  const lists = [
    'ListManagerWorkSpaces',
    'aiworkspaces/getList',
    'ListWorkflowDefinitions',
    'ListWorkspaces',
    'ListProjects',
  ];
  rig.simulator.setFaults([
    ...lists.map((operation) => ({ operation, do: 'stale-list' as const, ms: 600 })),
    ...KINDS.map(([operation]) => ({ operation, do: 'slow' as const, ms: 300 })),
  ]);
  await Promise.all(
    KINDS.map(async ([operation, resource]) => {
      const called = rig.nextCall(operation);
      const run = await rig.start(plan(resource(named('gone', resource))));
      await called;
      await run.cancel();
      expect(await outcomeOf(run)).toBe('Cancelled');
    }),
  );
  expect(rig.alive()).toEqual([]);
});

test('a project that ends in InitFailed fails at once and is deleted', async () => {
  rig.simulator.setFaults({ operation: 'CreateProject', do: 'init-failed' });
  const run = await rig.start(plan(project('broken_project')));
  expect((await causeOf(run)).type).toBe('NotStabilized');
  expect(rig.alive()).toEqual([]);
});

test('a workflow that somebody published is taken offline and deleted', async () => {
  rig.simulator.setFaults({ operation: 'aiworkspaces/create', do: 'slow', ms: 500 });
  const run = await rig.start({
    name: rig.planName(),
    resources: { flow: workflow('published'), ai: aiWorkspace('after-flow', { dependsOn: ['flow'] }) },
  });
  await rig.until(run, ({ steps }) => steps.ai?.state === 'creating');
  const made = rig.simulator.state().resources.find(({ name }) => name === 'published');
  rig.simulator.resources.edit(made?.id ?? '', { published: true });
  await run.cancel();
  expect(await outcomeOf(run)).toBe('Cancelled');
  expect(rig.alive()).toEqual([]);
});
