/**
 * What the client throws, as a Nexus caller gets it: a refusal is a handler error that is not retried, a failed run a
 * failed operation. Its cause is a typed failure, with what a program needs in `details[0]`.
 */
import { ApplicationFailure } from '@temporalio/common';
import { HandlerError, type HandlerErrorType, OperationError } from 'nexus-rpc';
import {
  InvalidPlanError,
  InvalidRequestError,
  PlanConflictError,
  ProvisionFailedError,
  ProvisionNotFoundError,
} from '../../client/errors.js';
import type { RefusalType } from '../../contract/nexus-service.js';

/** What is none of the client's words is left to the SDK, which tells what may be tried again from what may not. */
export function asNexusError(error: unknown): unknown {
  if (error instanceof InvalidPlanError) return refused('BAD_REQUEST', error, 'InvalidPlan', error.problems);
  if (error instanceof InvalidRequestError) return refused('BAD_REQUEST', error, 'InvalidRequest', error.problems);
  if (error instanceof PlanConflictError)
    return refused('CONFLICT', error, 'PlanConflict', { workflowId: error.workflowId });
  if (error instanceof ProvisionNotFoundError)
    return refused('NOT_FOUND', error, 'NotFound', { workflowId: error.workflowId });
  if (error instanceof ProvisionFailedError) {
    const cause = error.cause instanceof Error ? error.cause : undefined;
    return new OperationError(error.outcome === 'Cancelled' ? 'canceled' : 'failed', error.message, { cause });
  }
  return error;
}

function refused(kind: HandlerErrorType, { message }: Error, type: RefusalType, details: unknown): HandlerError {
  const cause = ApplicationFailure.create({ type, message, nonRetryable: true, details: [details] });
  // A stack of ours says nothing to a caller elsewhere.
  cause.stack = '';
  return new HandlerError(kind, message, { cause, retryableOverride: false });
}
