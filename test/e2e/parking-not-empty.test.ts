/** A resource that somebody filled is nobody's to empty: its undo parks until it is empty again. */
import { expect, test } from 'vitest';
import { outcomeOf } from '../support/closing.js';
import { aiWorkspace, fabric } from '../support/resources.js';
import { useRig } from '../support/rig.js';

const rig = useRig();

test('a workspace with something in it parks its undo as NotEmpty, and is deleted once it is cleared', {
  timeout: 120_000,
}, async () => {
  rig.simulator.setFaults({ operation: 'aiworkspaces/create', do: 'slow', ms: 1000 });
  const called = rig.nextCall('aiworkspaces/create');
  const run = await rig.start({
    name: rig.planName(),
    resources: { fabric: fabric(), ai: aiWorkspace('ai-ws', { dependsOn: ['fabric'] }) },
  });
  await called;
  const id = rig.simulator.resources.list().find(({ name }) => name === 'fabric-ws')?.id ?? '';
  rig.simulator.resources.edit(id, { contents: ['an-endpoint'] });
  await run.cancel();
  const { steps } = await rig.until(run, ({ steps }) => steps.fabric?.attention !== undefined);
  expect(steps).toMatchObject({ fabric: { state: 'deleting', cause: { type: 'NotEmpty' } }, ai: { state: 'deleted' } });
  expect(rig.alive()).toEqual(['fabric-ws']);
  expect((await run.describe()).searchAttributes).toMatchObject({ ProvisionerAttention: [true] });
  rig.simulator.resources.edit(id, { contents: [] });
  expect(await outcomeOf(run)).toBe('Cancelled');
  const { memo, searchAttributes } = await run.describe();
  expect(memo).toMatchObject({ ledger: { steps: { fabric: { state: 'deleted' } } } });
  expect(searchAttributes).toMatchObject({ ProvisionerAttention: [false], ProvisionerOutcome: ['Cancelled'] });
  expect(rig.alive()).toEqual([]);
});
