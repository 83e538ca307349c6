/**
 * A worker process killed after the i-th request that a saga makes of the clouds, for every i. The sagas of a test run in
 * one process, each stopped at another request; one SIGKILL meets them all, and the next process takes them to their ends.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { workflowIdOf } from '../../contract/names.js';
import type { Plan } from '../../contract/plan.js';
import type { RunningCli } from '../cli-process.js';
import { outcomeOf } from '../support/closing.js';
import { type Gate, type Stop, startGate } from '../support/gate.js';
import { fabric, studio, workflow } from '../support/resources.js';
import { type Rig, withRig } from '../support/rig.js';
import { type CreateLog, type EndedSaga, logCreates, tally } from '../support/tally.js';
import { endWorkerProcess, startWorkerProcess } from '../support/worker-process.js';

const PATHS = ['Provisioned', 'RolledBack'] as const;

/** Held requests must not be given up by their sender, whose deadline for an answer is 18 s. */
const HELD_AT_MOST_MS = 14_000;
/** On a quiet machine one is enough; on a busy one some sagas come to their stop when others have left theirs. */
const MOST_ROUNDS = 8;

/** A saga and the request of it that is stopped. */
interface Spot {
  readonly path: (typeof PATHS)[number];
  readonly at: number;
  /** How long it takes to get there. */
  readonly takesMs: number;
}

/** Every request of every path, found by letting each run undisturbed. */
const spots: Spot[] = [];

/** A Huawei connection of its own for each spot: Studio's look-ups are shared, and one that is held would hold the others'. */
function connectionOf({ path, at }: Spot): string {
  return `huawei-${path}${at}`;
}

function planOf(rig: Rig, spot: Spot): Plan {
  const name = rig.planName();
  const own = name.slice(name.lastIndexOf('-') + 1);
  const refused = fabric(`refused-${own}`, { dependsOn: ['flow'] });
  return {
    name,
    resources: {
      studio: studio(`studio_${own}`, { connection: connectionOf(spot) }),
      flow: workflow(`flow_${own}`, { dependsOn: ['studio'] }),
      ...(spot.path === 'RolledBack' && { refused }),
    },
  };
}

interface Stage {
  readonly rig: Rig;
  readonly gate: Gate;
  readonly log: CreateLog;
  /** A worker process on the rig's queue, behind the gate. */
  start(): RunningCli;
}

async function onStage(body: (stage: Stage) => Promise<void>): Promise<void> {
  await withRig(async (rig) => {
    await rig.stopWorker();
    rig.simulator.changeSettings({ alibabaDuplicates: 'accepted' });
    rig.simulator.setFaults({ operation: 'CreateWorkspace', do: 'refuse', status: 400 });
    const gate = await startGate(() => rig.simulator.endpoint);
    const log = logCreates(rig.simulator);
    const workers: RunningCli[] = [];
    const start = () => {
      const { simulator, taskQueue: queue } = rig;
      const connections = ['huawei', 'alibaba', ...[...UNDISTURBED, ...spots].map(connectionOf)];
      const address = inject('temporalAddress');
      const worker = startWorkerProcess({ simulator, endpoint: gate.endpoint, address, queue, connections });
      workers.push(worker);
      return worker;
    };
    try {
      await body({ rig, gate, log, start });
      rig.expectFired();
    } finally {
      log.close();
      await Promise.all(workers.map(endWorkerProcess));
      await gate.close();
    }
  });
}

const UNDISTURBED = PATHS.map((path): Spot => ({ path, at: 0, takesMs: 0 }));

beforeAll(async () => {
  await onStage(async ({ rig, gate, start }) => {
    start();
    for (const spot of UNDISTURBED) {
      const since = performance.now();
      const run = await rig.start(planOf(rig, spot));
      expect(await outcomeOf(run)).toBe(spot.path);
      const requests = gate.asked(run.workflowId);
      process.stdout.write(`a saga that ends as ${spot.path} makes ${requests.length} requests\n`);
      spots.push(...requests.map((time, index) => ({ ...spot, at: index + 1, takesMs: time - since })));
    }
  });
});

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

