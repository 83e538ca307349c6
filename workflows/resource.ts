/**
 * A single resource in a workflow of your own, over the same activities that `provision` calls: the look first, the fence,
 * the marker, the delete until it is verified gone. What `provision` does besides is yours here: the order, when to undo,
 * and what happens when an undo fails. Imports nothing but the SDK, and is no workflow.
 */
import { ApplicationFailure, CancellationScope, CancelledFailure, workflowInfo } from '@temporalio/workflow';
import type { KindSpecs } from '../activities/kind-specs.js';
import { connectionTaskQueue } from '../contract/names.js';
import { type JsonObject, NAME, PLAN_LIMITS, type StepOutputs } from '../contract/plan.js';
import {
  type CreateInput,
  type CreateResult,
  type CreateTrace,
  type DeleteInput,
  type DeleteResult,
  type ResolvedStep,
  UNPLANNED,
} from '../contract/steps.js';
import { readReport } from './activity-report.js';
import { createOptions, deleteOptions } from './policies.js';
import { isReset } from './reset.js';
import { type Caller, callStep } from './step-activity.js';

/** Where the resource is made, and as what it is known. */
export interface ResourceOptions {
  /** Name of a connection that the worker is configured with. */
  readonly connection: string;
  /** Names the resource within this workflow: stands in its marker, so it must not change, and no other may have it. */
  readonly step: string;
  /** Queue of the worker with the plugin. Default: the one that this workflow runs on. */
  readonly taskQueue?: string;
  /** When the name is taken by something that is not ours. Default `fail`. */
  readonly ifExists?: 'fail' | 'adopt';
}

/** One resource of a workflow of your own: made once, deleted once. */
export interface Resource<Kind extends keyof KindSpecs> {
  /**
   * Makes it and waits until it is ready. A cancel of its scope waits for the answer of what was sent. Throws
   * ActivityFailure around an ApplicationFailure of the failure types; whatever it throws, call `delete` then. Called
   * again while something may be there, it throws ApplicationFailure `Misused`, and nothing is sent.
   */
  create(spec: KindSpecs[Kind]): Promise<StepOutputs>;
  /**
   * Deletes what `create` made, or may have made, until it is verified gone; nothing where nothing was sent, or where it
   * was adopted. A create that is under way is cancelled first, and its answer waited for. Is never cancelled itself.
   * Throws after about two minutes of tries: call it again, or tell somebody.
   */
  delete(): Promise<void>;
}

/**
 * A single resource, made and deleted by a workflow of your own. Needs a worker with the plugin on `taskQueue`. What ends
 * the workflow without its code (a termination, a time-out) leaves the resource there.
 *
 * @example
 * ```typescript
 * const workspace = resource('huawei.dataarts-fabric.workspace', { connection: 'huawei', step: 'workspace' });
 * try {
 *   const { id } = await workspace.create({ name: 'lab' });
 *   await useIt(id);
 * } finally {
 *   await workspace.delete();
 * }
 * ```
 */
export function resource<Kind extends keyof KindSpecs>(kind: Kind, options: ResourceOptions): Resource<Kind> {
  return new OwnResource(kind, options);
}

const ONCE = 'may be there already; delete it before it is made again';

/** A marker with another one could not be read back, and what was made not be found again. */
const STEP_RULE = `step: at most ${PLAN_LIMITS.maxStepLength} letters, digits, - and _; the first and the last a letter or digit`;

function misused(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'Misused');
}

function noted(): void {}

class OwnResource<Kind extends keyof KindSpecs> implements Resource<Kind> {
  private readonly step: ResolvedStep;
  private spec: JsonObject = {};
  /** What the undo has to know, from the moment that a create is on its way. */
  private trace: CreateTrace | undefined;
  private scope: CancellationScope | undefined;
  /** Resolves once the latest create has its answer, whatever that is. */
  private settled: Promise<void> | undefined;
  private deleting: Promise<void> | undefined;

  constructor(
    kind: Kind,
    { connection, step, taskQueue = workflowInfo().taskQueue, ifExists = 'fail' }: ResourceOptions,
  ) {
    if (!NAME.test(step) || step.length > PLAN_LIMITS.maxStepLength) throw misused(STEP_RULE);
    const [provider = ''] = kind.split('.');
    const queue = connectionTaskQueue(taskQueue, connection);
    const place = { kind, provider, connection, taskQueue: queue } as const;
    this.step = { key: step, ...place, dependsOn: [], ifExists, retain: false };
  }

  async create(spec: KindSpecs[Kind]): Promise<StepOutputs> {
    if (this.trace) throw misused(`${this.step.key}: ${ONCE}`);
    // Nothing is scheduled in a scope that is cancelled, so that there is nothing to look for.
    if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('Cancelled before it was made');
    this.spec = spec as unknown as JsonObject;
    this.trace = { resent: true, endedAt: Date.now() };
    this.scope = new CancellationScope();
    const making = this.scope.run(() => this.make());
    this.settled = making.then(noted, noted);
    return await making;
  }

  private async make(): Promise<StepOutputs> {
    try {
      const { outputs, adopted, resent } = await callStep<CreateInput, CreateResult>(this.caller(), this.step, {
        verb: 'create',
        summary: this.step.key,
        options: createOptions(1),
        input: { originalRun: !isReset(), scheduledBy: workflowInfo().runId },
      });
      this.trace = adopted ? undefined : { id: outputs.id, resent, endedAt: Date.now() };
      return outputs;
    } catch (error) {
      const { sent, id, resent } = readReport(error, this.step);
      const nothing = sent === 'never' || sent === 'refused';
      this.trace = nothing ? undefined : { ...(id !== undefined && { id }), resent, endedAt: Date.now() };
      throw error;
    }
  }

  async delete(): Promise<void> {
    this.deleting ??= CancellationScope.nonCancellable(() => this.undo()).finally(() => {
      this.deleting = undefined;
    });
    await this.deleting;
  }

  private async undo(): Promise<void> {
    // A create in flight is never abandoned: what it sends could land behind the last look.
    this.scope?.cancel();
    await this.settled;
    const { trace } = this;
    if (!trace) return;
    const { id, resent, endedAt } = trace;
    await callStep<DeleteInput, DeleteResult>(this.caller(), this.step, {
      verb: 'delete',
      summary: `undo ${this.step.key}`,
      options: deleteOptions(1),
      input: { ...(id !== undefined && { id }), resent, createEndedAt: endedAt },
    });
    this.trace = undefined;
  }

  private caller(): Caller {
    const { namespace, workflowId, firstExecutionRunId: runId } = workflowInfo();
    return {
      resolved: { fingerprint: UNPLANNED },
      spec: () => this.spec,
      owner: (step) => ({ namespace, workflowId, step, runId }),
    };
  }
}
