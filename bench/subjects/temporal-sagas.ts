/** What runs on Temporal: ours and the bare ones differ in their worker process and in the workflow that is started. */
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError, WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import { familyOf } from '../measure.js';
import type { Ending, Saga } from '../sagas.js';
import { endProgram, type Stage } from '../stage.js';
import type { OpenOptions, OpenSubject, Subject } from '../subject.js';

export interface TemporalKind {
  readonly name: string;
  readonly title: string;
  readonly workflowType: string;
  readonly argumentOf: (saga: Saga) => unknown;
  /** Starts a worker process that polls `taskQueue` for workflows. */
  readonly startWorker: (setup: WorkerSetup) => ChildProcess;
}

export interface WorkerSetup {
  readonly stage: Stage;
  readonly address: string;
  readonly taskQueue: string;
  readonly options: OpenOptions;
}

export function temporalSubject(kind: TemporalKind): Subject {
  return { name: kind.name, title: kind.title, open: (stage, options = {}) => open(kind, stage, options) };
}

const READY_WITHIN_MS = 60_000;
/** As the protocol numbers it. */
const WORKFLOW_QUEUE = 1;

export function workflowIdOf(kind: string, { name }: Saga): string {
  return `${kind}-${name}`;
}

/** Each opening has a queue of its own: a worker of another one must not take its tasks. */
let openings = 0;

async function open(kind: TemporalKind, stage: Stage, options: OpenOptions): Promise<OpenSubject> {
  const { client, server } = await stage.temporal();
  openings += 1;
  const taskQueue = `bench-${kind.name}-${openings}`;
  const start = () => kind.startWorker({ stage, address: server.address, taskQueue, options });
  const workers = Array.from({ length: options.workers ?? 1 }, start);
  const ready = (worker: ChildProcess) => untilPolling(client, taskQueue, worker.pid as number);
  await Promise.all(workers.map(ready));
  const handleOf = (saga: Saga) => client.workflow.getHandle(workflowIdOf(kind.name, saga));
  return {
    start: (saga) => begin(client, kind, taskQueue, saga),
    ending: (saga) => endingOf(handleOf(saga).result()),
    cancel: async (saga) => {
      await handleOf(saga).cancel().catch(unlessClosed);
    },
    pids: () => ({ workers: workers.map(({ pid }) => pid as number), servers: familyOf(server.pid) }),
    killWorker: async () => {
      const [first] = workers;
      if (first) await endProgram(first, 'SIGKILL');
      const next = start();
      workers[0] = next;
      await ready(next);
    },
    close: async () => {
      // A profile is written by a worker that ends in peace.
      const signal = options.nodeFlags ? 'SIGTERM' : 'SIGKILL';
      await Promise.all(workers.map((worker) => endProgram(worker, signal)));
    },
  };
}

/** A worker's identity begins with its process's id. Kills are to meet workers, not programs that are being loaded. */
async function untilPolling(client: Client, taskQueue: string, pid: number): Promise<void> {
  const { workflowService, options } = client;
  const queue = { namespace: options.namespace, taskQueue: { name: taskQueue }, taskQueueType: WORKFLOW_QUEUE };
  for (const end = performance.now() + READY_WITHIN_MS; performance.now() < end; await sleep(50)) {
    const { pollers } = await workflowService.describeTaskQueue(queue);
    if (pollers?.some(({ identity }) => identity?.startsWith(`${pid}@`))) return;
  }
  throw new Error(`worker ${pid} does not poll: BENCH_VERBOSE=1 shows why`);
}

async function begin(client: Client, kind: TemporalKind, taskQueue: string, saga: Saga): Promise<void> {
  const options = { taskQueue, workflowId: workflowIdOf(kind.name, saga), args: [kind.argumentOf(saga)] };
  await client.workflow.start(kind.workflowType, options).catch((error: unknown) => {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  });
}

async function endingOf(result: Promise<unknown>): Promise<Ending> {
  try {
    await result;
    return 'done';
  } catch (error) {
    if (error instanceof WorkflowFailedError) return 'undone';
    throw error;
  }
}

function unlessClosed(error: unknown): void {
  if (!(error instanceof WorkflowNotFoundError)) throw error;
}
