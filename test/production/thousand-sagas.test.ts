/**
 * A thousand sagas of every fate under random faults, a hundred at a time, on two workers of which one is killed now and then.
 * Prints its seed; `PROVISIONER_SEED` repeats the draw. Each is judged by what is alive, and all are counted by the server.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { RunningCli } from '../cli-process.js';
import { type Closed, judge, ownedBy } from '../support/judge.js';
import { Pool } from '../support/lanes.js';
import { endedAsItShould, type MixedSaga, mixedSagas, refusals, stepsHit } from '../support/mixed-sagas.js';
import { type Random, seededRandom } from '../support/seed.js';
import { endWorkerProcess } from '../support/worker-process.js';
import { randomFaults } from './random-faults.js';
import { useTopology } from './topology.js';

const topology = useTopology();
const SAGAS = 1_000;
const AT_ONCE = 100;
/** A worker is killed, and another started, each time that so many have ended. */
const KILL_EVERY = 200;
const TELL_EVERY = 100;
/** Replaying one takes a tenth of a second on a busy machine. */
const REPLAYED = 100;
/** Longer than any late effect of a fault. */
const ALL_LANDED_MS = 1_500;

class Course {
  readonly closed: Closed[] = [];
  private readonly began = performance.now();
  private workers: RunningCli[] = [];

  constructor(private readonly random: Random) {}

  async begin(): Promise<void> {
    this.workers = [await topology.startWorker(), await topology.startWorker()];
  }

  /** Runs one to its end, judges it, and clears away what it rightly left, so that lists stay short. */
  async play(saga: MixedSaga): Promise<readonly string[]> {
    const { plan, fate, cancelMs } = saga;
    const run = await topology.start(plan);
    if (fate === 'cancelled') await sleep(cancelMs).then(() => topology.cancel(run));
    const closed = await topology.closingOf(run, plan);
    const { resources } = await topology.simulator.state();
    const wrong = judge({ closed, resources, bystanders: [] });
    if (!endedAsItShould(saga, closed.outcome)) wrong.push(`${fate}, and closed as ${closed.outcome}`);
    for (const { resource } of ownedBy(closed, resources)) await topology.simulator.remove(resource.id);
    this.closed.push(closed);
    if (this.closed.length % TELL_EVERY === 0) this.tell(`${this.closed.length} sagas ended and judged`);
    if (this.closed.length % KILL_EVERY === 0 && this.closed.length < SAGAS) await this.kill();
    return wrong.map((text) => `${plan.name}: ${text}`);
  }

  tell(text: string): void {
    process.stdout.write(`${text} after ${Math.round((performance.now() - this.began) / 1000)} s\n`);
  }

  private async kill(): Promise<void> {
    const [killed] = this.workers.splice(this.random.below(2), 1);
    if (killed) await endWorkerProcess(killed);
    this.workers.push(await topology.startWorker());
  }
}

/** As many as were started, each with the outcome that its client was told. */
async function countedByTheServer(closed: readonly Closed[]): Promise<void> {
  const listed = () => topology.count("WorkflowType = 'provision' AND ExecutionStatus != 'Running'");
  await expect.poll(listed, { timeout: 60_000 }).toBe(SAGAS);
  for (const outcome of ['Cancelled', 'Provisioned', 'RolledBack']) {
    const told = closed.filter((each) => each.outcome === outcome).length;
    expect(told, outcome).toBeGreaterThan(0);
    expect(await topology.count(`ProvisionerOutcome = '${outcome}'`), outcome).toBe(told);
    process.stdout.write(`${told} ${outcome}\n`);
  }
}

test('a thousand sagas under random faults and kills leave no orphan, nothing twice and nothing missing', async () => {
  const random = seededRandom('a thousand sagas');
  await topology.simulator.changeSettings({ alibabaDuplicates: 'accepted', naverDuplicates: 'accepted' });
  const sagas = mixedSagas(topology, random, { count: SAGAS, withinMs: 1 });
  await topology.simulator.setFaults([...refusals(sagas), ...sagas.flatMap((saga) => randomFaults(random, saga))]);
  const course = new Course(random);
  await course.begin();
  const places = new Pool(Array.from({ length: AT_ONCE }, (_, index) => index));
  const wrong = await Promise.all(sagas.map((saga) => places.use(() => course.play(saga))));
  expect(wrong.flat()).toEqual([]);
  await sleep(ALL_LANDED_MS);
  // What each run rightly left was cleared away when it was judged: this came later, or is nobody's.
  expect((await topology.simulator.state()).resources).toEqual([]);
  await countedByTheServer(course.closed);
  const { faults } = await topology.simulator.state();
  const met = faults.filter(({ fired }) => fired > 0).length;
  // With a worker that was killed, or with an answer that never came.
  const lost = await stepsHit(topology, course.closed);
  expect(lost).toBeGreaterThan(0);
  // Each refused saga meets its refusal: what is random must have met something beside.
  expect(met).toBeGreaterThan(refusals(sagas).length + SAGAS / 10);
  course.tell(`${met} of ${faults.length} faults met a call; ${lost} attempts were lost`);
  await topology.checkStarted(REPLAYED);
  course.tell(`${SAGAS} histories looked through, the last ${REPLAYED} replayed`);
});
