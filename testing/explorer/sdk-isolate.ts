/**
 * The one place that knows the inside of the SDK: runs shipped workflow code in a worker's isolate, without a server.
 * Deep imports of `@temporalio/*` are internal API, which is why the SDK's version is pinned; each is loaded by name, so
 * that an upgrade which moves one says which. Everything that crosses this file is plain JSON.
 */
import { defaultPayloadConverter, TypedSearchAttributes } from '@temporalio/common';
import proto, { type coresdk, type temporal } from '@temporalio/proto';
import type { ReusableVMWorkflowCreator } from '@temporalio/worker/lib/workflow/reusable-vm.js';
import { CANCEL_SELF, OWNERS_SINCE, RESOLVE_PLAN, RESOLVE_SWEEP } from '../../contract/names.js';
import type { Json } from '../../contract/plan.js';
import type {
  ActivityResolution,
  ClosingFailure,
  Command,
  Completion,
  FailureFacts,
  Activation as Given,
  Job,
  RunInfo,
} from './workflow-protocol.js';

type Proto = temporal.api.failure.v1.IFailure;
type Payload = temporal.api.common.v1.IPayload;

/** One workflow run in an isolate. */
export interface Isolate {
  /** Throws where the workflow task would fail. */
  activate(activation: Given): Promise<Completion>;
  query(name: string): Promise<Json>;
  dispose(): Promise<void>;
}

/** A bundle of workflows, ready to run without a server. Close it when done. */
export interface Isolates {
  open(run: RunInfo): Promise<Isolate>;
  close(): Promise<void>;
}

/** What is imported from the inside, and from where. */
export const DEEP_IMPORTS = {
  WorkflowCodeBundler: '@temporalio/worker/lib/workflow/bundler.js',
  parseWorkflowCode: '@temporalio/worker/lib/worker.js',
  ReusableVMWorkflowCreator: '@temporalio/worker/lib/workflow/reusable-vm.js',
  globalHandlers: '@temporalio/worker/lib/workflow/vm-shared.js',
  msToTs: '@temporalio/common/lib/time.js',
} as const;

async function deep<T>(name: keyof typeof DEEP_IMPORTS): Promise<T> {
  const from = DEEP_IMPORTS[name];
  const loaded: unknown = await import(from).catch((error: Error) => error);
  const found = loaded instanceof Error ? undefined : (loaded as Record<string, unknown>)[name];
  if (found === undefined) throw new Error(`this SDK has no ${name} in ${from}: adapt testing/explorer/sdk-isolate.ts`);
  return found as T;
}

/** A CommonJS module whose names the ESM loader cannot see. */
const Activation = proto.coresdk.workflow_activation.WorkflowActivation;

const silent = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/** Longer than any activation takes: one that hangs ends here. */
const ACTIVATION_MS = 10_000;

const LOCAL_ACTIVITIES = new Set([RESOLVE_PLAN, RESOLVE_SWEEP, CANCEL_SELF, OWNERS_SINCE]);

/** Bundles a workflow module as a worker would. Takes seconds; the code can be handed to other threads. */
export async function bundleWorkflows(workflowsPath: string): Promise<string> {
  type Bundler = typeof import('@temporalio/worker/lib/workflow/bundler.js').WorkflowCodeBundler;
  const Bundler = await deep<Bundler>('WorkflowCodeBundler');
  const { code } = await new Bundler({ workflowsPath, logger: silent }).createBundle();
  return code;
}

/** Prepares isolates for a bundle. */
export async function openIsolates(code: string): Promise<Isolates> {
  type Parse = typeof import('@temporalio/worker/lib/worker.js').parseWorkflowCode;
  type Handlers = typeof import('@temporalio/worker/lib/workflow/vm-shared.js').globalHandlers;
  const parse = await deep<Parse>('parseWorkflowCode');
  const Creator = await deep<typeof ReusableVMWorkflowCreator>('ReusableVMWorkflowCreator');
  const msToTs = await deep<typeof import('@temporalio/common/lib/time.js').msToTs>('msToTs');
  const globalHandlers = await deep<Handlers>('globalHandlers');
  const creator = await Creator.create(parse(code), ACTIVATION_MS, LOCAL_ACTIVITIES);
  // Hooks into every promise of the process, for stack traces that nobody reads here, at half of all time.
  globalHandlers.uninstall();
  return { open: (run) => openIsolate({ creator, Creator, msToTs }, run), close: () => creator.destroy() };
}

interface Inside {
  readonly creator: ReusableVMWorkflowCreator;
  readonly Creator: typeof ReusableVMWorkflowCreator;
  readonly msToTs: typeof import('@temporalio/common/lib/time.js').msToTs;
}

