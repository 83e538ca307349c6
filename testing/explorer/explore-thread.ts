/** A thread of the explorer: takes scenarios one by one, tells how far it is and what it found. */
import { parentPort, workerData } from 'node:worker_threads';
import { type Exploration, explore } from './explore.js';
import type { Scenario } from './scenario.js';
import { openIsolates } from './sdk-isolate.js';

export interface ThreadTask {
  readonly scenario: Scenario;
  /** `Date.now()` at which to stop: threads have clocks of their own. Undefined: never. */
  readonly until?: number;
}

export type ThreadReport =
  | { readonly is: 'ready' }
  | { readonly is: 'progress'; readonly scenario: string; readonly schedules: number; readonly states: number }
  | { readonly is: 'done'; readonly exploration: Exploration }
  | { readonly is: 'broken'; readonly message: string };

const port = parentPort;
if (!port) throw new Error('explore-thread.ts runs as a thread of the explorer');
const tell = (report: ThreadReport) => port.postMessage(report);

// Failures are thrown by the thousand, and nobody reads their stacks.
Error.stackTraceLimit = 0;

const isolates = await openIsolates((workerData as { readonly code: string }).code);
port.on('message', ({ scenario, until }: ThreadTask) => {
  const onProgress = (schedules: number, states: number) =>
    tell({ is: 'progress', scenario: scenario.name, schedules, states });
  const deadline = until === undefined ? undefined : performance.now() + until - Date.now();
  explore(scenario, { isolates, onProgress, ...(deadline !== undefined && { deadline }) }).then(
    (exploration) => tell({ is: 'done', exploration }),
    (error: unknown) => tell({ is: 'broken', message: error instanceof Error ? error.message : String(error) }),
  );
});
tell({ is: 'ready' });
