/**
 * A provisioning under way or over: its result, its ledger, its outcome, and the way to cancel it. It stands for one
 * run chain, so a later provisioning under the same name does not change what it shows.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, WorkflowFailedError } from '@temporalio/client';
import { type LedgerReading, queryLedger, queryOutputs, readLedger } from '../activities/owner/read-ledger.js';
import { readPlan } from '../activities/owner/read-plan.js';
import { type CloseFailure, readCloseFailure } from '../contract/close-failure.js';
import { consoleLink } from '../contract/console-link.js';
import type { Outcome } from '../contract/failures.js';
import type { Ledger } from '../contract/ledger.js';
import type { Manifest } from '../contract/manifest.js';
import type { MoveName, MoveRequest } from '../contract/moves.js';
import { isManaged, type Plan, type ProvisionResult, type StepOutputs } from '../contract/plan.js';
import type { ResolvedPlan } from '../contract/steps.js';
import type { ResultOf } from '../contract/typed-plan.js';
import { ProvisionFailedError } from './errors.js';
import { exportManifest } from './export-manifest.js';
import { readResolved } from './resolved.js';
import { completedAs, describeChain, type Run } from './run.js';
import { sendMove } from './send-move.js';
import { refuseUnlessStep, waitForStep } from './wait-for-step.js';

/** A person or a program waits for it; each look is a query that a worker answers. */
const OWNED_POLL_MS = 500;

/**
 * One provisioning, running or over, by its workflow id and its first run: what it came to, its ledger, and moves on it. `Step`
 * stands for the plan's steps, where the compiler knows them.
 */
export class ProvisionHandle<Step extends string = string> {
  constructor(
    private readonly client: Client,
    readonly workflowId: string,
    /** First run id of the chain: the one in the markers. */
    readonly runId: string,
  ) {}

  /**
   * Waits until the plan is Provisioned and returns every step's outputs: for the end, or, of a managed plan, which stays
   * open, for that moment. Throws {@link ProvisionFailedError} for every other outcome.
   * Waiting may take as long as an operator takes to decide; giving up waiting (`signal`) changes nothing in the
   * workflow, and rejects with the SDK's error of a cancelled call.
   */
  async result({ signal }: { readonly signal?: AbortSignal } = {}): Promise<ResultOf<Step>> {
    for (;;) {
      // A reset does not link its run to the one before: the chain's latest run is the one that counts.
      const { runId } = await this.describe();
      const over = new AbortController();
      const either = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
      const end = await Promise.race([this.closed(runId, either), this.owned(runId, either)]).finally(() =>
        over.abort(),
      );
      if ('owned' in end) return end.owned as ResultOf<Step>;
      const run = await this.describe();
      if (run.runId !== runId) continue;
      if (end.closed instanceof WorkflowFailedError) throw await this.failure(end.closed);
      if (completedAs(run) === 'Deprovisioned') throw await this.deprovisioned();
      return end.closed as ResultOf<Step>;
    }
  }

  /**
   * Waits until one step is live, and returns its outputs; the plan goes on. Throws {@link ProvisionFailedError} where the
   * step will not be live, once everything is undone, and InvalidRequestError for a step that the plan has not.
   */
  async waitForStep(step: Step, { signal }: { readonly signal?: AbortSignal } = {}): Promise<StepOutputs> {
    const plan = await this.plan();
    if (plan) refuseUnlessStep(plan, step);
    const wait = () => waitForStep(this.client, this, step);
    const live = await (signal ? this.client.withAbortSignal(signal, wait) : wait());
    return live ?? (await this.result(signal ? { signal } : {}))[step];
  }

  private async closed(runId: string, signal: AbortSignal): Promise<{ closed: ProvisionResult | WorkflowFailedError }> {
    const wait = () => this.client.workflow.getHandle(this.workflowId, runId).result() as Promise<ProvisionResult>;
    const closed = await this.client.withAbortSignal(signal, wait).catch((error: unknown) => {
      if (error instanceof WorkflowFailedError) return error;
      throw error;
    });
    return { closed };
  }

