/** Sends an operator's move to a run and waits for its answer: a sentence, or a refusal that says what is possible. */
import {
  type Client,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { checkMove } from '../contract/check-move.js';
import type { MoveName, MoveRequest } from '../contract/moves.js';
import { MoveRefusedError, type PossibleMove } from './errors.js';

export interface MoveTarget {
  readonly workflowId: string;
  /** First run id of the chain. */
  readonly runId: string;
}

/**
 * Throws {@link MoveRefusedError} where the move is malformed (then nothing was sent), not possible now, or fails: in each
 * case nothing was changed. Waits for a worker for as long as `signal` lets it.
 */
export async function sendMove(
  client: Client,
  { workflowId, runId }: MoveTarget,
  move: MoveName,
  request: MoveRequest,
  signal?: AbortSignal,
): Promise<string> {
  const problems = checkMove(move, request);
  if (problems.length > 0) {
    const words = problems.map(({ path, message }) => (path ? `${path}: ${message}` : message));
    throw new MoveRefusedError(`${move}: ${words.join('; ')}`, [], problems);
  }
  const handle = client.workflow.getHandle(workflowId, undefined, { firstExecutionRunId: runId });
  const send = () => handle.executeUpdate<string, [MoveRequest]>(move, { args: [request] });
  try {
    return await (signal ? client.withAbortSignal(signal, send) : send());
  } catch (error) {
    throw refusalOf(error, workflowId) ?? error;
  }
}

function refusalOf(error: unknown, workflowId: string): MoveRefusedError | undefined {
  if (error instanceof WorkflowNotFoundError) {
    return new MoveRefusedError(`${workflowId} is over: no move is possible any more.`, [], [], { cause: error });
  }
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return undefined;
  if (!(error instanceof WorkflowUpdateFailedError)) return undefined;
  const { cause } = error;
  const [details] = cause instanceof ApplicationFailure ? (cause.details ?? []) : [];
  const possible = (details as { readonly possible?: readonly PossibleMove[] } | undefined)?.possible ?? [];
  return new MoveRefusedError(cause?.message ?? error.message, possible, [], { cause: error });
}
