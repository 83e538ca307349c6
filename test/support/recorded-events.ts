/** A recorded history as it was written down: its events, and what each workflow task was given and commanded. */
import { readdirSync, readFileSync } from 'node:fs';
import { WORKFLOW } from '../../contract/names.js';
import type { Json } from '../../contract/plan.js';

interface Payload {
  readonly metadata: { readonly encoding: string };
  readonly data?: string;
}
export interface Payloads {
  readonly payloads?: readonly Payload[];
}
type Fields = { readonly [name: string]: Payload };
export interface Failure {
  readonly message?: string;
  readonly stackTrace?: string;
  readonly cause?: Failure;
  readonly applicationFailureInfo?: {
    readonly type?: string;
    readonly nonRetryable?: boolean;
    readonly details?: Payloads;
  };
  readonly canceledFailureInfo?: { readonly details?: Payloads };
  readonly timeoutFailureInfo?: { readonly timeoutType: string };
}

/** The attributes of all kinds of events that these histories hold. */
export interface Attributes {
  readonly workflowTaskCompletedEventId?: string;
  readonly scheduledEventId?: string;
  readonly startedEventId?: string;
  readonly sdkMetadata?: { readonly langUsedFlags?: readonly number[] };
  readonly suggestContinueAsNew?: boolean;
  readonly workflowId?: string;
  readonly workflowType?: { readonly name: string };
  readonly originalExecutionRunId?: string;
  readonly firstExecutionRunId?: string;
  readonly continuedExecutionRunId?: string;
  readonly workflowExecutionTimeout?: string;
  readonly activityId?: string;
  readonly activityType?: { readonly name: string };
  readonly taskQueue?: { readonly name: string };
  readonly input?: Payloads;
  readonly result?: Payloads;
  readonly failure?: Failure;
  readonly retryPolicy?: { readonly initialInterval?: string; readonly maximumAttempts?: number };
  readonly startToFireTimeout?: string;
  readonly markerName?: string;
  readonly details?: Payloads & { readonly [name: string]: Payloads };
  readonly searchAttributes?: { readonly indexedFields: Fields };
  readonly upsertedMemo?: { readonly fields: Fields };
  readonly meta?: { readonly updateId: string };
  readonly acceptedRequest?: {
    readonly meta: { readonly updateId: string };
    readonly input: { readonly name: string; readonly args?: Payloads };
  };
  readonly outcome?: { readonly success?: Payloads; readonly failure?: Failure };
}

export interface Event {
  readonly id: string;
  readonly at: number;
  /** Without its prefix. */
  readonly type: string;
  readonly summary: string;
  readonly is: Attributes;
}

/** What one workflow task was given, and what it commanded. */
export interface Task {
  readonly at: number;
  readonly suggested: boolean;
  /** What the SDK had switched on. */
  readonly flags: readonly number[];
  readonly given: readonly Event[];
  readonly commanded: Event[];
}

const FOLDER = new URL('../histories/', import.meta.url);

const OURS: readonly string[] = Object.values(WORKFLOW);

/** Every recorded run of a workflow of ours; parents are none. */
export const RECORDED: readonly string[] = readdirSync(FOLDER)
  .map((file) => file.replace(/\.json$/, ''))
  .filter((name) => OURS.includes(eventsOf(name)[0]?.is.workflowType?.name ?? ''));

export function eventsOf(name: string): Event[] {
  const text = readFileSync(new URL(`${name}.json`, FOLDER), 'utf8');
  const { events } = JSON.parse(text) as { events: readonly { readonly [field: string]: unknown }[] };
  return events.map((event) => {
    const attributes = Object.entries(event).find(([field]) => field.endsWith('EventAttributes'));
    const { summary } = (event.userMetadata ?? {}) as { readonly summary?: Payload };
    return {
      id: String(event.eventId),
      at: Date.parse(String(event.eventTime)),
      type: String(event.eventType).replace('EVENT_TYPE_', ''),
      summary: String(decoded(summary) ?? ''),
      is: (attributes?.[1] ?? {}) as Attributes,
    };
  });
}

export function decoded(payload: Payload | undefined): Json {
  if (payload?.data === undefined) return null;
  return JSON.parse(Buffer.from(payload.data, 'base64').toString()) as Json;
}

export const decodedAll = (payloads: Payloads | undefined): Json[] => (payloads?.payloads ?? []).map(decoded);

export function fieldsOf(fields: Fields): { readonly [name: string]: Json } {
  return Object.fromEntries(Object.entries(fields).map(([name, payload]) => [name, decoded(payload)]));
}

export const msOf = (duration: string | undefined) => Number.parseFloat(duration ?? '0') * 1000;

/** To an update: a task's own, though the event does not name the task. */
function isAnswer({ type }: Event): boolean {
  return type.startsWith('WORKFLOW_EXECUTION_UPDATE_');
}

/** Tasks that failed or ran out of time decided nothing: what they were given comes again. */
export function tasksOf(events: readonly Event[]): Task[] {
  const tasks: Task[] = [];
  let given: Event[] = [];
  let started: Event | undefined;
  for (const event of events) {
    if (event.type === 'WORKFLOW_TASK_STARTED') started = event;
    else if (event.type === 'WORKFLOW_TASK_COMPLETED' && started) {
      const suggested = started.is.suggestContinueAsNew ?? false;
      tasks.push({ at: started.at, suggested, flags: event.is.sdkMetadata?.langUsedFlags ?? [], given, commanded: [] });
      given = [];
    } else if (event.is.workflowTaskCompletedEventId !== undefined || isAnswer(event))
      tasks.at(-1)?.commanded.push(event);
    else given.push(event);
  }
  return tasks;
}
