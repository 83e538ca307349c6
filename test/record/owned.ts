/** Scenarios of managed plans: given up at once, kept back by protection, cancelled, and owned for so long that they go on as new. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { expect } from 'vitest';
import { outcomeOf } from '../support/closing.js';
import { aiWorkspace, fabric } from '../support/resources.js';
import type { ProvisionRun, Rig } from '../support/rig.js';
import { nextOf } from './continued.js';
import { planOf, type Scenario, scenario } from './scenario.js';

const who = { by: 'ann', why: 'ticket 7' };

async function owned(rig: Rig, name: string, protect = false): Promise<ProvisionRun> {
  const resources = {
    base: fabric('base-ws', protect ? { protect } : {}),
    ai: aiWorkspace('ai-ws', { dependsOn: ['base'] }),
  };
  const run = await rig.start(planOf(name, resources, { lifetime: { verifyEvery: '1m' } }));
  await rig.until(run, ({ outcome }) => outcome === 'Provisioned');
  return run;
}

const giveUp = (run: WorkflowHandle, more: object = {}) =>
  run.executeUpdate('deprovision', { args: [{ ...who, ...more }] });

export const OWNED: readonly Scenario[] = [
  scenario('managed-given-up', async (rig, name) => {
    const run = await owned(rig, name);
    await giveUp(run);
    expect(await run.result()).toEqual({});
    expect(rig.alive()).toEqual([]);
    return run;
  }),
  scenario('managed-protected', async (rig, name) => {
    const run = await owned(rig, name, true);
    await giveUp(run, { includeProtected: true });
    await run.result();
    expect(rig.alive()).toEqual([]);
    return run;
  }),
  scenario('managed-cancelled', async (rig, name) => {
    const run = await owned(rig, name, true);
    await run.cancel();
    expect(await outcomeOf(run)).toBe('Cancelled');
    expect(rig.alive()).toEqual(['base-ws']);
    return run;
  }),
];

/** On a server that suggests to continue as new after a few events: a look takes it there. */
export const OWNED_LONG: readonly Scenario[] = [
  {
    files: ['managed-long-first', 'managed-long-last'],
    async play(rig) {
      const run = await owned(rig, 'managed-long');
      const id = rig.simulator.resources.list().find(({ name }) => name === 'base-ws')?.id ?? '';
      rig.simulator.resources.edit(id, { description: 'somebody was here' });
      const first = rig.client.workflow.getHandle(run.workflowId, run.firstExecutionRunId);
      for (let next = await nextOf(first); next === undefined; next = await nextOf(first)) await sleep(100);
      const last = rig.client.workflow.getHandle(run.workflowId, await nextOf(first));
      await giveUp(last);
      await last.result();
      rig.track(run.workflowId, await nextOf(first));
      expect((await last.query<{ steps: object }>('ledger')).steps).toMatchObject({
        base: { verified: { verdict: 'differs' } },
      });
      // By its id, though its marker is gone.
      expect(rig.alive()).toEqual([]);
      return [first, last];
    },
  },
];
