/** Waits for one step of a run to be live: an update that the run answers, or else the run's own end. */
import {
  type Client,
  type WithStartWorkflowOperation,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type WorkflowUpdateHandle,
} from '@temporalio/client';
import { type StepRequest, UPDATE } from '../contract/names.js';
import type { StepOutputs } from '../contract/plan.js';

type Update = WorkflowUpdateHandle<StepOutputs>;

/**
 * Starts a run, or attaches to one that is open, and begins to wait, in one request. Undefined where the run refuses to be
 * waited for: its end is the answer then. Rejects with the SDK's WorkflowExecutionAlreadyStartedError where the run is over.
 */
export async function startAndWait(
  client: Client,
  startWorkflowOperation: WithStartWorkflowOperation<() => Promise<unknown>>,
  step: string,
): Promise<Update | undefined> {
  try {
    return await client.workflow.startUpdateWithStart<() => Promise<unknown>, StepOutputs, [StepRequest]>(
      UPDATE.waitForStep,
      { startWorkflowOperation, waitForStage: 'ACCEPTED', args: [{ step }] },
    );
  } catch (error) {
    return unlessRefused(error);
  }
}

/** Undefined where the run is over, or is refused to be waited for. */
export async function waitForStep(
  client: Client,
  { workflowId, runId }: { readonly workflowId: string; readonly runId: string },
  step: string,
): Promise<StepOutputs | undefined> {
  const handle = client.workflow.getHandle(workflowId, undefined, { firstExecutionRunId: runId });
  return await handle
    .executeUpdate<StepOutputs, [StepRequest]>(UPDATE.waitForStep, { args: [{ step }] })
    .catch(unlessRefused);
}

/** What an update that was accepted comes to. Undefined as above. */
export async function answerOf(update: Update | undefined): Promise<StepOutputs | undefined> {
  return await update?.result().catch(unlessRefused);
}

function unlessRefused(error: unknown): undefined {
  if (error instanceof WorkflowUpdateFailedError || error instanceof WorkflowNotFoundError) return undefined;
  throw error;
}
