/**
 * Very many sagas open at once: all are started before a worker is there, then one worker brings them to their end. What has ended
 * is taken out of the cloud meanwhile: looking through ten thousand resources would be all that is measured, and look-ups give up
 * on a list of more than a hundred pages.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../worker/embedded-server/free-port.js';
import { memoryOf } from '../measure.js';
import { type Saga, sagaOf } from '../sagas.js';
import type { Stage } from '../stage.js';
import { OURS } from '../subjects/ours.js';
import { workflowIdOf } from '../subjects/temporal-sagas.js';

export interface ManyOpenRow {
  readonly sagas: number;
  readonly startSeconds: number;
  /** As the server counted them before the worker came. */
  readonly openAtOnce: number;
  /** From the worker's start, its own included. */
  readonly finishSeconds: number;
  /** Resident memory of the worker process at most, in MiB, looked at every second. */
  readonly memoryPeak: number;
  /** Runs that the worker's cache gave up before they had ended, and had to replay. */
  readonly evictions: number;
}

const LABEL = 'b_';
const STARTERS = 50;
const SAMPLE_EVERY_MS = 1_000;
const REMOVED_EACH = 250;

export async function manyOpen(stage: Stage, { sagas: count }: { readonly sagas: number }): Promise<ManyOpenRow> {
  const metricsPort = await freePort();
  const running = await OURS.open(stage, { workers: 0, metricsPort });
  const { client } = await stage.temporal();
  const sagas = Array.from({ length: count }, (_, index) => sagaOf(`${LABEL}${index}`));
  try {
    const startedAt = performance.now();
    await lanes(sagas, (saga) => running.start(saga));
    const startSeconds = (performance.now() - startedAt) / 1000;
    const ids = workflowIdOf(OURS.name, { name: LABEL, fate: 'healthy' });
    const query = `WorkflowId STARTS_WITH '${ids}' AND ExecutionStatus = 'Running'`;
    const openAtOnce = await settledCount(() => client.workflow.count(query).then((answer) => answer.count), count);
    stage.log(`${openAtOnce} sagas open after ${startSeconds.toFixed(0)} s`);
    const workingSince = performance.now();
    await running.killWorker();
    const [pid = 0] = running.pids().workers;
    let memoryPeak = 0;
    const watch = setInterval(() => {
      memoryPeak = Math.max(memoryPeak, memoryOf(pid));
    }, SAMPLE_EVERY_MS);
    let done = 0;
    let ended = new Set<string>();
    try {
      await lanes(sagas, async (saga) => {
        const ending = await running.ending(saga);
        if (ending !== 'done') throw new Error(`a saga ended as ${ending}`);
        done += 1;
        ended.add(saga.name);
        if (ended.size === REMOVED_EACH) {
          const names = ended;
          ended = new Set();
          await stage.simulator.remove(names);
        }
        if (done % 1_000 === 0) stage.log(`${done} of ${count} ended`);
      });
    } finally {
      clearInterval(watch);
    }
    const finishSeconds = (performance.now() - workingSince) / 1000;
    const evictions = await evictionsOf(metricsPort);
    return { sagas: count, startSeconds, openAtOnce, finishSeconds, memoryPeak, evictions };
  } finally {
    await running.close();
    await stage.simulator.empty();
  }
}

/** The SDK's own counter, on the page that Prometheus reads. It is absent before the first. */
async function evictionsOf(port: number): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  const page = await response.text();
  if (!page.includes('temporal_sticky_cache_size')) throw new Error('no metrics of the cache');
  const samples = page.matchAll(/^temporal_sticky_cache_total_forced_eviction(?:_total)?(?:\{.*\})? (\d+)$/gmu);
  return [...samples].reduce((sum, [, count]) => sum + Number(count), 0);
}

async function lanes(sagas: readonly Saga[], work: (saga: Saga) => Promise<void>): Promise<void> {
  const left = sagas.values();
  const lane = async () => {
    for (const saga of left) await work(saga);
  };
  await Promise.all(Array.from({ length: STARTERS }, lane));
}

/** Visibility follows the histories with a delay. */
async function settledCount(read: () => Promise<number>, wanted: number): Promise<number> {
  for (let tries = 0; ; tries += 1) {
    const count = await read();
    if (count >= wanted || tries === 60) return count;
    await sleep(500);
  }
}
