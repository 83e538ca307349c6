/**
 * A worker process killed after the i-th request that a saga makes of the clouds, for every i. All sagas of a test run in
 * one process, each stopped at another request; one SIGKILL meets them all, and the next process takes them to their ends.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, inject, test } from 'vitest';
import { workflowIdOf } from '../../contract/names.js';
import type { Plan } from '../../contract/plan.js';
import type { RunningCli } from '../cli-process.js';
import { outcomeOf } from '../support/closing.js';
import { type Gate, type Stop, startGate } from '../support/gate.js';
import { fabric, studio, workflow } from '../support/resources.js';
import { type Rig, withRig } from '../support/rig.js';
import { logCreates, tally } from '../support/tally.js';
import { endWorkerProcess, startWorkerProcess } from '../support/worker-process.js';

const PATHS = ['Provisioned', 'RolledBack'] as const;
type Path = (typeof PATHS)[number];

/** A Huawei connection of its own for each saga: Studio's look-ups are shared, and one that is held would hold the others'. */
function planOf(rig: Rig, path: Path, own: string): Plan {
  return {
    name: rig.planName(),
    resources: {
      studio: studio(`studio_${own}`, { connection: `huawei-${own}` }),
      flow: workflow(`flow_${own}`, { dependsOn: ['studio'] }),
      ...(path === 'RolledBack' && { refused: fabric(`refused-${own}`, { dependsOn: ['flow'] }) }),
    },
  };
}

interface Saga {
  readonly path: Path;
  readonly at: number;
  /** Tells its resources and its connection from the others'. */
  readonly own: string;
}

const FIRST = 'first';
let sagas: readonly Saga[] = [];

/** A worker process on the rig's queue, behind a gate. */
async function behindGate(body: (rig: Rig, gate: Gate, start: () => RunningCli) => Promise<void>): Promise<void> {
  await withRig(async (rig) => {
    await rig.stopWorker();
    rig.simulator.changeSettings({ alibabaDuplicates: 'accepted' });
    rig.simulator.setFaults({ operation: 'CreateWorkspace', do: 'refuse', status: 400 });
    const gate = await startGate(() => rig.simulator.endpoint);
    const workers: RunningCli[] = [];
    const start = () => {
      const { simulator, taskQueue: queue } = rig;
      const connections = ['huawei', 'alibaba', `huawei-${FIRST}`, ...sagas.map(({ own }) => `huawei-${own}`)];
      const address = inject('temporalAddress');
      const worker = startWorkerProcess({ simulator, endpoint: gate.endpoint, address, queue, connections });
      workers.push(worker);
      return worker;
    };
    try {
      await body(rig, gate, start);
      rig.expectFired();
    } finally {
      await Promise.all(workers.map(endWorkerProcess));
      await gate.close();
    }
  });
}

beforeAll(async () => {
  sagas = PATHS.map((path) => ({ path, at: 0, own: path }));
  await behindGate(async (rig, gate, start) => {
    start();
    const undisturbed = await Promise.all(
      sagas.map(async ({ path, own }) => {
        const run = await rig.start(planOf(rig, path, own));
        expect(await outcomeOf(run)).toBe(path);
        return { path, requests: gate.asked(run.workflowId) };
      }),
    );
    process.stdout.write(`requests of a saga that nobody kills: ${JSON.stringify(undisturbed)}\n`);
    sagas = undisturbed.flatMap(({ path, requests }) =>
      Array.from({ length: requests }, (_, index) => ({ path, at: index + 1, own: `${path}${index + 1}` })),
    );
  });
});

async function untilAllHeld(gate: Gate, workflowIds: readonly string[]): Promise<void> {
  const missing = () => workflowIds.filter((id) => !gate.holds(id));
  // Less than the deadline of a request: what is held longer was given up by its sender.
  for (const since = performance.now(); missing().length > 0; await sleep(5)) {
    if (performance.now() - since > 60_000) expect(missing(), 'sagas that never made their request').toEqual([]);
  }
}

interface Kill {
  readonly title: string;
  readonly holds: Stop['holds'];
  /** What becomes of what is held, and whether before or after the kill. */
  readonly opens: 'pass' | 'cut';
  readonly when: 'before' | 'after';
}

const KILLS: readonly Kill[] = [
  { title: 'has left and gets lost', holds: 'request', opens: 'cut', when: 'after' },
  { title: 'has left and is carried out later', holds: 'request', opens: 'pass', when: 'after' },
  { title: 'was carried out but not answered', holds: 'answer', opens: 'cut', when: 'after' },
  { title: 'is just being answered', holds: 'answer', opens: 'pass', when: 'before' },
];

test.concurrent.each(KILLS)(
  'a worker killed when its i-th request $title leaves no orphan, for any i',
  async ({ title, holds, opens, when }) => {
    await behindGate(async (rig, gate, start) => {
      const log = logCreates(rig.simulator);
      const first = planOf(rig, 'Provisioned', FIRST);
      const killed = start();
      // A connection that no answer has proved yet asks little at once: what is held would hold back the rest.
      expect(await outcomeOf(await rig.start(first))).toBe('Provisioned');
      const plans = sagas.map(({ path, own }) => planOf(rig, path, own));
      const ids = plans.map(({ name }) => workflowIdOf(name));
      for (const [index, { at }] of sagas.entries()) gate.stop(ids[index] ?? '', { at, holds });
      const runs = await Promise.all(plans.map((plan) => rig.start(plan)));
      await untilAllHeld(gate, ids);
      if (when === 'before') gate.open(opens);
      await endWorkerProcess(killed);
      if (when === 'after') gate.open(opens);
      const restartedAt = performance.now();
      start();
      const outcomes = await Promise.all(runs.map(outcomeOf));
      const seconds = ((performance.now() - restartedAt) / 1000).toFixed(1);
      process.stdout.write(
        `killed when a request ${title}: ${runs.length} sagas ended ${seconds} s after the restart\n`,
      );
      log.close();
      expect(outcomes).toEqual(sagas.map(({ path }) => path));
      const ended = plans.map((plan, index) => ({ plan, outcome: outcomes[index] ?? '' }));
      expect(tally(rig.simulator, [{ plan: first, outcome: 'Provisioned' }, ...ended])).toEqual({
        orphans: [],
        duplicates: [],
        missing: [],
      });
      expect(log.madeAgain()).toEqual({});
    });
  },
);
