/**
 * A recorded history in the isolate, as a worker that takes the run over goes through it, with every command compared.
 * The SDK's own replayer compares the kinds of commands; this also sees what they say: inputs, queues, labels, closings.
 */
import type { Json } from '../../contract/plan.js';
import type { Isolates } from '../../testing/explorer/sdk-isolate.js';
import type {
  ActivityResolution,
  ClosingFailure,
  Command,
  FailureFacts,
  Job,
  RunInfo,
} from '../../testing/explorer/workflow-protocol.js';
import {
  type Attributes,
  decodedAll,
  type Event,
  eventsOf,
  type Failure,
  fieldsOf,
  msOf,
  tasksOf,
} from './recorded-events.js';

interface LocalMarker {
  readonly seq: number;
  readonly activity_type: string;
  readonly complete_time: { readonly seconds: number; readonly nanos: number };
}

function localMarker(event: Event): LocalMarker | undefined {
  if (event.is.markerName !== 'core_local_activity') return undefined;
  return decodedAll(event.is.details?.data)[0] as unknown as LocalMarker;
}

function patchOf({ is }: Event): string | undefined {
  if (is.markerName !== 'core_patch') return undefined;
  return (decodedAll(is.details?.['patch-data'])[0] as { readonly id: string }).id;
}

function resolutionOf({ type, is }: Event): ActivityResolution | undefined {
  if (type === 'ACTIVITY_TASK_COMPLETED') return { completed: decodedAll(is.result)[0] ?? null };
  if (type === 'ACTIVITY_TASK_CANCELED') return { failed: { is: 'cancelled', details: decodedAll(is.details) } };
  if (type === 'ACTIVITY_TASK_FAILED' || type === 'ACTIVITY_TASK_TIMED_OUT') return { failed: failureOf(is.failure) };
  return undefined;
}

const TIMEOUTS = ['START_TO_CLOSE', 'SCHEDULE_TO_START', 'SCHEDULE_TO_CLOSE', 'HEARTBEAT'] as const;

function failureOf({ message = '', ...infos }: Failure = {}): FailureFacts {
  const { applicationFailureInfo: ours, canceledFailureInfo: cancelled, timeoutFailureInfo: timeout } = infos;
  if (cancelled) return { is: 'cancelled', details: decodedAll(cancelled.details) };
  if (timeout) {
    const index = TIMEOUTS.findIndex((name) => timeout.timeoutType.endsWith(name));
    return { is: 'timeout', code: (index + 1) as 1 | 2 | 3 | 4 };
  }
  const { type = '', nonRetryable = false, details } = ours ?? {};
  return { is: 'application', type, message, nonRetryable, details: decodedAll(details) };
}

function closingFailure({ message = '', stackTrace = '', applicationFailureInfo, cause }: Failure): ClosingFailure {
  const { type = '', nonRetryable = false, details } = applicationFailureInfo ?? {};
  const common = { type, message, details: decodedAll(details), nonRetryable, stackTrace };
  return { ...common, ...(cause && { cause: closingFailure(cause) }) };
}

/** A ledger's steps say since when; the histories that are older than that say the same without. */
function sinceLeftOut<T>(value: T): T {
  return JSON.parse(
    JSON.stringify(value, (_key, inner: unknown) => {
      if (typeof inner !== 'object' || inner === null || !('state' in inner && 'connection' in inner)) return inner;
      const { since: _since, ...step } = inner as { readonly since?: string };
      return step;
    }),
  ) as T;
}

/** As much of a command as a history keeps. */
type Kept = { readonly do: Command['do'] } & { readonly [fact: string]: unknown };

/** Which run scheduled a create is told by the run's id, and an exported history replays under its original's. */
function withoutScheduler(args: readonly Json[]): unknown[] {
  return args.map((arg) => {
    const { scheduledBy: _run, ...rest } = arg as { readonly [key: string]: Json };
    return rest;
  });
}