async function openIsolate({ creator, Creator, msToTs }: Inside, run: RunInfo): Promise<Isolate> {
  const info = { ...infoOf(run), unsafe: { now: () => 0, isReplaying: false, isReplayingHistoryEvents: false } };
  const workflow = await creator.createWorkflow({
    // Only what our workflows may read is given; a field that the SDK adds is undefined for them.
    info: info as never,
    randomnessSeed: [1, 2, 3, 4, 5, 6, 7, 8],
    now: 0,
    showStackTraceSources: false,
  });
  const call = async (activation: coresdk.workflow_activation.IWorkflowActivation) => {
    const { failed, successful } = await workflow.activate(Activation.fromObject({ runId: run.runId, ...activation }));
    await workflow.getAndResetSinkCalls();
    if (failed) throw new Error(`the workflow task fails: ${failed.failure?.message}`);
    return { commands: successful?.commands ?? [], flags: successful?.usedInternalFlags ?? [] };
  };
  return {
    async activate({ at, replaying, continueAsNewSuggested, jobs, flags = [] }) {
      const { commands, flags: used } = await call({
        timestamp: msToTs(at),
        isReplaying: replaying,
        historyLength: 3,
        continueAsNewSuggested,
        availableInternalFlags: [...flags],
        jobs: jobs.map((job) => jobOf(job, run)),
      });
      return { commands: commands.flatMap(commandOf), flags: used };
    },
    async query(name) {
      const { commands } = await call({ jobs: [{ queryWorkflow: { queryId: 'q', queryType: name, arguments: [] } }] });
      return fromPayload(commands[0]?.respondToQuery?.succeeded?.response);
    },
    async dispose() {
      await workflow.dispose();
      Creator.workflowByRunId.delete(run.runId);
    },
  };
}

const typeOf = ({ workflowType = 'provision' }: RunInfo) => workflowType;

function infoOf(run: RunInfo) {
  const { workflowId, runId, firstRunId, originalRunId, continuedFrom, limits } = run;
  return {
    workflowType: typeOf(run),
    workflowId,
    runId,
    firstExecutionRunId: firstRunId,
    originalExecutionRunId: originalRunId,
    ...(continuedFrom !== undefined && { continuedFromExecutionRunId: continuedFrom }),
    namespace: 'default',
    taskQueue: 'provisioner',
    attempt: 1,
    taskTimeoutMs: 10_000,
    searchAttributes: {},
    typedSearchAttributes: new TypedSearchAttributes(),
    memo: {},
    historyLength: 3,
    historySize: 300,
    continueAsNewSuggested: false,
    targetWorkerDeploymentVersionChanged: false,
    startTime: new Date(0),
    runStartTime: new Date(0),
    ...limits,
  };
}

function msOf(duration: { seconds?: unknown; nanos?: number | null } | null | undefined): number {
  return Number(duration?.seconds ?? 0) * 1000 + Math.round((duration?.nanos ?? 0) / 1_000_000);
}

function jobOf(job: Job, run: RunInfo): coresdk.workflow_activation.IWorkflowActivationJob {
  switch (job.what) {
    case 'start':
      return {
        initializeWorkflow: {
          workflowId: run.workflowId,
          workflowType: typeOf(run),
          arguments: job.args.map((arg) => defaultPayloadConverter.toPayload(arg) as Payload),
        },
      };
    case 'patch':
      return { notifyHasPatch: { patchId: job.id } };
    case 'timer':
      return { fireTimer: { seq: job.seq } };
    case 'cancel':
      return { cancelWorkflow: { reason: 'somebody cancels' } };
    case 'update':
      return {
        doUpdate: {
          id: job.id,
          protocolInstanceId: job.id,
          name: job.name,
          input: job.args.map((arg) => defaultPayloadConverter.toPayload(arg) as Payload),
          runValidator: !job.known,
        },
      };
    case 'resolved':
      return { resolveActivity: { seq: job.seq, isLocal: job.local, result: resolutionOf(job.result) } };
  }
}

function resolutionOf(result: ActivityResolution): coresdk.activity_result.IActivityResolution {
  if ('completed' in result) {
    return { completed: { result: defaultPayloadConverter.toPayload(result.completed ?? undefined) as Payload } };
  }
  const failure: Proto = {
    message: 'Activity task failed',
    activityFailureInfo: { activityId: '1', activityType: { name: 'activity' }, retryState: 1 },
    cause: failureOf(result.failed),
  };
  return result.failed.is === 'cancelled' ? { cancelled: { failure } } : { failed: { failure } };
}

function failureOf(facts: FailureFacts): Proto {
  const details = (values: readonly Json[]) => ({
    payloads: values.map((value) => defaultPayloadConverter.toPayload(value) as Payload),
  });
  switch (facts.is) {
    case 'application':
      return {
        message: facts.message,
        applicationFailureInfo: {
          type: facts.type,
          nonRetryable: facts.nonRetryable,
          details: details(facts.details),
        },
      };
    case 'cancelled':
      return { message: 'cancelled', canceledFailureInfo: { details: details(facts.details) } };
    case 'timeout':
      return { message: 'activity timeout', timeoutFailureInfo: { timeoutType: facts.code } };
  }
}

function fromPayload(payload: Payload | null | undefined): Json {
  return payload ? ((defaultPayloadConverter.fromPayload(payload as never) ?? null) as Json) : null;
}

