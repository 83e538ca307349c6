/** The Nexus service with keys on both sides: neither namespace's history shows a plan, a result or a failure. */
import { randomBytes } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { workflowIdOf } from '../../contract/names.js';
import type { ProvisionResult } from '../../contract/plan.js';
import { createEncryption } from '../../encryption/index.js';
import { useCaller } from '../support/caller.js';
import { plainPayloads } from '../support/plain-payloads.js';
import { fabric } from '../support/resources.js';
import { useRig } from '../support/rig.js';

vi.setConfig({ testTimeout: 120_000 });

const key = randomBytes(32).toString('hex');
const encryption = createEncryption({ current: 'one', keys: { one: () => key }, plain: 'refuse' });
const rig = useRig({ encryption: () => encryption });
const caller = useCaller(rig, encryption);

function planOf(name: string) {
  const plan = { name: rig.planName(), resources: { fabric: fabric(name) } };
  rig.track(workflowIdOf(plan.name));
  return plan;
}

test('a plan that is called through Nexus is encrypted in both namespaces, result included', async () => {
  const run = await caller.start('provision', planOf('through-nexus'));
  const result = (await run.result()) as ProvisionResult;
  expect(result.fabric?.id).toBeTruthy();
  expect(rig.alive()).toEqual(['through-nexus']);
  expect(plainPayloads(await run.fetchHistory())).toEqual([]);
});

test('a plan that is refused through Nexus tells its caller why, with keys on both sides', async () => {
  const { error, why } = await caller.refusalOf('provision', { name: rig.planName(), resources: {} });
  expect(error).toMatchObject({ type: 'BAD_REQUEST' });
  expect(why).toMatchObject({ type: 'InvalidPlan' });
});