  /** Resolves only for a managed plan that is Provisioned; polls, since an open run tells of itself only when asked. */
  private async owned(runId: string, signal: AbortSignal): Promise<{ owned: ProvisionResult }> {
    const handle = this.client.workflow.getHandle(this.workflowId, runId);
    const plan = await readPlan(this.client, this.workflowId, runId);
    while (!signal.aborted && plan && isManaged(plan)) {
      const ledger = await queryLedger(this.client, handle);
      const owned = ledger?.outcome === 'Provisioned' ? await queryOutputs(this.client, handle) : undefined;
      if (owned) return { owned };
      await sleep(OWNED_POLL_MS);
    }
    return await new Promise<never>(() => undefined);
  }

  private async deprovisioned(): Promise<ProvisionFailedError> {
    const ledger = (await this.findLedger())?.ledger;
    const message = 'Deprovisioned: what was provisioned is deleted again.';
    return new ProvisionFailedError({ outcome: 'Deprovisioned', message, ledger });
  }

  /**
   * The record of every step, at any moment, with or without a worker alive. Throws an Error where it was not started with a
   * plan.
   */
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

  /** The plan that it was started with; undefined where it was not, as a deprovisioning. Needs no worker. */
  async plan(): Promise<Plan | undefined> {
    return await readPlan(this.client, this.workflowId, this.runId);
  }

  /** Names of the plan's connections that reach only the simulator; none where the plan was not resolved (yet). */
  async simulated(): Promise<readonly string[]> {
    return (await this.resolved())?.simulated ?? [];
  }

  /**
   * For each step that has an id: the address of its resource's page in the cloud's console, or of the console itself where
   * no address of a single resource is documented. Steps of kinds without one are left out. On the simulator: its own page.
   *
   * @param known A ledger that was read already. Default: it is read now.
   */
  async links(known?: Ledger): Promise<Readonly<Record<string, string>>> {
    const [resolved, ledger] = await Promise.all([
      this.resolved(),
      known ?? this.findLedger().then((found) => found?.ledger),
    ]);
    const links = (resolved?.steps ?? []).flatMap(({ key, console }) => {
      const id = ledger?.steps[key]?.id;
      return console !== undefined && id !== undefined ? [[key, consoleLink(console, id)] as const] : [];
    });
    return Object.fromEntries(links);
  }

  private async resolved(): Promise<ResolvedPlan | undefined> {
    return await readResolved(this.client, this.workflowId, this.runId);
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
        return completedAs(run);
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

  /**
   * An operator's move, as {@link MoveRequest} describes: who, why, and what the move needs besides.
   * Resolves to a sentence for people once it is carried out; `adopt` and `skip` may ask the cloud for minutes first.
   * Throws {@link MoveRefusedError}; nothing was changed then. Giving up waiting (`signal`) does not take it back.
   *
   * @example
   * ```typescript
   * await handle.move('retry', { step: 'workspace', by: 'alice', why: 'quota raised, ticket 4711' });
   * ```
   */
  async move(move: MoveName, request: MoveRequest, options: { readonly signal?: AbortSignal } = {}): Promise<string> {
    return await sendMove(this.client, this, move, request, options.signal);
  }

  /** What it made, and in whose name: enough to verify and to deprovision it without its history. */
  async manifest(): Promise<Manifest> {
    return await exportManifest(this.client, this.workflowId);
  }

  /** The run that it is at now. Throws {@link ProvisionNotFoundError} where the server knows it no more. */
  async describe(): Promise<Run> {
    return await describeChain(this.client, this.workflowId, this.runId);
  }

  private async outcomeOfFailure(run: Run): Promise<Outcome> {
    try {
      await run.handle.result();
    } catch (error) {
      const end = readCloseFailure(error);
      if (end) return end.outcome;
      throw error;
    }
    return 'Provisioned';
  }

  private async failure(error: WorkflowFailedError): Promise<ProvisionFailedError> {
    const end: CloseFailure = readCloseFailure(error) ?? { outcome: 'Abandoned', message: error.message };
    const { outcome, message, cause: facts, problems } = end;
    const found = end.ledger ?? (await readLedger(this.client, await this.describe()))?.ledger;
    const ledger = found && { ...found, outcome };
    return new ProvisionFailedError(
      { outcome, message, ledger, ...(facts && { facts }), ...(problems && { problems }) },
      { cause: error.cause },
    );
  }
}