function keptOfEvent(event: Event, activityIds: ReadonlyMap<string, string>): Kept[] {
  const { is, summary } = event;
  const local = localMarker(event);
  if (local) return [{ do: 'local', type: local.activity_type }];
  const patch = patchOf(event);
  if (patch !== undefined) return [{ do: 'patch', id: patch }];
  switch (event.type) {
    case 'ACTIVITY_TASK_SCHEDULED':
      return [
        {
          do: 'activity',
          id: is.activityId,
          type: is.activityType?.name,
          taskQueue: is.taskQueue?.name,
          args: withoutScheduler(decodedAll(is.input)),
          summary,
          maximumAttempts: is.retryPolicy?.maximumAttempts ?? 0,
          firstRetryMs: msOf(is.retryPolicy?.initialInterval),
        },
      ];
    case 'ACTIVITY_TASK_CANCEL_REQUESTED':
      return [{ do: 'cancel-activity', id: activityIds.get(is.scheduledEventId ?? '') }];
    case 'TIMER_STARTED':
      return [{ do: 'timer', ms: msOf(is.startToFireTimeout), summary }];
    case 'TIMER_CANCELED':
      return [{ do: 'cancel-timer' }];
    case 'UPSERT_WORKFLOW_SEARCH_ATTRIBUTES': {
      const fields = fieldsOf(is.searchAttributes?.indexedFields ?? {});
      // The SDK's core notes each patch there by itself.
      return 'TemporalChangeVersion' in fields ? [] : [{ do: 'attributes', fields }];
    }
    case 'WORKFLOW_PROPERTIES_MODIFIED':
      return [{ do: 'memo', fields: fieldsOf(is.upsertedMemo?.fields ?? {}) }];
    case 'WORKFLOW_EXECUTION_UPDATE_ACCEPTED':
      return [{ do: 'update', id: is.acceptedRequest?.meta.updateId, is: 'accepted' }];
    case 'WORKFLOW_EXECUTION_UPDATE_COMPLETED': {
      const { success, failure } = is.outcome ?? {};
      const update = { do: 'update', id: is.meta?.updateId } as const;
      if (failure) return [{ ...update, is: 'rejected', failure: closingFailure(failure) }];
      return [{ ...update, is: 'completed', result: decodedAll(success)[0] }];
    }
    case 'WORKFLOW_EXECUTION_COMPLETED':
      return [{ do: 'complete', result: decodedAll(is.result)[0] }];
    case 'WORKFLOW_EXECUTION_FAILED':
      return [{ do: 'fail', ...closingFailure(is.failure ?? {}) }];
    case 'WORKFLOW_EXECUTION_CANCELED':
      return [{ do: 'cancelled' }];
    case 'WORKFLOW_EXECUTION_CONTINUED_AS_NEW':
      return [{ do: 'continue', args: decodedAll(is.input) }];
    default:
      throw new Error(`a workflow task commanded ${event.type}, which test/support/recorded.ts does not know`);
  }
}

function keptOfCommand(command: Command, activityIds: ReadonlyMap<number, string>): Kept {
  switch (command.do) {
    case 'activity': {
      const { seq: _seq, onCancel: _onCancel, args, ...rest } = command;
      return { ...rest, args: withoutScheduler(args) };
    }
    case 'local':
      return { do: 'local', type: command.type };
    case 'cancel-activity':
      return { do: 'cancel-activity', id: activityIds.get(command.seq) };
    case 'timer': {
      const { seq: _seq, ...rest } = command;
      return rest;
    }
    case 'cancel-timer':
      return { do: 'cancel-timer' };
    default:
      return { ...command };
  }
}

export interface Replayed {
  /** As the history has them. */
  readonly recorded: readonly Kept[];
  /** As the workflow gives them now. */
  readonly now: readonly Kept[];
}

export async function replayRecorded(isolates: Isolates, name: string): Promise<Replayed> {
  return new Replay(eventsOf(name)).through(isolates);
}

class Replay {
  /** By the event that scheduled an activity or started a timer. */
  private readonly seqs = new Map<string, number>();
  private readonly idsByEvent = new Map<string, string>();
  private readonly idsBySeq = new Map<number, string>();

  constructor(private readonly events: readonly Event[]) {}

