/**
 * A thousand sagas of every fate under random faults, on two workers of which one is killed now and then. Prints its seed;
 * `PROVISIONER_SEED` repeats the draw. They are counted in the server's visibility, and judged by what is alive.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { outcomeOf } from '../support/closing.js';
import { endedAsItShould, type MixedSaga, mixedSagas, refusals, stepsHit } from '../support/mixed-sagas.js';
import { type Random, seededRandom } from '../support/seed.js';
import { type EndedSaga, tally } from '../support/tally.js';
import { endWorkerProcess } from '../support/worker-process.js';
import { randomFaults } from './random-faults.js';
import { useTopology } from './topology.js';

const topology = useTopology();
const SAGAS = 1_000;
/** Lists grow with what is provisioned: a batch is judged, then its resources go, and the next begins. */
const A_BATCH = 500;
/** Those of a batch are started within this time. */
const WITHIN_MS = 30_000;

async function toTheEnd({ plan, fate, startMs, cancelMs }: MixedSaga): Promise<EndedSaga> {
  await sleep(startMs);
  const run = await topology.start(plan);
  if (fate === 'cancelled') {
    await sleep(cancelMs);
    await topology.cancel(run);
  }
  return { plan, outcome: await outcomeOf(run) };
}

/** Runs a batch to its end, kills a worker meanwhile, and judges what is alive then. */
async function playBatch(random: Random): Promise<readonly EndedSaga[]> {
  const sagas = mixedSagas(topology, random, { count: A_BATCH, withinMs: WITHIN_MS });
  const faults = sagas.flatMap((saga) => randomFaults(random, saga));
  await topology.simulator.setFaults([...refusals(sagas), ...faults]);
  const [stays, goes] = [await topology.startWorker(), await topology.startWorker()];
  const running = Promise.all(sagas.map(toTheEnd));
  running.catch(() => undefined);
  await sleep(random.below(WITHIN_MS));
  await endWorkerProcess(goes);
  const ended = await running;
  const wrong = sagas.flatMap((saga, index) => {
    const outcome = ended[index]?.outcome;
    return endedAsItShould(saga, outcome) ? [] : [`${saga.fate} ${saga.plan.name}: ${outcome}`];
  });
  expect(wrong).toEqual([]);
  // What a fault sent late has landed by then.
  await sleep(1_500);
  const { resources, faults: set } = await topology.simulator.state();
  expect(tally({ resources: { list: () => resources } }, ended)).toEqual({ orphans: [], duplicates: [], missing: [] });
  const met = set.filter(({ fired }) => fired > 0).length;
  process.stdout.write(
    `  ${met} of ${set.length} faults met a call, ${await stepsHit(topology, ended)} attempts were lost\n`,
  );
  await endWorkerProcess(stays);
  await topology.simulator.clearFaults();
  await topology.simulator.removeAll();
  return ended;
}

test('a thousand sagas under random faults and kills leave no orphan, nothing twice and nothing missing', async () => {
  const random = seededRandom('a thousand sagas');
  await topology.simulator.changeSettings({ alibabaDuplicates: 'accepted', naverDuplicates: 'accepted' });
  const began = performance.now();
  const ended: EndedSaga[] = [];
  while (ended.length < SAGAS) {
    ended.push(...(await playBatch(random)));
    const seconds = Math.round((performance.now() - began) / 1000);
    process.stdout.write(`${ended.length} sagas ended and judged after ${seconds} s\n`);
  }
  const outcomes = [...new Set(ended.map(({ outcome }) => outcome))].sort();
  expect(outcomes).toEqual(['Cancelled', 'Provisioned', 'RolledBack']);
  // The server's own count: as many as were started, each with the outcome that its client was told.
  const listed = () => topology.count("WorkflowType = 'provision' AND ExecutionStatus != 'Running'");
  await expect.poll(listed, { timeout: 30_000 }).toBe(SAGAS);
  for (const outcome of outcomes) {
    const told = ended.filter((each) => each.outcome === outcome).length;
    expect(await topology.count(`ProvisionerOutcome = '${outcome}'`), outcome).toBe(told);
    process.stdout.write(`${told} ${outcome}\n`);
  }
  await topology.checkStarted();
  process.stdout.write(`every history replayed after ${Math.round((performance.now() - began) / 1000)} s\n`);
});
