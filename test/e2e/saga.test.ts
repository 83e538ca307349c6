/** The saga against everything that goes wrong on the way, judged by what is alive in the clouds afterwards. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Plan, PlanResource } from '../../contract/plan.js';
import type { Fault } from '../../simulator/faults.js';
import { causeOf, outcomeOf } from '../support/closing.js';
import { aiWorkspace, fabric, KINDS, named, project, studio, workflow } from '../support/resources.js';
import { useRig } from '../support/rig.js';

const rig = useRig();

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

/** A plan of one step for each kind, cancelled once its create has arrived at the cloud. */
async function cancelEachMidway(base: string): Promise<void> {
  await Promise.all(
    KINDS.map(async ([operation, resource]) => {
      const called = rig.nextCall(operation);
      const run = await rig.start(plan(resource(named(base, resource))));
      await called;
      await run.cancel();
      expect(await outcomeOf(run)).toBe('Cancelled');
    }),
  );
}

test.each(CREATES)('when %s is refused nothing of the plan is left', async (operation) => {
  rig.simulator.setFaults({ operation, do: 'refuse', status: 400 });
  const run = await rig.start(flagship());
  expect(await outcomeOf(run)).toBe('RolledBack');
  expect(rig.alive()).toEqual([]);
  rig.expectFired();
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

test.each(LOST)('creates of every kind whose answer is lost (%s) end in one resource each', async (fault) => {
  // A project's name stays blocked after its delete, so each case has its own.
  const base = `lost${LOST.indexOf(fault)}`;
  rig.simulator.setFaults(KINDS.map(([operation]) => ({ operation, do: fault, nth: 1 })));
  const runs = await Promise.all(KINDS.map(([, resource]) => rig.start(plan(resource(named(base, resource))))));
  expect(await Promise.all(runs.map(outcomeOf))).toEqual(KINDS.map(() => 'Provisioned'));
  expect(rig.alive()).toEqual(KINDS.map(([, resource]) => named(base, resource)).sort());
  rig.expectFired();
});

test('creates of every kind that take effect after the rollback began are deleted', async () => {
  rig.simulator.setFaults(KINDS.map(([operation]) => ({ operation, do: 'late' as const, ms: 900, nth: 1 })));
  await cancelEachMidway('late');
  await sleep(1000);
  expect(rig.alive()).toEqual([]);
  rig.expectFired();
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

test('pause keeps what is live, parks the failed step, and a cancel rolls back', async () => {
  rig.simulator.setFaults({ operation: 'CreateWorkflowDefinition', do: 'refuse', status: 400 });
  const run = await rig.start(flagship({ onFailure: 'pause' }));
  const ledger = await rig.until(run, ({ steps }) => steps.workflow?.attention !== undefined);
  expect(ledger.steps.studio?.state).toBe('live');
  expect(ledger.steps.workflow).toMatchObject({
    state: 'refused',
    attention: { moves: ['retry', 'adopt', 'skip', 'rollback'] },
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
  rig.expectFired();
});

test('the same plan name is provisioned again after a rollback', async () => {
  rig.simulator.setFaults({ operation: 'CreateWorkflowDefinition', do: 'refuse', status: 400, nth: 1 });
  const again = flagship();
  expect(await outcomeOf(await rig.start(again))).toBe('RolledBack');
  expect(await outcomeOf(await rig.start(again))).toBe('Provisioned');
  expect(rig.alive()).toHaveLength(4);
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
  await cancelEachMidway('gone');
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
