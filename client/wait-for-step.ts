/** Waits for one step of a run to be live: an update that the run answers, or else the run's own end. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Client,
  type WithStartWorkflowOperation,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type WorkflowUpdateHandle,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { queryLedger, queryOutputs } from '../activities/owner/read-ledger.js';
import { type StepRequest, TOO_MANY_WAITERS, UPDATE } from '../contract/names.js';
import type { Plan, StepOutputs } from '../contract/plan.js';
import { InvalidRequestError } from './errors.js';
import { describeChain } from './run.js';
import { grpcCode } from './unreachable.js';

type Update = WorkflowUpdateHandle<StepOutputs>;

interface Target {
  readonly workflowId: string;
  /** First run id of the chain. */
  readonly runId: string;
}

/** Others wait for the same run, and it has no room for one more: it is looked at instead. */
const LOOK_MS = 500;

const OPEN: readonly string[] = ['RUNNING', 'PAUSED'];

/** gRPC: RESOURCE_EXHAUSTED. The server refuses by itself what the run has not seen yet. */
const EXHAUSTED = 8;

/** A step that the plan has not would be waited for until the end, and have no outputs then. */
export function refuseUnlessStep({ resources }: Pick<Plan, 'resources'>, step: string): void {
  if (Object.hasOwn(resources, step)) return;
  const message = `there is no such step; steps: ${Object.keys(resources).join(', ')}`;
  throw new InvalidRequestError([{ path: 'step', message }]);
}

/**
 * Starts a run, or attaches to one that is open, and begins to wait, in one request. Undefined where the run takes nobody
 * who waits, or no more of them. Rejects with the SDK's WorkflowExecutionAlreadyStartedError where the run is over.
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
    if (error instanceof WorkflowUpdateFailedError) return undefined;
    throw error;
  }
}

/** Undefined where the run is over, or the step will not be live: the run's end is the answer then. */
export async function waitForStep(client: Client, target: Target, step: string): Promise<StepOutputs | undefined> {
  const { workflowId, runId } = target;
  const handle = client.workflow.getHandle(workflowId, undefined, { firstExecutionRunId: runId });
  try {
    return await handle.executeUpdate<StepOutputs, [StepRequest]>(UPDATE.waitForStep, { args: [{ step }] });
  } catch (error) {
    if (isFull(error)) return await lookFor(client, target, step);
    return unlessRefused(error);
  }
}

/** What an update that was accepted comes to. Undefined as above. */
export async function answerOf(update: Update | undefined): Promise<StepOutputs | undefined> {
  return await update?.result().catch(unlessRefused);
}

async function lookFor(client: Client, { workflowId, runId }: Target, step: string): Promise<StepOutputs | undefined> {
  for (;;) {
    const { handle, status } = await describeChain(client, workflowId, runId);
    if (!OPEN.includes(status)) return undefined;
    const ledger = await queryLedger(client, handle);
    const outputs = ledger?.steps[step]?.state === 'live' ? await queryOutputs(client, handle) : undefined;
    if (outputs?.[step]) return outputs[step];
    await sleep(LOOK_MS);
  }
}

function isFull(error: unknown): boolean {
  const refused = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
  return (refused instanceof ApplicationFailure && refused.type === TOO_MANY_WAITERS) || grpcCode(error) === EXHAUSTED;
}

function unlessRefused(error: unknown): undefined {
  if (error instanceof WorkflowUpdateFailedError || error instanceof WorkflowNotFoundError) return undefined;
  throw error;
}
