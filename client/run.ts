/** One look at a workflow as the server shows it, in the product's words. Needs no worker. */
import type { Client, WorkflowExecutionDescription, WorkflowHandle } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import { OUTCOMES, type Outcome } from '../contract/failures.js';
import type { Ledger } from '../contract/ledger.js';
import { MEMO, WORKFLOW } from '../contract/names.js';
import { ProvisionNotFoundError } from './errors.js';

/** A workflow run of ours as the server shows it, in the product's words. */
export interface Run {
  readonly handle: WorkflowHandle;
  readonly workflowId: string;
  /** Of this run; differs from {@link firstRunId} after a continue-as-new or a reset. */
  readonly runId: string;
  readonly firstRunId: string;
  readonly type: string;
  /** Temporal's own word: RUNNING, COMPLETED, FAILED, CANCELLED, TERMINATED, TIMED_OUT, CONTINUED_AS_NEW. */
  readonly status: string;
  readonly memo: Readonly<Record<string, unknown>>;
  readonly planHash: string | undefined;
  /** `ProvisionerOutcome`, where the workflow set it. */
  readonly outcome: Outcome | undefined;
  /** A cancel was accepted: the run is rolling back, or will as soon as a worker takes it up. */
  readonly cancelRequested: boolean;
  readonly startTime: Date;
  readonly closeTime: Date | undefined;
}

/** The latest run of a workflow id, or the given one. Throws ProvisionNotFoundError. */
export async function describeRun(client: Client, workflowId: string, runId?: string): Promise<Run> {
  const handle = client.workflow.getHandle(workflowId, runId);
  try {
    const description = await handle.describe();
    return { ...facts(description), handle: client.workflow.getHandle(workflowId, description.runId) };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw new ProvisionNotFoundError(workflowId);
    throw error;
  }
}

/** The run that a chain is at now: after continue-as-new that is a later one. */
export async function describeChain(client: Client, workflowId: string, firstRunId: string): Promise<Run> {
  const latest = await describeRun(client, workflowId);
  if (latest.firstRunId === firstRunId) return latest;
  // The name was used again since: this chain ended before, so its first run is the one to show.
  return await describeRun(client, workflowId, firstRunId);
}

export function isProvision(run: Run): boolean {
  return run.type === WORKFLOW.provision;
}

/** Of a completed run: a managed plan completes when it is given up, and its ledger is in the memo. */
export function completedAs({ outcome, memo }: Run): Outcome {
  const kept = memo[MEMO.ledger] as Partial<Ledger> | undefined;
  return outcome ?? kept?.outcome ?? 'Provisioned';
}

/** `ProvisionerOutcome` is a list of one in the untyped form that every server version answers. */
export function outcomeAttribute(attributes: Readonly<Record<string, unknown>>): Outcome | undefined {
  const [value] = [attributes.ProvisionerOutcome].flat();
  return OUTCOMES.find((outcome) => outcome === value);
}

function facts(description: WorkflowExecutionDescription): Omit<Run, 'handle'> {
  const { workflowId, runId, type, memo = {}, startTime, closeTime } = description;
  const hash = memo[MEMO.planHash];
  return {
    workflowId,
    runId,
    firstRunId: description.raw.workflowExecutionInfo?.firstRunId || runId,
    type,
    status: description.status.name,
    memo,
    planHash: typeof hash === 'string' ? hash : undefined,
    outcome: outcomeAttribute(description.searchAttributes),
    cancelRequested: description.raw.workflowExtendedInfo?.cancelRequested ?? false,
    startTime,
    closeTime,
  };
}
