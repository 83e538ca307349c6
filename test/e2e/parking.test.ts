/**
 * Undos that cannot go on: they park, say why, keep the workflow open, and go on by themselves once they can. Both cases
 * in one test, side by side: the first retry of a parked undo comes after a minute.
 */
import { expect, test } from 'vitest';
import { failureOf, outcomeOf } from '../support/closing.js';
import { aiWorkspace, fabric, project, studio, workflow } from '../support/resources.js';
import { useRig } from '../support/rig.js';

const rig = useRig();

/** `fabric` on `studio`, `ai` beside them, and `flow` on all, which is refused: then `fabric` may not be deleted. */
async function parksAsRefused(): Promise<void> {
  rig.simulator.setFaults([
    { operation: 'CreateWorkflowDefinition', do: 'refuse', status: 400, match: { name: 'refused_flow' } },
    { operation: 'DeleteWorkspace', do: 'refuse', status: 403, nth: 1, match: { name: 'kept-by-403' } },
  ]);
  const run = await rig.start({
    name: rig.planName(),
    resources: {
      studio: studio(),
      fabric: fabric('kept-by-403', { dependsOn: ['studio'] }),
      ai: aiWorkspace(),
      flow: workflow('refused_flow', { dependsOn: ['fabric', 'ai'] }),
    },
  });
  const parked = await rig.until(
    run,
    ({ steps }) => steps.fabric?.attention !== undefined && steps.ai?.state === 'deleted',
  );
  // What it depends on waits; what has nothing to do with it is gone.
  expect(parked.steps).toMatchObject({
    fabric: {
      state: 'deleting',
      cause: { type: 'AccessDenied', status: 403 },
      attention: { moves: ['retry', 'adopt', 'abandon'] },
    },
    studio: { state: 'live' },
    ai: { state: 'deleted' },
    flow: { state: 'refused' },
  });
  expect(parked.steps.fabric?.attention?.reason).toMatch(/^cannot be undone: .*; tries again after 1 min$/);
  expect(rig.alive()).toContain('kept-by-403');
  expect(rig.alive()).toContain('studio_ws');
  await run.cancel();
  const { status, searchAttributes } = await run.describe();
  expect(status.name).toBe('RUNNING');
  expect(searchAttributes).toMatchObject({ ProvisionerAttention: [true] });
  // The first cause wins: a cancel during a rollback leaves RolledBack.
  expect(await failureOf(run)).toMatchObject({ type: 'RolledBack', cause: { type: 'InvalidRequest' } });
  const { steps } = await rig.ledger(run);
  expect(Object.values(steps).filter(({ attention }) => attention)).toEqual([]);
  expect(steps.fabric).not.toHaveProperty('cause');
  expect((await run.describe()).searchAttributes).toMatchObject({ ProvisionerAttention: [false] });
}

/** A step may have a name that every object knows. */
async function parksUnderAnOddName(): Promise<void> {
  rig.simulator.setFaults([
    { operation: 'CreateProject', do: 'refuse', status: 400, match: { name: 'odd_project' } },
    { operation: 'DeleteWorkspace', do: 'refuse', status: 403, nth: 1, match: { name: 'odd-ws' } },
  ]);
  const run = await rig.start({
    name: rig.planName(),
    resources: { constructor: fabric('odd-ws'), toString: project('odd_project', { dependsOn: ['constructor'] }) },
  } as never);
  await rig.until(run, ({ steps }) => Object.entries(steps).some(([, { attention }]) => attention !== undefined));
  expect(await outcomeOf(run)).toBe('RolledBack');
}

async function parksAsNotEmpty(): Promise<void> {
  const inner = 'ai-beside';
  rig.simulator.setFaults({ operation: 'aiworkspaces/create', do: 'slow', ms: 1500, match: { name: inner } });
  const run = await rig.start({
    name: rig.planName(),
    resources: { fabric: fabric('filled-ws'), ai: aiWorkspace(inner, { dependsOn: ['fabric'] }) },
  });
  await rig.until(run, ({ steps }) => steps.ai?.state === 'creating');
  const id = rig.simulator.resources.list().find(({ name }) => name === 'filled-ws')?.id ?? '';
  rig.simulator.resources.edit(id, { contents: ['an-endpoint'] });
  await run.cancel();
  const { steps } = await rig.until(run, (ledger) => ledger.steps.fabric?.attention !== undefined);
  expect(steps).toMatchObject({ fabric: { state: 'deleting', cause: { type: 'NotEmpty' } }, ai: { state: 'deleted' } });
  expect(rig.alive()).toContain('filled-ws');
  expect((await run.describe()).searchAttributes).toMatchObject({ ProvisionerAttention: [true] });
  rig.simulator.resources.edit(id, { contents: [] });
  expect(await outcomeOf(run)).toBe('Cancelled');
  const { memo, searchAttributes } = await run.describe();
  expect(memo).toMatchObject({ ledger: { steps: { fabric: { state: 'deleted' } } } });
  expect(searchAttributes).toMatchObject({ ProvisionerAttention: [false], ProvisionerOutcome: ['Cancelled'] });
}

test('undos that are refused or not empty park with their reason, and go on by themselves when they can', {
  timeout: 150_000,
}, async () => {
  await Promise.all([parksAsRefused(), parksAsNotEmpty(), parksUnderAnOddName()]);
  expect(rig.alive()).toEqual([]);
});
