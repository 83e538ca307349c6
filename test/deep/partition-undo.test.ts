/**
 * A worker cut off from Temporal while it undoes, and a second one that takes over: without the server's word the first
 * one deletes nothing any more. A run that is reset meanwhile may have adopted what it would delete.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, inject, test } from 'vitest';
import type { Plan } from '../../contract/plan.js';
import { outcomeOf } from '../support/closing.js';
import { fabric, studio } from '../support/resources.js';
import { withRig } from '../support/rig.js';
import { BYSTANDERS, LIST, PAGE_MS, PAGES, plantBystandersAndSlowLists, TEMPTED_MS } from '../support/slow-look-up.js';
import { callerOf } from '../support/tally.js';
import { startTcpProxy } from '../support/tcp-proxy.js';
import { endWorkerProcess, startWorkerProcess } from '../support/worker-process.js';

const DELETE = 'BatchDeleteWorkspaces';
/** Time enough to set the scene for the undo. */
const TRIGGER_MS = 5_000;

test('an undo that is cut off while it looks deletes nothing, neither deaf nor told', async () => {
  await withRig(async (rig) => {
    const { simulator, taskQueue: queue } = rig;
    await rig.stopWorker();
    const temporal = inject('temporalAddress');
    const proxy = await startTcpProxy(temporal);
    const workers = [startWorkerProcess({ simulator, queue, address: proxy.address })];
    const by = (operation: string, attempt: number) =>
      simulator
        .requests()
        .filter((each) => each.operation === operation && callerOf(each.userAgent).attempt === attempt);
    try {
      const resources = { it: studio('undone_ws'), last: fabric('last-ws', { dependsOn: ['it'] }) };
      const plan: Plan = { name: rig.planName(), resources };
      simulator.setFaults({ operation: 'CreateWorkspace', do: 'slow', ms: TRIGGER_MS });
      const triggered = rig.nextCall('CreateWorkspace');
      const run = await rig.start(plan);
      await triggered;
      // Behind ours in the list: the first page that the undo reads shows what it would delete.
      plantBystandersAndSlowLists(rig);
      const looksBefore = by(LIST, 1).length;
      await run.cancel();
      while (by(LIST, 1).length === looksBefore) await sleep(5);
      proxy.cut('silent');
      workers.push(startWorkerProcess({ simulator, queue, address: temporal }));
      while (((await run.describe()).raw.pendingActivities?.[0]?.attempt ?? 2) < 2) await sleep(50);
      while (by(LIST, 1).length < looksBefore + PAGES) await sleep(50);
      await sleep(PAGE_MS + TEMPTED_MS);
      proxy.heal();
      await sleep(TEMPTED_MS);
      expect(await outcomeOf(run)).toBe('Cancelled');
      expect(rig.alive()).toEqual([...BYSTANDERS].sort());
      const deletes = simulator.requests().filter(({ operation }) => operation === DELETE);
      const attempts = deletes.map(({ userAgent }) => callerOf(userAgent).attempt);
      expect(attempts).toEqual([expect.any(Number)]);
      expect(attempts).not.toContain(1);
      rig.expectFired();
    } finally {
      await Promise.all(workers.map(endWorkerProcess));
      await proxy.close();
    }
  });
});
