/** Starts a sweep and follows it; sets the schedule that starts one. Needs a worker of the queue to do the work. */
import {
  type Client,
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type ScheduleOptions,
  ScheduleOverlapPolicy,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Problem } from '../contract/failures.js';
import { QUERY, sweepIdOf, WORKFLOW } from '../contract/names.js';
import type { SweepReport, SweepRequest } from '../contract/sweep.js';

/** The sweep has no report: it was refused, cancelled or ended from outside, or another one is running. */
export class SweepError extends Error {
  override readonly name = 'SweepError';

  constructor(
    readonly reason: 'invalid' | 'running' | 'ended',
    message: string,
    readonly problems: readonly Problem[] = [],
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}

export interface SweepHandle {
  readonly workflowId: string;
  readonly runId: string;
  /** The report so far; undefined where no worker answers. */
  report(): Promise<SweepReport | undefined>;
  /** The report at the end. Throws {@link SweepError}. */
  result(options?: { readonly signal?: AbortSignal }): Promise<SweepReport>;
}

/** A worker that is alive answers within a workflow task; without one the server would hold the query for 10 s. */
const QUERY_DEADLINE_MS = 3_000;

/** One at a time for each queue. Throws {@link SweepError} where one is running. */
export async function startSweep(client: Client, taskQueue: string, request: SweepRequest): Promise<SweepHandle> {
  const workflowId = sweepIdOf(taskQueue);
  try {
    const { firstExecutionRunId: runId } = await client.workflow.start(WORKFLOW.sweep, {
      workflowId,
      taskQueue,
      args: [request],
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      staticSummary: request.delete ? 'delete what closed workflows left' : 'report what closed workflows left',
    });
    return handleOf(client, workflowId, runId);
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const message = `A sweep is running already (workflow ${workflowId}): wait for its end, or cancel it`;
    throw new SweepError('running', message, [], { cause: error });
  }
}

function handleOf(client: Client, workflowId: string, runId: string): SweepHandle {
  // Without a run id: the query has to meet the run that it continued as.
  const latest = client.workflow.getHandle(workflowId, undefined, { firstExecutionRunId: runId });
  return {
    workflowId,
    runId,
    async report() {
      const ask = () => latest.query<SweepReport>(QUERY.report);
      return await client.withDeadline(Date.now() + QUERY_DEADLINE_MS, ask).catch(() => undefined);
    },
    async result({ signal } = {}) {
      const wait = () => client.workflow.getHandle(workflowId, runId).result() as Promise<SweepReport>;
      try {
        return await (signal ? client.withAbortSignal(signal, wait) : wait());
      } catch (error) {
        if (!(error instanceof WorkflowFailedError)) throw error;
        throw endOf(error);
      }
    },
  };
}

function endOf(error: WorkflowFailedError): SweepError {
  const { cause } = error;
  if (cause instanceof ApplicationFailure && cause.type === 'InvalidRequest') {
    const problems = (cause.details?.[0] ?? []) as readonly Problem[];
    return new SweepError('invalid', 'The sweep was refused; nothing was listed', problems, { cause: error });
  }
  const message = 'The sweep was ended before it was done; its history tells how far it came';
  return new SweepError('ended', message, [], { cause: error });
}

export interface SweepSchedule {
  readonly taskQueue: string;
  readonly everyMs: number;
  readonly request: SweepRequest;
}

/** A server that was away starts no more than the latest of the sweeps that it missed. */
const CATCH_UP = '10 minutes';

/** Creates the schedule, or changes the one that is there. */
export async function setSweepSchedule(client: Client, schedule: SweepSchedule): Promise<'created' | 'changed'> {
  const { taskQueue, everyMs, request } = schedule;
  const scheduleId = sweepIdOf(taskQueue);
  const options = {
    spec: { intervals: [{ every: everyMs }] },
    action: { type: 'startWorkflow', workflowType: WORKFLOW.sweep, workflowId: scheduleId, taskQueue, args: [request] },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCH_UP },
  } satisfies Omit<ScheduleOptions, 'scheduleId'>;
  try {
    await client.schedule.create({ scheduleId, ...options });
    return 'created';
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    // Whether somebody paused it is theirs to keep. Made anew, since the SDK's update decodes the old request first, and that
    // may be under a key that is gone.
    const { namespace } = client.options;
    const { schedule: before } = await client.workflowService.describeSchedule({ namespace, scheduleId });
    const { paused, notes } = before?.state ?? {};
    await client.schedule.getHandle(scheduleId).delete();
    await client.schedule.create({
      scheduleId,
      ...options,
      state: { paused: paused ?? false, ...(notes && { note: notes }) },
    });
    return 'changed';
  }
}

/** False where there was none. */
export async function removeSweepSchedule(client: Client, taskQueue: string): Promise<boolean> {
  try {
    await client.schedule.getHandle(sweepIdOf(taskQueue)).delete();
    return true;
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return false;
    throw error;
  }
}
