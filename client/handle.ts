/**
 * A provisioning under way or over: its result, its ledger, its outcome, and the way to cancel it. It stands for one
 * run chain, so a later provisioning under the same name does not change what it shows.
 */
import { type Client, WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { type LedgerReading, ledgerIn, queryLedger, readLedger } from '../activities/owner/read-ledger.js';
import {
  type CloseType,
  FAILURE_TYPES,
  type FailureDetails,
  type Outcome,
  type Problem,
} from '../contract/failures.js';
import type { Cause, Ledger } from '../contract/ledger.js';
import type { ProvisionResult } from '../contract/plan.js';
import { ProvisionFailedError } from './errors.js';
import { describeChain, type Run } from './run.js';
import { readSimulated } from './simulated.js';

export class ProvisionHandle {
  constructor(
    private readonly client: Client,
    readonly workflowId: string,
    /** First run id of the chain: the one in the markers. */
    readonly runId: string,
  ) {}

  /**
   * Waits for the end and returns every step's outputs. Throws {@link ProvisionFailedError} for every other outcome.
   * Waiting may take as long as an operator takes to decide; giving up waiting (`signal`) changes nothing in the
   * workflow, and rejects with the SDK's error of a cancelled call.
   */
  async result({ signal }: { readonly signal?: AbortSignal } = {}): Promise<ProvisionResult> {
    for (;;) {
      // A reset does not link its run to the one before: the chain's latest run is the one that counts.
      const { runId } = await this.describe();
      const wait = () => this.client.workflow.getHandle(this.workflowId, runId).result() as Promise<ProvisionResult>;
      const end = await (signal ? this.client.withAbortSignal(signal, wait) : wait()).catch((error: unknown) => {
        if (error instanceof WorkflowFailedError) return error;
        throw error;
      });
      if ((await this.describe()).runId !== runId) continue;
      if (end instanceof WorkflowFailedError) throw await this.failure(end.cause);
      return end;
    }
  }

  /** The record of every step, at any moment, with or without a worker alive. See {@link readLedger}. */
  async ledger(): Promise<Ledger> {
    const reading = await this.findLedger();
    if (!reading) throw new Error(`${this.workflowId} has no ledger: it was not started with a plan.`);
    return reading.ledger;
  }

  /** The ledger and where it was found; undefined where the workflow was not started with a plan. */
  async findLedger(): Promise<LedgerReading | undefined> {
    return await readLedger(this.client, await this.describe());
  }

  /** The ledger as a live worker tells it now; undefined where none answers within seconds. For progress displays. */
  async liveLedger(): Promise<Ledger | undefined> {
    return await queryLedger(this.client, this.client.workflow.getHandle(this.workflowId));
  }

  /** Names of the plan's connections that reach only the simulator; none where the plan was not resolved (yet). */
  async simulated(): Promise<readonly string[]> {
    return await readSimulated(this.client, this.workflowId, this.runId);
  }

  /** How it ended, or undefined while it is open. A run that was terminated from outside counts as Abandoned. */
  async outcome(): Promise<Outcome | undefined> {
    const run = await this.describe();
    switch (run.status) {
      case 'RUNNING':
      case 'PAUSED':
      case 'CONTINUED_AS_NEW':
        return undefined;
      case 'COMPLETED':
        return 'Provisioned';
      case 'CANCELLED':
        return 'Cancelled';
      case 'FAILED':
        return run.outcome ?? (await this.outcomeOfFailure(run));
      default:
        return 'Abandoned';
    }
  }

  /** Asks for a rollback: everything made so far is deleted again. Returns when the server has the request. */
  async cancel(): Promise<void> {
    await this.client.workflow.getHandle(this.workflowId, undefined, { firstExecutionRunId: this.runId }).cancel();
  }

  async describe(): Promise<Run> {
    return await describeChain(this.client, this.workflowId, this.runId);
  }

  private async outcomeOfFailure(run: Run): Promise<Outcome> {
    try {
      await run.handle.result();
    } catch (error) {
      if (error instanceof WorkflowFailedError) return outcomeOf(error.cause);
      throw error;
    }
    return 'Provisioned';
  }

  private async failure(cause: Error | undefined): Promise<ProvisionFailedError> {
    const outcome = outcomeOf(cause);
    const found = ledgerIn(cause) ?? (await readLedger(this.client, await this.describe()))?.ledger;
    const ledger = found && { ...found, outcome };
    const facts = causeFacts(cause instanceof ApplicationFailure ? cause.cause : undefined);
    const problems = problemsIn(cause);
    return new ProvisionFailedError(
      { outcome, message: messageOf(outcome, cause), ledger, ...(facts && { facts }), ...(problems && { problems }) },
      { cause },
    );
  }
}

function outcomeOf(cause: unknown): Exclude<Outcome, 'Provisioned'> {
  if (cause instanceof CancelledFailure) return 'Cancelled';
  if (!(cause instanceof ApplicationFailure)) return 'Abandoned';
  switch (cause.type as CloseType | undefined) {
    case 'RolledBack':
      return 'RolledBack';
    case 'InvalidPlan':
    case 'Misconfigured':
      return 'NotStarted';
    default:
      return 'Abandoned';
  }
}

function messageOf(outcome: Outcome, cause: Error | undefined): string {
  if (outcome === 'Cancelled') return 'Cancelled: what was made is deleted again.';
  if (cause instanceof ApplicationFailure) return cause.message;
  return 'The workflow was ended from outside, without undoing: the resources in the ledger may be alive.';
}

function causeFacts(cause: Error | undefined): Cause | undefined {
  if (!(cause instanceof ApplicationFailure)) return undefined;
  const type = FAILURE_TYPES.find((known) => known === cause.type);
  if (!type) return undefined;
  const [details] = (cause.details ?? []) as [FailureDetails?];
  const { provider, operation, status, code, requestId } = details ?? {};
  return {
    type,
    message: cause.message,
    ...(provider !== undefined && { provider }),
    ...(operation !== undefined && { operation }),
    ...(status !== undefined && { status }),
    ...(code !== undefined && { code }),
    ...(requestId !== undefined && { requestId }),
  };
}

/** The problems of a NotStarted: the first of the failure's details that is or holds such a list. */
function problemsIn(cause: unknown): readonly Problem[] | undefined {
  if (!(cause instanceof ApplicationFailure)) return undefined;
  for (const detail of cause.details ?? []) {
    const list: unknown = Array.isArray(detail) ? detail : (detail as { problems?: unknown } | null)?.problems;
    if (Array.isArray(list) && list.every(isProblem)) return list;
  }
  return undefined;
}

function isProblem(value: unknown): value is Problem {
  const problem = value as Partial<Problem> | null | undefined;
  return typeof problem?.path === 'string' && typeof problem.message === 'string';
}
