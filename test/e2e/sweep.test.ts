/** The sweep: what closed workflows left is found and deleted; what anybody else owns, or might, is left alone. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Plan } from '../../contract/plan.js';
import type { SweepReport, SweepRequest } from '../../contract/sweep.js';
import { aiWorkspace, workflow } from '../support/resources.js';
import { type ProvisionRun, useRig } from '../support/rig.js';

const rig = useRig();

/** The late-commit window of the rig's connections and the send window: nothing is an orphan before. */
const SETTLED_MS = 6_000;

let sweeps = 0;

async function startSweep(request: SweepRequest) {
  sweeps += 1;
  const workflowId = `sweep-${rig.taskQueue}-${sweeps}`;
  const handle = await rig.client.workflow.start('sweepOrphans', {
    taskQueue: rig.taskQueue,
    workflowId,
    args: [request],
  });
  rig.track(workflowId, handle.firstExecutionRunId);
  return handle;
}

async function sweepOnce(request: SweepRequest = {}): Promise<SweepReport> {
  return (await (await startSweep({ graceMs: 0, ...request })).result()) as SweepReport;
}

/** Ended from outside in the middle of its work: `live` steps are there, and nobody undoes them. */
async function abandon(plan: Plan, stuck: string): Promise<ProvisionRun> {
  const run = await rig.start(plan);
  await rig.until(run, ({ steps }) => steps[stuck]?.state === 'creating');
  await run.terminate('a test');
  return run;
}

test('what a terminated saga left is reported, and deleted only when that is asked', async () => {
  rig.simulator.setFaults({ operation: 'CreateWorkflowDefinition', do: 'slow', ms: 1_500 });
  const resources = { ai: aiWorkspace('ai-left'), flow: workflow('flow_left', { dependsOn: ['ai'] }) };
  await abandon({ name: rig.planName(), resources }, 'flow');
  await sleep(SETTLED_MS + 1_000);
  const report = await sweepOnce();
  expect(report.counts.orphan).toBe(rig.alive().length);
  expect(report.orphans.map(({ name }) => name)).toContain('ai-left');
  expect(rig.alive()).toContain('ai-left');
  const { acts } = await sweepOnce({ delete: true });
  expect(acts.map(({ name, result }) => [name, result])).toContainEqual(['ai-left', 'deleted']);
  expect(rig.alive()).toEqual([]);
  rig.expectFired();
});
