/** A worker with plain activities, for the sagas in bare-workflows. Ends when it is killed. */
import { fileURLToPath } from 'node:url';
import { ApplicationFailure, Context } from '@temporalio/activity';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { isFinal, openCloudCalls } from '../cloud-calls.js';
import { LIMITS } from '../sagas.js';
import { setting } from './setting.js';

const calls = openCloudCalls(JSON.parse(setting('BENCH_SIMULATOR')));

/** As often as ours. A create that is quicker makes none. */
const HEARTBEAT_EVERY_MS = 5_000;

/** What no retry changes fails the activity for good. */
async function orFail<Result>(work: Promise<Result>): Promise<Result> {
  const { info, heartbeat } = Context.current();
  const beats = info.heartbeatTimeoutMs === undefined ? undefined : setInterval(heartbeat, HEARTBEAT_EVERY_MS);
  try {
    return await work;
  } catch (error) {
    if (isFinal(error)) throw ApplicationFailure.fromError(error, { nonRetryable: true });
    throw error;
  } finally {
    clearInterval(beats);
  }
}

Runtime.install({ logger: new DefaultLogger('ERROR') });
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address: setting('BENCH_ADDRESS') }),
  taskQueue: setting('BENCH_TASK_QUEUE'),
  workflowBundle: await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('./bare-workflows.js', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  }),
  activities: {
    createWorkspace: (name: string) => orFail(calls.workspace.create(name)),
    removeWorkspace: (name: string) => orFail(calls.workspace.remove(name)),
    createWorkflow: (name: string) => orFail(calls.workflow.create(name)),
    removeWorkflow: (name: string) => orFail(calls.workflow.remove(name)),
  },
  ...(setting('BENCH_QUEUE') === 'limited' && { maxTaskQueueActivitiesPerSecond: LIMITS.requestsPerMinute / 60 }),
});
await worker.run();
