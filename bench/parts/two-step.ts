/** The two-step saga, success and rollback: one at a time, many at once, and what each costs. */
import type { Client } from '@temporalio/client';
import { type Costs, costsOf } from '../costs.js';
import { cpuOf, type Figure, figureOf } from '../measure.js';
import { type Fate, type Saga, sagaOf } from '../sagas.js';
import type { Stage } from '../stage.js';
import type { OpenSubject, Subject } from '../subject.js';
import { workflowIdOf } from '../subjects/temporal-sagas.js';
import { inTurn } from '../turns.js';

export interface TwoStepScale {
  readonly warmUp: number;
  /** Sagas one at a time, in turn with the other subjects. */
  readonly rounds: number;
  /** Sagas of a throughput run, and how many of them at once. */
  readonly many: number;
  readonly atOnce: number;
  /** Throughput runs of each subject, in turn. */
  readonly repeats: number;
}

export interface TwoStepRow {
  readonly subject: string;
  readonly title: string;
  readonly fate: Fate;
  /** One at a time, in ms from the start's request to the ending. */
  readonly wallMs: Figure;
  /** Of a throughput run, and how many of them at once. */
  readonly sagas: number;
  readonly atOnce: number;
  /** Sagas a second. */
  readonly throughput: Figure;
  /**
   * CPU ms a saga in those throughput runs: the worker's, and with its servers'. Neither the simulator's nor this process's,
   * which starts and awaits the sagas. Temporal's server also serves the idle workers of the other subjects meanwhile.
   */
  readonly workerCpuMs: Figure;
  readonly totalCpuMs: Figure;
  /** Over the base's in the same round: what the machine did meanwhile met both. Undefined where the base was not run. */
  readonly overBase?: {
    readonly title: string;
    readonly wall: Figure;
    readonly throughput: Figure;
    readonly workerCpu: Figure;
  };
  /** Of the last of the sagas one at a time. */
  readonly providerRequests: number;
  readonly temporal?: Costs;
}

/** What others are compared with. No plain saga rolls back as ours does; the one that Temporal's guides advise comes nearest. */
const BASE: Readonly<Record<Fate, string>> = { healthy: 'bare', refused: 'careful' };

interface Opened {
  readonly subject: Subject;
  readonly running: OpenSubject;
  readonly wall: number[];
  readonly throughput: number[];
  readonly workerCpu: number[];
  readonly totalCpu: number[];
  requests: number;
}

/** All subjects are open at once and take turns, so that whatever the machine does meanwhile meets all of them. */
export async function twoStep(
  stage: Stage,
  subjects: readonly Subject[],
  fate: Fate,
  scale: TwoStepScale,
): Promise<TwoStepRow[]> {
  const opened: Opened[] = [];
  try {
    for (const subject of subjects) {
      const running = await subject.open(stage);
      opened.push({ subject, running, wall: [], throughput: [], workerCpu: [], totalCpu: [], requests: 0 });
    }
    await oneAtATime(stage, opened, fate, scale);
    for (let repeat = 0; repeat < scale.repeats; repeat += 1) {
      for (const each of inTurn(opened, repeat)) await manyAtOnce(stage, each, fate, { ...scale, repeat });
    }
    const base = opened.find(({ subject }) => subject.name === BASE[fate]);
    return await Promise.all(opened.map((each) => rowOf(stage, each, base, fate, scale)));
  } finally {
    for (const { running } of opened) await running.close();
    await stage.simulator.clearFaults();
    await stage.simulator.empty();
  }
}

async function oneAtATime(
  stage: Stage,
  opened: readonly Opened[],
  fate: Fate,
  { warmUp, rounds }: TwoStepScale,
): Promise<void> {
  for (let round = 0; round < warmUp + rounds; round += 1) {
    for (const each of inTurn(opened, round)) {
      const saga = lastOf(each, fate, round);
      await prepare(stage, [saga]);
      const before = await requestsOf(stage);
      const startedAt = performance.now();
      await each.running.start(saga);
      const ending = await each.running.ending(saga);
      const wall = performance.now() - startedAt;
      mustBe(each, fate, ending);
      each.requests = (await requestsOf(stage)) - before;
      await mustHaveLeft(stage, each, fate, 1);
      if (round >= warmUp) each.wall.push(wall);
    }
    if (round % 20 === 19) stage.log(`two steps, ${fate}: ${round + 1} of ${warmUp + rounds} rounds`);
  }
}

