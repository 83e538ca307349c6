/** 300 sagas of every fate on one worker process that is killed at random times and started again at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, inject, test } from 'vitest';
import { outcomeOf } from '../support/closing.js';
import { endedAsItShould, type MixedSaga, mixedSagas, refusals, slowWrites, stepsHit } from '../support/mixed-sagas.js';
import { type Rig, withRig } from '../support/rig.js';
import { seededRandom } from '../support/seed.js';
import { type EndedSaga, logCreates, tally } from '../support/tally.js';
import { endWorkerProcess, startWorkerProcess } from '../support/worker-process.js';

const SAGAS = 300;
const KILLS = 12;
/** Sagas are started within this time. */
const WITHIN_MS = 60_000;
/** A kill comes within this time after the worker began to work, or, one in four, after it was started. */
const KILL_WITHIN_MS = 4_000;

/** Runs one to its end, whatever is killed meanwhile but the server. */
async function toTheEnd(rig: Rig, { plan, fate, startMs, cancelMs }: MixedSaga): Promise<EndedSaga> {
  await sleep(startMs);
  const run = await rig.start(plan);
  if (fate === 'cancelled') {
    await sleep(cancelMs);
    await run.cancel();
  }
  return { plan, outcome: await outcomeOf(run) };
}

function asked({ simulator }: Rig): number {
  return Object.values(simulator.state().requests).reduce((sum, count) => sum + count, 0);
}

test('300 sagas whose worker is killed at random times leave no orphan and nothing twice', async () => {
  const random = seededRandom('kill-at-random');
  await withRig(async (rig) => {
    await rig.stopWorker();
    rig.simulator.changeSettings({ alibabaDuplicates: 'accepted', naverDuplicates: 'accepted' });
    const sagas = mixedSagas(rig, random, { count: SAGAS, withinMs: WITHIN_MS });
    rig.simulator.setFaults([...slowWrites(1_000), ...refusals(sagas)]);
    const kills = Array.from({ length: KILLS }, () => {
      return { first: random.below(4) > 0 ? 'let it work' : 'at once', afterMs: random.below(KILL_WITHIN_MS) };
    });
    const start = () =>
      startWorkerProcess({ simulator: rig.simulator, address: inject('temporalAddress'), queue: rig.taskQueue });
    const log = logCreates(rig.simulator);
    let worker = start();
    try {
      let over = false;
      const running = Promise.all(sagas.map((saga) => toTheEnd(rig, saga))).finally(() => {
        over = true;
      });
      running.catch(() => undefined);
      for (const { first, afterMs } of kills) {
        for (const before = asked(rig); first === 'let it work' && asked(rig) === before && !over; ) await sleep(20);
        await sleep(afterMs);
        await endWorkerProcess(worker);
        worker = start();
      }
      const restartedAt = performance.now();
      const ended = await running;
      const seconds = ((performance.now() - restartedAt) / 1000).toFixed(1);
      const hit = await stepsHit(rig, ended);
      expect(hit, 'steps that a kill met').toBeGreaterThan(0);
      process.stdout.write(
        `${SAGAS} sagas, ${KILLS} kills, ${hit} steps hit: all ended ${seconds} s after the last restart\n`,
      );
      expect(sagas.filter((saga, index) => !endedAsItShould(saga, ended[index]?.outcome))).toEqual([]);
      expect(tally(rig.simulator, ended)).toEqual({ orphans: [], duplicates: [], missing: [] });
      expect(log.madeAgain()).toEqual({});
    } finally {
      log.close();
      await endWorkerProcess(worker);
    }
  });
});
