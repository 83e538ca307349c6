/** A run as Temporal describes it, in the words of chain.ts. */
import { type Client, isGrpcServiceError, WorkflowNotFoundError } from '@temporalio/client';
import type { ChainRun } from './chain.js';

/** temporal.api.enums.v1.HistoryEventFilterType.CLOSE_EVENT: only the last event of a closed run. */
const CLOSE_EVENT = 2;

/** gRPC status code. */
const INVALID_ARGUMENT = 3;

export async function describeRun(client: Client, workflowId: string, runId?: string): Promise<ChainRun | undefined> {
  try {
    const { raw, ...run } = await client.workflow.getHandle(workflowId, runId).describe();
    const status = statusOf(run.status.name);
    const continuedAs = status === 'continued' ? await successorOf(client, workflowId, run.runId) : undefined;
    const resetTo = raw.workflowExtendedInfo?.resetRunId || undefined;
    return {
      runId: run.runId,
      firstRunId: raw.workflowExecutionInfo?.firstRunId ?? '',
      workflowType: run.type,
      status,
      ...(run.closeTime && { closedAt: run.closeTime.getTime() }),
      ...(continuedAs !== undefined && { continuedAs }),
      ...(resetTo !== undefined && { resetTo }),
    };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError || isNoRunId(error)) return undefined;
    throw error;
  }
}

function statusOf(name: string): ChainRun['status'] {
  switch (name) {
    case 'COMPLETED':
      return 'completed';
    case 'CONTINUED_AS_NEW':
      return 'continued';
    case 'FAILED':
    case 'CANCELLED':
    case 'TERMINATED':
    case 'TIMED_OUT':
      return 'closed';
    default:
      // Running, or a word of a later server: whatever it means, nothing is taken from it.
      return 'open';
  }
}

async function successorOf(client: Client, workflowId: string, runId: string): Promise<string | undefined> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: { workflowId, runId },
    historyEventFilterType: CLOSE_EVENT,
  });
  return history?.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId || undefined;
}

/** A marker is text that anybody may write: what stands there as a run id need not be one. */
function isNoRunId(error: unknown): boolean {
  const cause = error instanceof Error && !isGrpcServiceError(error) ? error.cause : error;
  return isGrpcServiceError(cause) && cause.code === INVALID_ARGUMENT;
}