async function manyAtOnce(
  stage: Stage,
  each: Opened,
  fate: Fate,
  { many, atOnce, repeat }: TwoStepScale & { readonly repeat: number },
): Promise<void> {
  const sagas = Array.from({ length: many }, (_, index) => sagaOf(`m_${each.subject.name}_${repeat}_${index}`, fate));
  await prepare(stage, sagas);
  const { workers, servers } = each.running.pids();
  const before = { worker: cpuOf(workers), all: cpuOf([...workers, ...servers]) };
  const startedAt = performance.now();
  const left = sagas.values();
  const lane = async () => {
    for (const saga of left) {
      await each.running.start(saga);
      mustBe(each, fate, await each.running.ending(saga));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  const seconds = (performance.now() - startedAt) / 1000;
  const after = each.running.pids();
  await mustHaveLeft(stage, each, fate, many);
  each.throughput.push(many / seconds);
  each.workerCpu.push((cpuOf(workers) - before.worker) / many);
  each.totalCpu.push((cpuOf([...after.workers, ...after.servers]) - before.all) / many);
  stage.log(`two steps, ${fate}, ${atOnce} at once, ${each.subject.name}: ${(many / seconds).toFixed(1)} a second`);
}

/** Every run begins with an empty account, in which the second step of the refused ones is refused. */
async function prepare(stage: Stage, sagas: readonly Saga[]): Promise<void> {
  await stage.simulator.empty();
  await stage.simulator.clearFaults();
  const refused = sagas.filter(({ fate }) => fate === 'refused');
  if (refused.length === 0) return;
  await stage.simulator.setFaults(
    refused.map(({ name }) => ({ operation: 'CreateWorkflowDefinition', do: 'refuse', status: 400, match: { name } })),
  );
}

async function requestsOf(stage: Stage): Promise<number> {
  return Object.values((await stage.simulator.state()).requests).reduce((sum, count) => sum + count, 0);
}

/** A figure of sagas that went otherwise than they were meant to would be no figure. */
function mustBe({ subject }: Opened, fate: Fate, ending: string): void {
  const wanted = fate === 'healthy' ? 'done' : 'undone';
  if (ending !== wanted) throw new Error(`${subject.name}: a saga ended as ${ending} in place of ${wanted}`);
}

/** Nor would one of a rollback that left something, or of sagas that lack something. */
async function mustHaveLeft(stage: Stage, { subject }: Opened, fate: Fate, sagas: number): Promise<void> {
  const alive = (await stage.simulator.state()).resources.length;
  const wanted = fate === 'healthy' ? 2 * sagas : 0;
  if (alive !== wanted) throw new Error(`${subject.name}: ${alive} resources in place of ${wanted}`);
}

function lastOf({ subject }: Opened, fate: Fate, round: number): Saga {
  return sagaOf(`o_${subject.name}_${round}`, fate);
}

async function rowOf(
  stage: Stage,
  each: Opened,
  base: Opened | undefined,
  fate: Fate,
  scale: TwoStepScale,
): Promise<TwoStepRow> {
  const { subject } = each;
  const last = lastOf(each, fate, scale.warmUp + scale.rounds - 1);
  const temporal = await temporalCosts((await stage.temporal()).client, workflowIdOf(subject.name, last));
  return {
    subject: subject.name,
    title: subject.title,
    fate,
    wallMs: figureOf(each.wall),
    sagas: scale.many,
    atOnce: scale.atOnce,
    throughput: figureOf(each.throughput),
    workerCpuMs: figureOf(each.workerCpu),
    totalCpuMs: figureOf(each.totalCpu),
    ...(base && {
      overBase: {
        title: base.subject.title,
        wall: ratioOf(each.wall, base.wall),
        throughput: ratioOf(each.throughput, base.throughput),
        workerCpu: ratioOf(each.workerCpu, base.workerCpu),
      },
    }),
    providerRequests: each.requests,
    ...(temporal && { temporal }),
  };
}

/** Of the values of one round each. */
function ratioOf(values: readonly number[], base: readonly number[]): Figure {
  return figureOf(values.map((value, round) => value / (base[round] ?? Number.NaN)));
}

/** Undefined for what does not run on Temporal. */
async function temporalCosts(client: Client, workflowId: string): Promise<Costs | undefined> {
  const handle = client.workflow.getHandle(workflowId);
  const history = await handle.fetchHistory().catch(() => undefined);
  return history && costsOf(history);
}