  async through(isolates: Isolates): Promise<Replayed> {
    const [first] = this.events;
    const tasks = tasksOf(this.events);
    const commanded = tasks.flatMap((task) => task.commanded);
    const isolate = await isolates.open(infoOf(first?.is ?? {}));
    const commands: Command[] = [];
    const flags: number[] = [];
    for (const task of tasks) {
      const patches = task.commanded.flatMap((event): Job[] => {
        const id = patchOf(event);
        return id === undefined ? [] : [{ what: 'patch', id }];
      });
      flags.push(...task.flags);
      let { at } = task;
      let jobs = [...patches, ...task.commanded.flatMap(updateOf), ...task.given.flatMap((event) => this.jobOf(event))];
      // What a local activity ends is done at once, though the server may have heard of it in a later task.
      while (jobs.length > 0) {
        const activation = { at, replaying: true, continueAsNewSuggested: task.suggested, jobs, flags };
        const latest = (await isolate.activate(activation)).commands;
        commands.push(...latest);
        this.note(commanded, commands);
        const ended = latest.flatMap((command) => (command.do === 'local' ? localEnd(command.seq, commanded) : []));
        at = Math.max(at, ...ended.map((end) => end.at));
        jobs = ended.map(({ job }) => job);
      }
    }
    return {
      recorded: sinceLeftOut(commanded.flatMap((event) => keptOfEvent(event, this.idsByEvent))),
      now: sinceLeftOut(commands.map((command) => keptOfCommand(command, this.idsBySeq))),
    };
  }

  /** Which command became which event: each sort of them stands in the history in the order it was given. */
  private note(commanded: readonly Event[], commands: readonly Command[]): void {
    for (const [type, what] of [
      ['ACTIVITY_TASK_SCHEDULED', 'activity'],
      ['TIMER_STARTED', 'timer'],
    ] as const) {
      const begun = commands.flatMap((command) => (command.do === what ? [command] : []));
      for (const [index, event] of commanded.filter((each) => each.type === type).entries()) {
        const command = begun[index];
        if (!command) continue;
        this.seqs.set(event.id, command.seq);
        if (command.do === 'timer') continue;
        this.idsByEvent.set(event.id, event.is.activityId ?? '');
        this.idsBySeq.set(command.seq, command.id);
      }
    }
  }

  private jobOf(event: Event): Job[] {
    const { is } = event;
    if (event.type === 'WORKFLOW_EXECUTION_STARTED') return [{ what: 'start', args: decodedAll(is.input) }];
    if (event.type === 'WORKFLOW_EXECUTION_CANCEL_REQUESTED') return [{ what: 'cancel' }];
    if (event.type === 'TIMER_FIRED') return [{ what: 'timer', seq: this.seqs.get(is.startedEventId ?? '') ?? 0 }];
    const result = resolutionOf(event);
    if (!result) return [];
    return [{ what: 'resolved', seq: this.seqs.get(is.scheduledEventId ?? '') ?? 0, local: false, result }];
  }
}

/** An update is no event until it is accepted: the task that accepted it was given it. */
function updateOf({ type, is: { acceptedRequest } }: Event): Job[] {
  if (type !== 'WORKFLOW_EXECUTION_UPDATE_ACCEPTED' || !acceptedRequest) return [];
  const { meta, input } = acceptedRequest;
  return [{ what: 'update', id: meta.updateId, name: input.name, args: decodedAll(input.args), known: true }];
}

function localEnd(seq: number, commanded: readonly Event[]): { readonly at: number; readonly job: Job }[] {
  return commanded.flatMap((event) => {
    const marker = localMarker(event);
    if (marker?.seq !== seq) return [];
    const { seconds, nanos } = marker.complete_time;
    const { failure, details } = event.is;
    const result = failure ? { failed: failureOf(failure) } : { completed: decodedAll(details?.result)[0] ?? null };
    return [{ at: seconds * 1000 + Math.floor(nanos / 1e6), job: { what: 'resolved', seq, local: true, result } }];
  });
}

function infoOf(started: Attributes): RunInfo {
  const { workflowId = '', originalExecutionRunId: runId = '', firstExecutionRunId: firstRunId = '' } = started;
  const { continuedExecutionRunId: continuedFrom, workflowExecutionTimeout } = started;
  const executionTimeoutMs = msOf(workflowExecutionTimeout);
  return {
    workflowId,
    ...(started.workflowType && { workflowType: started.workflowType.name }),
    runId,
    firstRunId,
    originalRunId: runId,
    ...(continuedFrom && { continuedFrom }),
    ...(executionTimeoutMs > 0 && { limits: { executionTimeoutMs } }),
  };
}