interface Started {
  readonly spot: Spot;
  readonly plan: Plan;
  readonly ended: Promise<EndedSaga>;
}

/** Starts one saga for each spot, such that they come to their stops at about the same time. */
async function startAll({ rig, gate }: Stage, wanted: readonly Spot[], holds: Stop['holds']): Promise<Started[]> {
  const longest = Math.max(...wanted.map(({ takesMs }) => takesMs));
  return await Promise.all(
    wanted.map(async (spot) => {
      const plan = planOf(rig, spot);
      if (spot.at > 0) gate.stop(workflowIdOf(plan.name), { at: spot.at, holds });
      await sleep(longest - spot.takesMs);
      const run = await rig.start(plan);
      const ended = outcomeOf(run).then((outcome) => ({ plan, outcome }));
      ended.catch(() => undefined);
      return { spot, plan, ended };
    }),
  );
}

/** Resolves when all stand at their stops, or when the first of them will soon stand there no longer. */
async function untilHeld({ gate }: Stage, sagas: readonly Started[]): Promise<void> {
  const held = () => sagas.filter(({ plan }) => gate.holds(workflowIdOf(plan.name))).length;
  let since = Number.POSITIVE_INFINITY;
  while (held() < sagas.length && performance.now() - since < HELD_AT_MOST_MS) {
    if (held() > 0) since = Math.min(since, performance.now());
    await sleep(5);
  }
}

/** One kill. Answers with the sagas, and with the spots that it did not meet. */
async function killAt(stage: Stage, wanted: readonly Spot[], { holds, opens, when }: Kill) {
  const { gate, start } = stage;
  const worker = start();
  // A connection that no answer has proved yet asks little at once: what is held would hold back the rest.
  const proving = await startAll(stage, UNDISTURBED, holds);
  await Promise.all(proving.map(({ ended }) => ended));
  const sagas = await startAll(stage, wanted, holds);
  await untilHeld(stage, sagas);
  const missed = sagas.filter(({ plan }) => !gate.holds(workflowIdOf(plan.name))).map(({ spot }) => spot);
  if (when === 'before') gate.open(opens);
  await endWorkerProcess(worker);
  if (when === 'after') gate.open(opens);
  return { sagas: [...proving, ...sagas], missed };
}

async function killEverywhere(stage: Stage, kill: Kill): Promise<void> {
  const { rig, log, start } = stage;
  const sagas: Started[] = [];
  let rounds = 0;
  for (let left: readonly Spot[] = spots; left.length > 0; rounds++) {
    expect(rounds, `spots not met: ${JSON.stringify(left)}`).toBeLessThan(MOST_ROUNDS);
    const { sagas: more, missed } = await killAt(stage, left, kill);
    sagas.push(...more);
    left = missed;
  }
  const restartedAt = performance.now();
  start();
  const ended = await Promise.all(sagas.map((saga) => saga.ended));
  const seconds = ((performance.now() - restartedAt) / 1000).toFixed(1);
  const met = `${spots.length} spots in ${rounds} rounds`;
  process.stdout.write(`killed when a request ${kill.title}: ${met}; all ended ${seconds} s after the restart\n`);
  expect(ended.map(({ outcome }) => outcome)).toEqual(sagas.map(({ spot }) => spot.path));
  expect(tally(rig.simulator, ended)).toEqual({ orphans: [], duplicates: [], missing: [] });
  expect(log.madeAgain()).toEqual({});
}

// Two at a time: each starts processes of its own, and then mostly waits for the heartbeat time-out.
describe.each(['request', 'answer'] as const)('a worker killed while its i-th %s is held up', (what) => {
  const kills = KILLS.filter(({ holds }) => holds === what);
  test.concurrent.each(kills)('leaves no orphan, for any i, where the request $title', async (kill) => {
    await onStage((stage) => killEverywhere(stage, kill));
  });
});
