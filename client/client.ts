/**
 * Starts plans and finds them again, over any Temporal client. Idempotent by the plan's name and content: the same plan
 * attaches to what runs or ran, another plan under a taken name is refused with what to do.
 */
import { type Client, WithStartWorkflowOperation } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { type Catalog, createCatalog } from '../activities/catalog.js';
import type { Kind } from '../activities/kind.js';
import { readPlan } from '../activities/owner/read-plan.js';
import { BUILT_IN_KINDS } from '../activities/providers/built-in-kinds.js';
import type { VerifyReport } from '../contract/deprovision.js';
import type { DeprovisionRequest, Manifest, VerifyRequest } from '../contract/manifest.js';
import { DEFAULT_TASK_QUEUE, MEMO, WORKFLOW, workflowIdOf } from '../contract/names.js';
import { PLAN_LIMITS, type Plan, type StepOutputs } from '../contract/plan.js';
import { planHash } from '../contract/plan-hash.js';
import { stepNameSchema } from '../contract/plan-schema.js';
import type { TypedPlan } from '../contract/typed-plan.js';
import { checkPlan } from './check-plan.js';
import {
  type DeprovisionHandle,
  deprovisionedRuns,
  givenUp,
  latestDeprovision,
  startDeprovision,
} from './deprovision.js';
import { type InvalidRequestError, PlanConflictError, ProvisionNotFoundError } from './errors.js';
import { ProvisionHandle } from './handle.js';
import {
  countListed,
  type Listed,
  type ListFilter,
  type ListPage,
  type ListPageOptions,
  listedOf,
  listPage,
} from './listing.js';
import { completedAs, describeRun, isProvision, type Run } from './run.js';
import { plainStart, type StartWorkflow } from './start-workflow.js';
import { staticDetails, staticSummary } from './static-details.js';
import { runVerify } from './verify.js';
import { eachRun, toldOf } from './visibility.js';
import { answerOf, refuseUnlessStep, startAndWait } from './wait-for-step.js';

/** Which server and namespace, by its Temporal client, and which workers. */
export interface ProvisionerClientOptions {
  /** Its namespace is where plans run. */
  readonly client: Client;
  /** The queue of the workers that run `provision`. Default `provisioner`. */
  readonly taskQueue?: string;
  /**
   * Kinds whose specs are checked before a start. Default the built-in ones. A kind that is not among them is left to
   * the worker, as are the connections.
   */
  readonly kinds?: readonly Kind[];
  /** How its workflows are started. Default: the client's own way; a Nexus operation adds its caller's callback. */
  readonly startWorkflow?: StartWorkflow;
}

/** Which provisionings to list. */
export interface ListOptions {
  /** Only those with a step that waits for an operator. Needs the search attributes of `provisioner setup`. */
  readonly attention?: true;
  /** Newest first, at most this many. Default 100. */
  readonly limit?: number;
}

/**
 * Starts plans, finds them again, and acts on them. Keeps nothing and opens nothing: make as many as you like of one Temporal
 * client. Its methods throw the errors of this module, and what the Temporal client throws where the server cannot be reached.
 *
 * @example
 * ```typescript
 * const provisioner = new ProvisionerClient({ client: new Client({ connection, namespace }) });
 * const handle = await provisioner.provision(plan);
 * const { workspace } = await handle.result();
 * ```
 */
export class ProvisionerClient {
  private readonly client: Client;
  private readonly taskQueue: string;
  private readonly catalog: Catalog;
  private readonly startWorkflow: StartWorkflow;

  constructor(options: ProvisionerClientOptions) {
    const { client, taskQueue = DEFAULT_TASK_QUEUE, kinds = BUILT_IN_KINDS } = options;
    this.client = client;
    this.startWorkflow = options.startWorkflow ?? plainStart(client);
    this.taskQueue = taskQueue;
    this.catalog = createCatalog({ kinds, taskQueue, searchAttributes: true });
  }

  /**
   * Starts the plan, or attaches to it: to a run of the same plan that is open, or that ended Provisioned (its result is
   * returned again, no cloud is called). After any other end, and once it was deprovisioned, the plan is started anew.
   *
   * Throws {@link InvalidPlanError} before anything is sent, {@link PlanConflictError} when the name is taken.
   */
  async provision<Step extends string>(input: TypedPlan<Step>): Promise<ProvisionHandle<Step>> {
    const plan = checkPlan(input, this.catalog, this.client.options.namespace);
    const workflowId = workflowIdOf(plan.name);
    const hash = planHash(plan);
    try {
      await this.start(plan, hash, 'ALLOW_DUPLICATE_FAILED_ONLY');
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      // It is provisioned, unless it was given up since.
      if (await this.mayStartAnew(plan.name)) await this.start(plan, hash, 'ALLOW_DUPLICATE');
    }
    // USE_EXISTING does not say whether it started or attached, so what is there now is compared in either case.
    const run = await describeRun(this.client, workflowId);
    await this.refuseOther(run, plan, hash);
    return new ProvisionHandle<Step>(this.client, workflowId, run.firstRunId);
  }

