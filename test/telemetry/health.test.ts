/** Whether a process can do its work, by what its workers say of their pollers: one that is down makes it unready, and is named. */
import { expect, test } from 'vitest';
import type { RunningWorker } from '../../worker/plugin.js';
import { type HealthOptions, readiness } from '../../worker/telemetry/health.js';

type Status = RunningWorker['status'];

const POLLING: Status = {
  runState: 'RUNNING',
  numHeartbeatingActivities: 0,
  workflowPollerState: 'POLLING',
  activityPollerState: 'POLLING',
  hasOutstandingWorkflowPoll: true,
  hasOutstandingActivityPoll: true,
  numCachedWorkflows: 0,
  numInFlightWorkflowActivations: 0,
  numInFlightActivities: 0,
  numInFlightNonLocalActivities: 0,
  numInFlightLocalActivities: 0,
};

const main = (status: Partial<Status> = {}): RunningWorker => ({
  taskQueue: 'queue',
  status: { ...POLLING, ...status },
});

/** As the SDK tells of a worker without workflows. */
const huawei = (status: Partial<Status> = {}): RunningWorker => ({
  connection: 'huawei',
  taskQueue: 'queue:huawei',
  status: { ...POLLING, workflowPollerState: 'SHUTDOWN', ...status },
});

const server = {
  workflowService: { getSystemInfo: () => Promise.resolve({}) },
  withDeadline: (_deadline: number, ask: () => Promise<unknown>) => ask(),
} as unknown as HealthOptions['connection'];

function readyWith(...workers: readonly RunningWorker[]) {
  return readiness({ plugin: { workers: () => workers }, connection: server, connections: [] });
}

test('workers whose pollers poll are ready, a connection’s without a workflow poller', async () => {
  const ok = { ok: true };
  expect(await readyWith(main(), huawei())).toEqual({
    ok: true,
    checks: { worker: ok, 'worker of huawei': ok, server: ok },
  });
});

test.each<[string, RunningWorker[], string, string]>([
  ['a worker that drains', [main({ runState: 'DRAINING' }), huawei()], 'worker', 'the worker is DRAINING'],
  ['a connection’s that failed', [main(), huawei({ runState: 'FAILED' })], 'worker of huawei', 'the worker is FAILED'],
  ['a workflow poller', [main({ workflowPollerState: 'SHUTDOWN' }), huawei()], 'worker', 'its poller is SHUTDOWN'],
  ['an activity poller', [main({ activityPollerState: 'FAILED' }), huawei()], 'worker', 'its poller is FAILED'],
  [
    'a connection’s activity poller',
    [main(), huawei({ activityPollerState: 'SHUTDOWN' })],
    'worker of huawei',
    'its poller is SHUTDOWN',
  ],
  ['workers that are still to come', [], 'worker', 'the workers are being started'],
])('%s makes the process unready, and the reason says so', async (_what, workers, check, reason) => {
  const { ok, checks } = await readyWith(...workers);
  expect(ok).toBe(false);
  const failing = Object.entries(checks).filter(([, { ok: fine }]) => !fine);
  expect(failing).toEqual([[check, { ok: false, reason }]]);
});
