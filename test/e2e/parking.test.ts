/** Undos that cannot go on: they park, say why, keep the workflow open, and go on by themselves once they can. */
import { expect, test } from 'vitest';
import type { Plan } from '../../contract/plan.js';
import { failureOf } from '../support/closing.js';
import { aiWorkspace, fabric, studio, workflow } from '../support/resources.js';
import { useRig } from '../support/rig.js';

const rig = useRig();

/** `studio` and then `fabric` on it; `ai` beside them; `flow` on all, which the simulator refuses. */
function refusedAtTheEnd(): Plan {
  return {
    name: rig.planName(),
    resources: {
      studio: studio(),
      fabric: fabric('fabric-ws', { dependsOn: ['studio'] }),
      ai: aiWorkspace(),
      flow: workflow('refused_flow', { dependsOn: ['fabric', 'ai'] }),
    },
  };
}

const refuseFlow = { operation: 'CreateWorkflowDefinition', do: 'refuse', status: 400 } as const;
/** First retry of a parked undo: one minute. */
const PARKED = 120_000;

test('a refused undo parks with its reason, a cancel does not stop it, and it goes on when it may again', {
  timeout: PARKED,
}, async () => {
  rig.simulator.setFaults([refuseFlow, { operation: 'DeleteWorkspace', do: 'refuse', status: 403 }]);
  const run = await rig.start(refusedAtTheEnd());
  const parked = await rig.until(
    run,
    ({ steps }) => steps.fabric?.attention !== undefined && steps.ai?.state === 'deleted',
  );
  // What it depends on waits; what has nothing to do with it is gone.
  expect(parked.steps).toMatchObject({
    fabric: { state: 'deleting', cause: { type: 'AccessDenied' }, attention: { moves: [] } },
    studio: { state: 'live' },
    ai: { state: 'deleted' },
    flow: { state: 'refused' },
  });
  expect(parked.steps.fabric?.attention?.reason).toMatch(/^cannot be deleted: .*; tries again every 1 min$/);
  expect(rig.alive()).toEqual(['fabric-ws', 'studio_ws']);
  await run.cancel();
  const { status, searchAttributes } = await run.describe();
  expect(status.name).toBe('RUNNING');
  expect(searchAttributes).toMatchObject({ ProvisionerAttention: [true] });
  rig.simulator.clearFaults();
  const failure = await failureOf(run);
  // The first cause wins: a cancel during a rollback leaves RolledBack.
  expect(failure).toMatchObject({ type: 'RolledBack', cause: { type: 'InvalidRequest' } });
  const { steps } = await rig.ledger(run);
  expect(Object.values(steps).map(({ state }) => state)).toEqual(['deleted', 'deleted', 'deleted', 'refused']);
  expect(Object.values(steps).filter(({ attention }) => attention)).toEqual([]);
  expect((await run.describe()).searchAttributes).toMatchObject({ ProvisionerAttention: [false] });
  expect(rig.alive()).toEqual([]);
});
