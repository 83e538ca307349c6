/** `temporal workflow reset`: which tasks of a run it can go back to, and the run that it makes of it. */
import { randomUUID } from 'node:crypto';
import type { Plan, ProvisionResult } from '../../contract/plan.js';
import type { ProvisionRun, Rig } from './rig.js';

/** Event ids are int64, which the SDK's types tell only as something to pass on. */
export type TaskId = NonNullable<unknown>;

const runIds = new WeakMap<ProvisionRun, string>();

/** A run that a reset made is not the first of its chain, which its handle names as such. */
export const runIdOf = (run: ProvisionRun): string => runIds.get(run) ?? run.firstExecutionRunId;

/** Event ids of the workflow tasks that a run can be reset to. */
export async function tasksOf(rig: Rig, run: ProvisionRun): Promise<TaskId[]> {
  const { events } = await rig.client.workflow.getHandle(run.workflowId, runIdOf(run)).fetchHistory();
  return (events ?? []).flatMap((event) =>
    event.workflowTaskCompletedEventAttributes && event.eventId ? [event.eventId] : [],
  );
}

export async function resetTo(rig: Rig, run: ProvisionRun, task: TaskId, of = runIdOf(run)): Promise<ProvisionRun> {
  const { runId } = await rig.client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: run.workflowId, runId: of },
    reason: 'a test',
    workflowTaskFinishEventId: task as never,
    requestId: randomUUID(),
  });
  return takeUp(rig, run, runId);
}

/** The run that a reset of `run` has made, tracked like one that the test started. */
export function takeUp(rig: Rig, run: ProvisionRun, runId: string): ProvisionRun {
  const { workflowId, firstExecutionRunId } = run;
  rig.track(workflowId, runId);
  const handle = rig.client.workflow.getHandle<(plan: Plan) => Promise<ProvisionResult>>(workflowId, runId);
  const made = Object.assign(handle, { firstExecutionRunId });
  runIds.set(made, runId);
  return made;
}
