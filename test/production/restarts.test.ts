/**
 * The server and its PostgreSQL, each cut off in the middle of sagas and started again on what is on disk. The workers live
 * on, and the sagas end as if nothing had been.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunningCli } from '../cli-process.js';
import { endedAsItShould, mixedSagas, refusals, slowWrites } from '../support/mixed-sagas.js';
import { type Random, seededRandom } from '../support/seed.js';
import { tally } from '../support/tally.js';
import { endWorkerProcess } from '../support/worker-process.js';
import { useTopology } from './topology.js';

const SAGAS = 20;
const topology = useTopology();
let workers: readonly RunningCli[] = [];

beforeEach(async () => {
  await topology.simulator.changeSettings({ alibabaDuplicates: 'accepted', naverDuplicates: 'accepted' });
  workers = [await topology.startWorker(), await topology.startWorker()];
});
afterEach(async () => {
  await Promise.all(workers.map(endWorkerProcess));
  await topology.simulator.clearFaults();
  await topology.simulator.removeAll();
});

/** Sagas of every fate, and `interrupt` once their first creates are under way. */
async function interrupted(random: Random, interrupt: () => Promise<void>): Promise<void> {
  const sagas = mixedSagas(topology, random, { count: SAGAS, withinMs: 1 });
  await topology.simulator.setFaults([...slowWrites(1_000), ...refusals(sagas)]);
  const called = await topology.simulator.calls('CreateManagerWorkSpace');
  const runs = await Promise.all(sagas.map(({ plan }) => topology.start(plan)));
  await topology.untilCalled('CreateManagerWorkSpace', called);
  await sleep(random.below(3_000));
  const open = await Promise.all(runs.map((run) => topology.isOpen(run)));
  await interrupt();
  const again = performance.now();
  for (const [index, run] of runs.entries()) if (sagas[index]?.fate === 'cancelled') await topology.cancel(run);
  const ended = await Promise.all(
    runs.map(async (run, index) => ({
      plan: sagas[index]?.plan ?? { name: '', resources: {} },
      outcome: await topology.outcomeOf(run),
    })),
  );
  const seconds = ((performance.now() - again) / 1000).toFixed(1);
  const met = open.filter(Boolean).length;
  process.stdout.write(
    `${SAGAS} sagas, ${met} of them open when it was cut off: all ended ${seconds} s after it was back\n`,
  );
  expect(met, 'sagas that were under way').toBeGreaterThan(SAGAS / 2);
  const wrong = sagas.flatMap((saga, index) =>
    endedAsItShould(saga, ended[index]?.outcome) ? [] : [`${saga.fate} ${saga.plan.name}: ${ended[index]?.outcome}`],
  );
  expect(wrong).toEqual([]);
  const { resources } = await topology.simulator.state();
  expect(tally({ resources: { list: () => resources } }, ended)).toEqual({ orphans: [], duplicates: [], missing: [] });
  expect(
    workers.map(({ process }) => process.exitCode),
    'the workers must live on',
  ).toEqual([null, null]);
  await topology.checkStarted();
}

test('sagas whose server is killed and started again end as if nothing had been', async () => {
  await interrupted(seededRandom('server restart'), async () => {
    await topology.server.kill();
    await sleep(2_000);
    await topology.server.start();
  });
});

test('sagas whose PostgreSQL stops at once and recovers end as if nothing had been', async () => {
  await interrupted(seededRandom('PostgreSQL restart'), async () => {
    await topology.postgres.stopAtOnce();
    await sleep(2_000);
    await topology.postgres.start();
  });
});

test('sagas whose PostgreSQL and server are both gone for longer than a heartbeat time-out end so too', async () => {
  await interrupted(seededRandom('outage'), async () => {
    await Promise.all([topology.postgres.stopAtOnce(), topology.server.kill()]);
    await sleep(35_000);
    await topology.postgres.start();
    await topology.server.start();
  });
});
