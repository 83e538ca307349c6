/** Explores many scenarios on several threads: the longest first, each thread taking the next as soon as it is free. */
import { Worker } from 'node:worker_threads';
import type { Exploration } from './explore.js';
import type { ThreadReport, ThreadTask } from './explore-thread.js';
import type { Scenario } from './scenario.js';
import { bundleWorkflows } from './sdk-isolate.js';

export interface ExploreAllOptions {
  readonly workflowsPath: string;
  readonly threads: number;
  /** `Date.now()` at which to stop. Default: when all are done. */
  readonly until?: number;
  /** `first`: the rest is left out as soon as one promise is broken. */
  readonly stopAt: 'first' | 'end';
  readonly onProgress?: (report: Extract<ThreadReport, { readonly is: 'progress' }>) => void;
  readonly onDone?: (exploration: Exploration) => void;
}

export async function exploreAll(
  scenarios: readonly Scenario[],
  options: ExploreAllOptions,
): Promise<readonly Exploration[]> {
  const { workflowsPath, threads, until, stopAt, onProgress, onDone } = options;
  const code = await bundleWorkflows(workflowsPath);
  const left = [...scenarios];
  const done: Exploration[] = [];
  let stopped = false;
  const serve = (worker: Worker): Promise<void> =>
    new Promise((resolve, reject) => {
      const next = () => {
        const scenario = stopped ? undefined : left.shift();
        if (!scenario) return resolve();
        const task: ThreadTask = { scenario, ...(until !== undefined && { until }) };
        worker.postMessage(task);
      };
      worker.on('error', reject);
      worker.on('message', (report: ThreadReport) => {
        if (report.is === 'progress') return onProgress?.(report);
        if (report.is === 'broken') return reject(new Error(report.message));
        if (report.is === 'done') {
          done.push(report.exploration);
          onDone?.(report.exploration);
          stopped ||= stopAt === 'first' && report.exploration.finding !== undefined;
        }
        next();
      });
    });
  const workers = Array.from(
    { length: Math.min(threads, scenarios.length) },
    () => new Worker(new URL('./explore-thread.js', import.meta.url), { workerData: { code } }),
  );
  try {
    await (stopAt === 'first'
      ? Promise.race([Promise.all(workers.map(serve)), found()])
      : Promise.all(workers.map(serve)));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return done;

  /** Resolves as soon as one promise is broken, whatever the other threads still do. */
  async function found(): Promise<void> {
    while (!stopped) await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