function fromPayloads(fields: { readonly [name: string]: Payload }): { readonly [name: string]: Json } {
  return Object.fromEntries(Object.entries(fields).map(([name, payload]) => [name, fromPayload(payload)]));
}

const CANCELLATION = ['try', 'wait', 'abandon'] as const;
const CHILD_CANCELLATION = ['abandon', 'try', 'wait', 'requested'] as const;
const PARENT_CLOSE = ['terminate', 'terminate', 'abandon', 'cancel'] as const;

function commandOf(command: coresdk.workflow_commands.IWorkflowCommand): Command[] {
  const summary = String(fromPayload(command.userMetadata?.summary) ?? '');
  const { scheduleActivity: remote, scheduleLocalActivity: local } = command;
  if (remote) {
    const { seq, activityId, activityType, taskQueue, arguments: args, cancellationType, retryPolicy } = remote;
    return [
      {
        do: 'activity',
        seq: seq ?? 0,
        id: activityId ?? '',
        type: activityType ?? '',
        taskQueue: taskQueue ?? '',
        args: (args ?? []).map(fromPayload),
        summary,
        onCancel: CANCELLATION[cancellationType ?? 0] ?? 'try',
        maximumAttempts: retryPolicy?.maximumAttempts ?? 0,
        firstRetryMs: msOf(retryPolicy?.initialInterval),
      },
    ];
  }
  if (local) {
    const { seq, activityType, arguments: args } = local;
    return [{ do: 'local', seq: seq ?? 0, type: activityType ?? '', args: (args ?? []).map(fromPayload) }];
  }
  if (command.requestCancelActivity) return [{ do: 'cancel-activity', seq: command.requestCancelActivity.seq ?? 0 }];
  if (command.startTimer) {
    const { seq, startToFireTimeout } = command.startTimer;
    return [{ do: 'timer', seq: seq ?? 0, ms: msOf(startToFireTimeout), summary }];
  }
  if (command.cancelTimer) return [{ do: 'cancel-timer', seq: command.cancelTimer.seq ?? 0 }];
  const { startChildWorkflowExecution: child } = command;
  if (child) {
    return [
      {
        do: 'child',
        type: child.workflowType ?? '',
        workflowId: child.workflowId ?? '',
        taskQueue: child.taskQueue ?? '',
        args: (child.input ?? []).map(fromPayload),
        onParentClose: PARENT_CLOSE[child.parentClosePolicy ?? 0] ?? 'terminate',
        onCancel: CHILD_CANCELLATION[child.cancellationType ?? 0] ?? 'abandon',
        summary,
      },
    ];
  }
  if (command.setPatchMarker) return [{ do: 'patch', id: command.setPatchMarker.patchId ?? '' }];
  return closingOf(command);
}

function closingFailure({ message, stackTrace, applicationFailureInfo: info, cause }: Proto): ClosingFailure {
  return {
    type: info?.type ?? '',
    message: message ?? '',
    details: (info?.details?.payloads ?? []).map(fromPayload),
    nonRetryable: info?.nonRetryable ?? false,
    stackTrace: stackTrace ?? '',
    ...(cause && { cause: closingFailure(cause) }),
  };
}

function answerOf(answer: coresdk.workflow_commands.IUpdateResponse): Command {
  const { protocolInstanceId, rejected, completed } = answer;
  const update = { do: 'update', id: protocolInstanceId ?? '' } as const;
  if (rejected) return { ...update, is: 'rejected', failure: closingFailure(rejected) };
  return completed ? { ...update, is: 'completed', result: fromPayload(completed) } : { ...update, is: 'accepted' };
}

function closingOf(command: coresdk.workflow_commands.IWorkflowCommand): Command[] {
  const { completeWorkflowExecution: done, failWorkflowExecution: failed, continueAsNewWorkflowExecution } = command;
  if (done) return [{ do: 'complete', result: fromPayload(done.result) }];
  if (failed) return [{ do: 'fail', ...closingFailure(failed.failure ?? {}) }];
  if (command.cancelWorkflowExecution) return [{ do: 'cancelled' }];
  if (continueAsNewWorkflowExecution) {
    return [{ do: 'continue', args: (continueAsNewWorkflowExecution.arguments ?? []).map(fromPayload) }];
  }
  const { updateResponse } = command;
  if (updateResponse) return [answerOf(updateResponse)];
  const memo = command.modifyWorkflowProperties?.upsertedMemo?.fields;
  if (memo) return [{ do: 'memo', fields: fromPayloads(memo) }];
  const attributes = command.upsertWorkflowSearchAttributes?.searchAttributes?.indexedFields;
  if (attributes) return [{ do: 'attributes', fields: fromPayloads(attributes) }];
  const [unknown] = Object.entries(command).flatMap(([name, value]) =>
    value && name !== 'userMetadata' ? [name] : [],
  );
  throw new Error(`the workflow gave the command ${unknown}, which testing/explorer/sdk-isolate.ts does not know`);
}
