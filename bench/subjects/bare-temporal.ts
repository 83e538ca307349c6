/** Temporal without us: the least that two activities need, and sagas as its documentation writes them. */
import { startProgram } from '../stage.js';
import type { Subject } from '../subject.js';
import { temporalSubject, type WorkerSetup } from './temporal-sagas.js';

/** `limited`: the activities' queue has a rate limit, as any account's needs; such queues get no eager dispatch. */
type Queue = 'limited' | 'unlimited';

function bare(name: string, title: string, workflowType: string, queue: Queue): Subject {
  const startWorker = ({ stage, address, taskQueue, options }: WorkerSetup) =>
    startProgram([...(options.nodeFlags ?? []), '.cache/bench/bench/programs/temporal-worker.js'], {
      BENCH_ADDRESS: address,
      BENCH_TASK_QUEUE: taskQueue,
      BENCH_QUEUE: queue,
      BENCH_SIMULATOR: JSON.stringify(stage.simulator.description),
    });
  return temporalSubject({ name, title, workflowType, startWorker, argumentOf: (saga) => saga.name });
}

/** Two activities, nothing else: what the targets are measured against. */
export const BARE = bare('bare', 'bare Temporal, two activities', 'bare', 'limited');
/** The same without any rate limit, dispatched eagerly. */
export const BARE_EAGER = bare('bare-eager', 'bare Temporal, no rate limit', 'bare', 'unlimited');
/** Compensations pushed after success, run where the error is caught, as Temporal's saga sample has it. */
export const SAMPLE = bare('sample', "Temporal's saga sample", 'sampleSaga', 'limited');
/** Compensations pushed before the call and run in a scope that no cancel reaches, as its guides advise. */
export const CAREFUL = bare('careful', 'Temporal, as its guides advise', 'carefulSaga', 'limited');
