/** Ten thousand resources in one account: swept page by page in bounded memory, across runs, and only orphans are gone. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { formatMarker } from '../../contract/marker.js';
import type { SweepReport } from '../../contract/sweep.js';
import { fabric, workflow } from '../support/resources.js';
import { type ProvisionRun, useRig } from '../support/rig.js';

const rig = useRig();

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** In all 10,000, with what the owners made themselves. */
const OWNERS = 20;
const PLANTED = { orphan: 300 - OWNERS, unknown: 700, unmarked: 1_200, elsewhere: 500, live: 7_300 - 1 };

/** Above what the list's pages, the SDK and the simulator's answers take; ten thousand whole resources take more. */
const MAX_GROWTH_MB = 25;

async function terminated(index: number): Promise<ProvisionRun> {
  const it = workflow(`seed_${index}`);
  const last = fabric(`never-made-${index}`, { dependsOn: ['it'] });
  const run = await rig.start({ name: rig.planName(), onFailure: 'pause', resources: { it, last } });
  await rig.until(run, ({ steps }) => steps.last?.attention !== undefined);
  await run.terminate('a test');
  return run;
}

function plant(name: string, description: string): void {
  rig.simulator.resources.plant({ kind: 'alibaba.dataworks.workflow', name, description });
}

function markerOf(workflowId: string, runId: string, namespace = 'default'): string {
  return formatMarker({ namespace, workflowId, step: 'it', runId, keep: false });
}

/** Of the main heap, garbage apart, while `work` is under way. */
async function peakOf<T>(work: Promise<T>): Promise<{ readonly result: T; readonly grownMb: number }> {
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  let peak = before;
  let done = false;
  const sampling = (async () => {
    while (!done) {
      collectGarbage();
      peak = Math.max(peak, process.memoryUsage().heapUsed);
      await sleep(2_000);
    }
  })();
  const result = await work.finally(() => {
    done = true;
  });
  await sampling;
  return { result, grownMb: Math.round((peak - before) / 1_000_000) };
}

async function sweep(request: object): Promise<{ report: SweepReport; runs: number; grownMb: number }> {
  const workflowId = `sweep-${rig.taskQueue}-${randomUUID().slice(0, 4)}`;
  const args = [{ graceMs: 0, ...request }];
  const handle = await rig.client.workflow.start('sweepOrphans', { taskQueue: rig.taskQueue, workflowId, args });
  const { result, grownMb } = await peakOf(handle.result());
  let runs = 0;
  for (let next: string | undefined = handle.firstExecutionRunId; next; runs++) {
    rig.track(workflowId, next);
    const { events } = await rig.client.workflow.getHandle(workflowId, next).fetchHistory();
    next = events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined;
  }
  return { report: result as SweepReport, runs, grownMb };
}

test('10,000 resources are swept in pages and runs, in bounded memory, and only the orphans are gone', async () => {
  rig.simulator.setFaults({ operation: 'CreateWorkspace', do: 'refuse', status: 400 });
  const owner = await rig.start({ name: rig.planName(), resources: { it: workflow('seed_live') } });
  await owner.result();
  const orphaned = await Promise.all(Array.from({ length: OWNERS }, (_, index) => terminated(index)));
  for (let index = 0; index < PLANTED.orphan; index++) {
    const { workflowId, firstExecutionRunId } = orphaned[index % OWNERS] as ProvisionRun;
    plant(`orphan_${index}`, markerOf(workflowId, firstExecutionRunId));
  }
  for (let index = 0; index < PLANTED.unknown; index++)
    plant(`unknown_${index}`, markerOf('provision-gone', randomUUID()));
  for (let index = 0; index < PLANTED.unmarked; index++) plant(`unmarked_${index}`, 'made by hand');
  for (let index = 0; index < PLANTED.elsewhere; index++)
    plant(`elsewhere_${index}`, markerOf('provision-a', randomUUID(), 'staging'));
  for (let index = 0; index < PLANTED.live; index++)
    plant(`live_${index}`, markerOf(owner.workflowId, owner.firstExecutionRunId));
  expect(rig.alive()).toHaveLength(10_000);
  // The late-commit window of the rig's connections, and the send window.
  await sleep(6_500);

  const builtIn = 2;
  const counts = {
    unmarked: 1_200 + builtIn,
    elsewhere: 500,
    live: 7_300,
    kept: 0,
    young: 0,
    orphan: 300,
    unknown: 700,
  };
  const shown = await sweep({});
  expect(shown.report.counts).toEqual(counts);
  // What is named is bounded, what is counted is not.
  expect([shown.report.orphans.length, shown.report.unknown.length]).toEqual([300, 500]);
  expect(shown.runs).toBeGreaterThan(3);
  expect(rig.alive()).toHaveLength(10_000);

  const deleted = await sweep({ delete: true });
  expect(deleted.report.counts).toEqual(counts);
  expect(deleted.report.acted).toEqual({ deleted: 300, gone: 0, left: 0, failed: 0 });
  expect(deleted.runs).toBeGreaterThan(3);
  expect(rig.alive()).toHaveLength(9_700);
  expect(rig.alive().filter((name) => name.startsWith('orphan_') || /^seed_\d/.test(name))).toEqual([]);

  const rss = Math.round(process.memoryUsage().rss / 1_000_000);
  process.stdout.write(
    `10,000 resources: heap grew by ${shown.grownMb} MB reporting in ${shown.runs} runs, by ${deleted.grownMb} MB ` +
      `deleting 300 in ${deleted.runs} runs; ${rss} MB resident with the simulator\n`,
  );
  expect(Math.max(shown.grownMb, deleted.grownMb)).toBeLessThan(MAX_GROWTH_MB);
}, 1_800_000);
