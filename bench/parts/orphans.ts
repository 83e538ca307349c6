/**
 * What is left in the clouds: the same sagas, the same kills of the worker and the same cancels, drawn from one seed, for
 * every subject. Orphans are resources that no saga that ended well accounts for, once everything has come to rest.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Random, randomFrom } from '../../test/support/seed.js';
import { type Ending, type Saga, sagaOf } from '../sagas.js';
import type { Stage } from '../stage.js';
import type { OpenSubject, Subject } from '../subject.js';

export interface OrphansRow {
  readonly subject: string;
  readonly title: string;
  readonly seed: number;
  readonly kills: number;
  readonly cancels: number;
  readonly sagas: number;
  /** By what their subject says of them. What an open one still has is no orphan: its owner knows of it. */
  readonly endings: Readonly<Record<Ending | 'open', number>>;
  readonly orphans: number;
  /** Said to be done, and not all there. */
  readonly incomplete: number;
}

export interface OrphansScale {
  readonly seed: number;
  readonly kills: number;
  readonly cancels: number;
  /** Sagas that nobody cancels: what kills meet alone. */
  readonly others: number;
  /** Between one kill and the next, in ms. */
  readonly everyMs: number;
}

interface Planned {
  readonly saga: Saga;
  readonly startMs: number;
  /** After its start. */
  readonly cancelMs: number | undefined;
}

/** Answers take this long, effects are immediate: kills and cancels meet requests under way. */
const SLOW_MS = 400;
const WRITES = [
  'CreateManagerWorkSpace',
  'BatchDeleteWorkspaces',
  'CreateWorkflowDefinition',
  'DeleteWorkflowDefinition',
];
/** One in so many sagas meets a refusal of its second step. */
const REFUSED_ONE_IN = 4;
/** A cancel comes within this time: a saga takes about a second. */
const CANCEL_WITHIN_MS = 2_000;
/** Longer than any heartbeat time-out and late-commit window of a subject, retries included. */
const REST_MS = 180_000;

export async function orphans(stage: Stage, subjects: readonly Subject[], scale: OrphansScale): Promise<OrphansRow[]> {
  const rows: OrphansRow[] = [];
  for (const subject of subjects) {
    rows.push(await endure(stage, subject, scale));
    const { orphans: left, endings } = rows.at(-1) as OrphansRow;
    stage.log(`orphans, ${subject.name}: ${left} ${JSON.stringify(endings)}`);
  }
  return rows;
}

async function endure(stage: Stage, subject: Subject, scale: OrphansScale): Promise<OrphansRow> {
  const { seed, kills, cancels, everyMs } = scale;
  const random = randomFrom(seed);
  const planned = plan(random, scale);
  const killTimes = Array.from({ length: kills }, (_, index) => index * everyMs + random.below(everyMs));
  await stage.simulator.setFaults([
    ...WRITES.map((operation) => ({ operation, do: 'slow', ms: SLOW_MS }) as const),
    ...planned.flatMap(({ saga: { name, fate } }) =>
      fate === 'refused'
        ? [{ operation: 'CreateWorkflowDefinition', do: 'refuse', status: 400, match: { name } } as const]
        : [],
    ),
  ]);
  const running = await subject.open(stage);
  try {
    const startedAt = performance.now();
    const until = (ms: number) => sleep(Math.max(0, startedAt + ms - performance.now()));
    const sagas = planned.map((one) => live(running, one, until));
    // One that fails is told when all are waited for, which comes minutes later.
    for (const saga of sagas) saga.catch(() => undefined);
    for (const at of killTimes) {
      await until(at);
      await running.killWorker();
    }
    const endings = await Promise.all(sagas.map((ending) => atMost(ending, REST_MS)));
    // What an activity that nobody waits for any more has sent may still land.
    await sleep(SLOW_MS * 2);
    return {
      ...(await judge(stage, planned, endings)),
      subject: subject.name,
      title: subject.title,
      seed,
      kills,
      cancels,
    };
  } finally {
    await running.close();
    await stage.simulator.clearFaults();
    await stage.simulator.empty();
  }
}

function plan(random: Random, { kills, cancels, others, everyMs }: OrphansScale): Planned[] {
  return Array.from({ length: cancels + others }, (_, index) => ({
    saga: sagaOf(`k_${index}`, random.below(REFUSED_ONE_IN) === 0 ? 'refused' : 'healthy'),
    startMs: random.below(kills * everyMs),
    cancelMs: index < cancels ? random.below(CANCEL_WITHIN_MS) : undefined,
  }));
}

async function live(
  running: OpenSubject,
  { saga, startMs, cancelMs }: Planned,
  until: (ms: number) => Promise<void>,
): Promise<Ending> {
  await until(startMs);
  await running.start(saga);
  if (cancelMs !== undefined) {
    await until(startMs + cancelMs);
    await running.cancel(saga);
  }
  return running.ending(saga);
}

async function atMost(ending: Promise<Ending>, ms: number): Promise<Ending | 'open'> {
  const stop = new AbortController();
  try {
    return await Promise.race([ending, sleep(ms, 'open' as const, { signal: stop.signal })]);
  } finally {
    stop.abort();
  }
}

async function judge(stage: Stage, planned: readonly Planned[], endings: readonly (Ending | 'open')[]) {
  const counts = { done: 0, undone: 0, lost: 0, open: 0 };
  for (const ending of endings) counts[ending] += 1;
  const done = new Set(planned.flatMap(({ saga }, index) => (endings[index] === 'done' ? [saga.name] : [])));
  const open = new Set(planned.flatMap(({ saga }, index) => (endings[index] === 'open' ? [saga.name] : [])));
  const alive = new Map<string, number>();
  for (const { kind, name } of (await stage.simulator.state()).resources) {
    alive.set(`${kind} ${name}`, (alive.get(`${kind} ${name}`) ?? 0) + 1);
  }
  // Of a saga that is done one of each kind is right; whatever more there is belongs to nobody.
  const ended = [...alive].filter(([key]) => !open.has(nameOf(key)));
  const left = ended.reduce((sum, [key, count]) => sum + (done.has(nameOf(key)) ? count - 1 : count), 0);
  const right = [...alive.keys()].filter((key) => done.has(nameOf(key))).length;
  return { sagas: planned.length, endings: counts, orphans: left, incomplete: done.size * 2 - right };
}

function nameOf(key: string): string {
  return key.slice(key.indexOf(' ') + 1);
}