  /**
   * The same, and waits only until one step is live: for a service that needs its workspace's id before the rest is there.
   * One request starts and waits (update-with-start). The plan goes on, and may still be rolled back: follow the handle.
   *
   * Throws {@link InvalidRequestError} for a step that the plan has not, and what {@link provision} throws. Where the step
   * will not be live any more it throws {@link ProvisionFailedError}, once everything is undone. Waits for a worker, and for
   * operators, as long as `signal` lets it; giving up changes nothing in the workflow.
   *
   * @example
   * ```typescript
   * const { outputs, handle } = await provisioner.provisionAndWaitForStep(plan, 'workspace');
   * await register(outputs.id);
   * await handle.result();
   * ```
   */
  async provisionAndWaitForStep<Step extends string>(
    input: TypedPlan<Step>,
    step: NoInfer<Step>,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<{ readonly outputs: StepOutputs; readonly handle: ProvisionHandle<Step> }> {
    const plan = checkPlan(input, this.catalog, this.client.options.namespace);
    refuseUnlessStep(plan, step);
    const run = () => this.startAndWait<Step>(input, plan, step);
    const { handle, outputs } = await (signal ? this.client.withAbortSignal(signal, run) : run());
    return { handle, outputs: outputs ?? (await handle.waitForStep(step, signal ? { signal } : {})) };
  }

  private async startAndWait<Step extends string>(
    input: TypedPlan<Step>,
    plan: Plan,
    step: Step,
  ): Promise<{ readonly handle: ProvisionHandle<Step>; readonly outputs?: StepOutputs | undefined }> {
    const hash = planHash(plan);
    const start = new WithStartWorkflowOperation(
      WORKFLOW.provision,
      this.startOptions(plan, hash, 'ALLOW_DUPLICATE_FAILED_ONLY'),
    );
    try {
      const update = await startAndWait(this.client, start, step);
      // It may have attached to another plan of that name: nothing was changed there, and it is told before any waiting.
      const run = await describeRun(this.client, workflowIdOf(plan.name));
      await this.refuseOther(run, plan, hash);
      const handle = new ProvisionHandle<Step>(this.client, run.workflowId, run.firstRunId);
      return { handle, outputs: await answerOf(update) };
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      return { handle: await this.provision(input) };
    }
  }

  /**
   * What a plan made, in whose name, and how: with it the plan can be verified and deprovisioned when its history is gone.
   * Works with and without a worker; while a run is open, what it says is of this moment.
   */
  async export(name: string): Promise<Manifest> {
    return await (await this.get(name)).manifest();
  }

  /**
   * Deletes what a plan provisioned, but what it retains or adopted, or attaches to where that is under way or done. A
   * managed plan that is open gives up its resources itself.
   *
   * Throws {@link InvalidRequestError} before anything is sent; the handle's result throws {@link ProvisionFailedError}:
   * NotStarted with every problem, such as a step that is protected; Abandoned where an operator let go.
   */
  async deprovision(request: DeprovisionRequest): Promise<DeprovisionHandle> {
    return await startDeprovision(this.client, this.taskQueue, request, this.startWorkflow);
  }

  /**
   * Compares each resource of a plan with its spec, at its cloud. Changes nothing. Throws {@link InvalidRequestError};
   * giving up waiting (`signal`) rejects with the SDK's error of a cancelled call.
   */
  async verify(request: VerifyRequest, options: { readonly signal?: AbortSignal } = {}): Promise<VerifyReport> {
    return await runVerify(this.client, this.taskQueue, request, options.signal);
  }

  /** Whether what this run provisioned was deprovisioned since, or is about to be. */
  async givenUp(name: string, runId: string): Promise<'done' | 'under way' | undefined> {
    return await givenUp(this.client, name, runId);
  }

  /**
   * The run that acts for a plan: its deprovisioning while that is open, or where nothing else is known of the plan; else
   * the plan's own latest run. Throws as {@link get}.
   */
  async acting(name: string): Promise<ProvisionHandle> {
    const later = await latestDeprovision(this.client, name);
    if (later?.status === 'RUNNING') return handleOf(this.client, later);
    return await this.get(name).catch((error: unknown) => {
      if (error instanceof ProvisionNotFoundError && later) return handleOf(this.client, later);
      throw error;
    });
  }

  /**
   * The latest run of a plan, by the plan's name or, where somebody else chose the workflow id, by that.
   * Throws ProvisionNotFoundError, or PlanConflictError where the id is something else's.
   */
  async get(name: string): Promise<ProvisionHandle> {
    const run = await this.find(name);
    if (!isProvision(run)) throw notProvision(run);
    return new ProvisionHandle(this.client, run.workflowId, run.firstRunId);
  }

  private async start(
    plan: Plan,
    hash: string,
    workflowIdReusePolicy: 'ALLOW_DUPLICATE' | 'ALLOW_DUPLICATE_FAILED_ONLY',
  ): Promise<void> {
    await this.startWorkflow(WORKFLOW.provision, this.startOptions(plan, hash, workflowIdReusePolicy));
  }

  private startOptions(
    plan: Plan,
    hash: string,
    workflowIdReusePolicy: 'ALLOW_DUPLICATE' | 'ALLOW_DUPLICATE_FAILED_ONLY',
  ) {
    return {
      workflowId: workflowIdOf(plan.name),
      taskQueue: this.taskQueue,
      args: [plan],
      workflowIdReusePolicy,
      workflowIdConflictPolicy: 'USE_EXISTING',
      memo: { [MEMO.planHash]: hash },
      staticSummary: staticSummary(plan),
      staticDetails: staticDetails(plan),
    } as const;
  }

  private async mayStartAnew(name: string): Promise<boolean> {
    const run = await describeRun(this.client, workflowIdOf(name));
    if (run.status !== 'COMPLETED' || !isProvision(run)) return false;
    if (completedAs(run) === 'Deprovisioned') return true;
    const state = await givenUp(this.client, name, run.firstRunId);
    if (state !== 'under way') return state === 'done';
    const message = `The plan ${name} is being deprovisioned: wait for its end, then start it again.`;
    throw new PlanConflictError(run.workflowId, message);
  }

  private async find(name: string): Promise<Run> {
    try {
      return await describeRun(this.client, workflowIdOf(name));
    } catch (error) {
      if (!(error instanceof ProvisionNotFoundError)) throw error;
      const foreign = await this.foreignId(name);
      return await describeRun(this.client, foreign ?? name).catch(() => {
        throw error;
      });
    }
  }

  /** The id under which somebody else's program started a plan of this name, as visibility knows it. */
  private async foreignId(name: string): Promise<string | undefined> {
    if (!stepNameSchema.max(PLAN_LIMITS.maxNameLength).safeParse(name).success) return undefined;
    const query = `WorkflowType = "${WORKFLOW.provision}" AND ProvisionerPlan = "${name}"`;
    try {
      for await (const run of eachRun(this.client, query, 1)) return toldOf(run).workflowId;
    } catch {
      // The namespace has no such search attribute.
    }
    return undefined;
  }

  /** Provisionings of this namespace, from visibility, newest first. With `attention` deprovisionings too. */
  async list({ attention, limit = 100 }: ListOptions = {}): Promise<readonly Listed[]> {
    const types = attention ? `WorkflowType IN ("${WORKFLOW.provision}", "${WORKFLOW.deprovision}")` : '';
    const query = attention
      ? `${types} AND ProvisionerAttention = true AND ExecutionStatus = "Running"`
      : `WorkflowType = "${WORKFLOW.provision}"`;
    const gone = attention ? new Map<unknown, Date>() : await deprovisionedRuns(this.client);
    const found: Listed[] = [];
    for await (const run of eachRun(this.client, query, Math.min(limit, 1_000))) {
      found.push(listedOf(toldOf(run), gone));
      if (found.length >= limit) break;
    }
    return found;
  }

  /**
   * One page of the provisionings of this namespace, from visibility, for lists too long to be read at once.
   * Throws {@link InvalidRequestError} where a filter says what no plan can be.
   *
   * @example
   * const { provisionings, nextPageToken } = await provisioner.listPage({ outcome: 'RolledBack' });
   */
  async listPage(options: ListPageOptions = {}): Promise<ListPage> {
    return await listPage(this.client, options);
  }

  /** How many there are of a kind, as visibility counts them. Throws as {@link listPage}. */
  async count(filter: ListFilter = {}): Promise<number> {
    return await countListed(this.client, filter);
  }

  private async refuseOther(run: Run, plan: Plan, hash: string): Promise<void> {
    if (!isProvision(run)) throw notProvision(run);
    if ((run.planHash ?? (await this.hashOfInput(run))) === hash) return;
    const remedy =
      run.status === 'RUNNING' ? 'wait for it or cancel it, then start this plan again' : 'keep that one as it is';
    throw new PlanConflictError(
      run.workflowId,
      `A different plan named ${plan.name} ${run.status === 'RUNNING' ? 'is running' : 'is already provisioned'}. ` +
        `Give this plan another name, or ${remedy}.`,
    );
  }

  /** A foreign starter sets no memo: then its first event holds the plan itself. */
  private async hashOfInput(run: Run): Promise<string | undefined> {
    const plan = await readPlan(this.client, run.workflowId, run.firstRunId);
    return plan && planHash(plan);
  }
}

function handleOf(client: Client, { workflowId, firstRunId }: Run): ProvisionHandle {
  return new ProvisionHandle(client, workflowId, firstRunId);
}

function notProvision(run: Run): PlanConflictError {
  return new PlanConflictError(
    run.workflowId,
    `The workflow id ${run.workflowId} belongs to a workflow of another type. Give the plan another name.`,
  );
}
