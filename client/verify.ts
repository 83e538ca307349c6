/** Verifies a plan: one look at each of its resources, by the worker that has the connections. Waits for the report. */
import { type Client, WorkflowFailedError, type WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { checkVerifyRequest } from '../activities/deprovision/check-request.js';
import type { VerifyReport } from '../contract/deprovision.js';
import type { Problem } from '../contract/failures.js';
import type { VerifyRequest } from '../contract/manifest.js';
import { verifyIdOf, WORKFLOW } from '../contract/names.js';
import { InvalidRequestError, PlanConflictError } from './errors.js';
import { describeRun } from './run.js';
import { isSameRequest, refuseOtherType } from './same-request.js';

/** Joins a verification of the same plan, and by the same manifest, that is under way. */
export async function runVerify(
  client: Client,
  taskQueue: string,
  request: VerifyRequest,
  signal?: AbortSignal,
): Promise<VerifyReport> {
  const checked = checkVerifyRequest(request, client.options.namespace);
  if ('problems' in checked) throw new InvalidRequestError(checked.problems);
  const handle = await client.workflow.start(WORKFLOW.verify, {
    workflowId: verifyIdOf(request.plan),
    taskQueue,
    args: [checked.value],
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: `verify ${request.plan}`,
  });
  await refuseOther(client, handle, checked.value);
  try {
    const wait = () => handle.result() as Promise<VerifyReport>;
    return await (signal ? client.withAbortSignal(signal, wait) : wait());
  } catch (error) {
    const cause = error instanceof WorkflowFailedError ? error.cause : undefined;
    if (!(cause instanceof ApplicationFailure) || cause.type !== 'InvalidRequest') throw error;
    throw new InvalidRequestError((cause.details?.[0] ?? []) as readonly Problem[]);
  }
}

/** The start does not say whether it joined. */
async function refuseOther(
  client: Client,
  { workflowId, firstExecutionRunId }: WorkflowHandleWithFirstExecutionRunId,
  request: VerifyRequest,
): Promise<void> {
  const run = await describeRun(client, workflowId, firstExecutionRunId);
  refuseOtherType(run, WORKFLOW.verify);
  if (await isSameRequest(client, run, request, checkVerifyRequest)) return;
  const message = `A different verification of ${request.plan} is running: wait for its end, then ask again.`;
  throw new PlanConflictError(workflowId, message);
}
