/** What the workflow that a marker names is doing now, asked from the server itself, not from visibility, which lags. */
import { type Client, isGrpcServiceError, WorkflowNotFoundError } from '@temporalio/client';
import type { Marker } from '../contract/marker.js';
import type { OwnerState } from './ownership.js';

/** gRPC status code. */
const INVALID_ARGUMENT = 3;

export async function askOwner(client: Client, namespace: string, marker: Marker): Promise<OwnerState> {
  if (marker.namespace !== namespace) return 'unknown';
  try {
    const { status, raw } = await client.workflow.getHandle(marker.workflowId).describe();
    // The latest run belongs to another chain: what the marker's chain did is no longer told here.
    if (raw.workflowExecutionInfo?.firstRunId !== marker.runId) return await stateOfRun(client, marker);
    if (status.name === 'RUNNING' || status.name === 'CONTINUED_AS_NEW') return 'open';
    return status.name === 'COMPLETED' ? 'provisioned' : 'closed';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError || isNoRunId(error)) return 'unknown';
    throw error;
  }
}

/** A marker is text that anybody may write: what stands there as a run id need not be one. */
function isNoRunId(error: unknown): boolean {
  const cause = error instanceof Error && !isGrpcServiceError(error) ? error.cause : error;
  return isGrpcServiceError(cause) && cause.code === INVALID_ARGUMENT;
}

/** An older chain: only one that needed no continuation can be judged by its first run. */
async function stateOfRun(client: Client, { workflowId, runId }: Marker): Promise<OwnerState> {
  const { status } = await client.workflow.getHandle(workflowId, runId).describe();
  if (status.name === 'COMPLETED') return 'provisioned';
  return status.name === 'CONTINUED_AS_NEW' ? 'unknown' : 'closed';
}
