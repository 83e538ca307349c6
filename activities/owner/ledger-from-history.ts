/**
 * The ledger as a run's events tell it: for an open run with no worker alive, where nobody can answer the query.
 * It knows every create and delete that was scheduled and how it ended, and operators' moves, but no attention.
 */
import type { Client } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import type { FailureDetails } from '../../contract/failures.js';
import type { Ledger, LedgerStep, Move } from '../../contract/ledger.js';
import type { MoveRequest } from '../../contract/moves.js';
import { activityType } from '../../contract/names.js';
import type { Plan } from '../../contract/plan.js';
import type { AdoptResult, Carried, CreateInput, CreateResult } from '../../contract/steps.js';
import { MovesInHistory, timeOf } from './moves-in-history.js';
import { decodePayloads } from './payloads.js';

type Event = temporal.api.history.v1.IHistoryEvent;
type Payloads = temporal.api.common.v1.IPayloads | null | undefined;

interface Story {
  readonly client: Client;
  readonly steps: Record<string, LedgerStep>;
  readonly scheduled: Map<string, Scheduled>;
  /** Whether what an operator named was found to be another's, as its step's latest look told. */
  readonly looks: Map<string, boolean>;
  /** What a workflow's clock showed when it dealt with the event at hand. */
  at: string;
}

interface Scheduled {
  readonly step: string;
  readonly verb: 'create' | 'delete' | 'adopt';
}

/** Rebuilds the ledger from the events of one run. Undefined where the run's input is not a plan. */
export async function ledgerFromHistory(client: Client, events: readonly Event[]): Promise<Ledger | undefined> {
  const started = events[0]?.workflowExecutionStartedEventAttributes;
  const [input, carried] = await decodePayloads(client, started?.input?.payloads);
  if (!isPlan(input)) return undefined;
  const before = started?.continuedExecutionRunId ? (carried as Partial<Carried> | undefined)?.ledger : undefined;
  const steps: Record<string, LedgerStep> = {};
  for (const [key, { kind, connection }] of Object.entries(input.resources)) {
    steps[key] = before?.steps[key] ?? { kind, connection, state: 'planned' };
  }
  const moves = new MovesInHistory(client, before?.moves);
  const story: Story = { client, steps, scheduled: new Map(), looks: new Map(), at: '' };
  const clock = clockOf(events);
  for (const [index, event] of events.entries()) {
    story.at = clock[index] ?? '';
    const done = await moves.take(event);
    if (done) decide(story, done.move, done.request);
    await apply(story, event);
  }
  return { plan: input.name, steps, moves: moves.moves };
}

/** What an operator's move made of its step; what follows of a retry its activity tells. */
function decide(story: Story, { move }: Move, { step = '', id, outputs }: MoveRequest): void {
  const { steps, looks } = story;
  if (move === 'abandon') change(story, step, { state: 'abandoned' });
  if (move === 'skip' && outputs) change(story, step, { state: 'live', id: outputs.id, adopted: true, skipped: true });
  if (move !== 'adopt' || id === undefined) return;
  const adopted = looks.get(step) ?? true;
  // In an undo it is kept, else it stands for the step.
  const undone = steps[step]?.state === 'deleting';
  change(
    story,
    step,
    undone ? { state: 'kept', id, adopted: true } : { state: 'live', id, ...(adopted && { adopted }) },
  );
}

async function apply(story: Story, event: Event): Promise<void> {
  const { client, steps, scheduled, looks } = story;
  const started = event.activityTaskScheduledEventAttributes;
  if (started) {
    const found = await whatWasScheduled(client, steps, started);
    if (!found) return;
    scheduled.set(String(event.eventId), found);
    if (found.verb !== 'adopt') change(story, found.step, { state: found.verb === 'create' ? 'creating' : 'deleting' });
    return;
  }
  const completed = event.activityTaskCompletedEventAttributes;
  const failed = event.activityTaskFailedEventAttributes;
  const lost = event.activityTaskTimedOutEventAttributes ?? event.activityTaskCanceledEventAttributes;
  const ended = scheduled.get(String((completed ?? failed ?? lost)?.scheduledEventId));
  if (!ended) return;
  if (completed) {
    const result = await decode(client, completed.result);
    // A look changes nothing: the move that it was for says what comes of it.
    if (ended.verb === 'adopt') looks.set(ended.step, (result as AdoptResult).adopted ?? true);
    else change(story, ended.step, ended.verb === 'delete' ? { state: 'deleted' } : created(result));
  } else if (ended.verb === 'create') {
    const details = failed ? failed.failure?.applicationFailureInfo?.details : undefined;
    change(story, ended.step, notCreated(await decode(client, details)));
  }
  // A delete that failed stays `deleting`: it is scheduled again, or parked.
}

async function whatWasScheduled(
  client: Client,
  steps: Record<string, LedgerStep>,
  event: temporal.api.history.v1.IActivityTaskScheduledEventAttributes,
): Promise<Scheduled | undefined> {
  const input = (await decode(client, event.input)) as Partial<CreateInput> | undefined;
  const step = input?.step?.key;
  const kind = step === undefined ? undefined : steps[step]?.kind;
  if (step === undefined || kind === undefined) return undefined;
  const verb = (['create', 'delete', 'adopt'] as const).find(
    (one) => event.activityType?.name === activityType(kind, one),
  );
  return verb && { step, verb };
}

function created(result: unknown): Partial<LedgerStep> {
  const { outputs, adopted, requestId } = result as CreateResult;
  return { state: 'live', id: outputs.id, ...(adopted ? { adopted } : {}), ...(requestId ? { requestId } : {}) };
}

function notCreated(details: unknown): Partial<LedgerStep> {
  const { sent, id } = (details ?? {}) as FailureDetails;
  if (sent === 'never' || sent === 'refused') return { state: 'refused' };
  return { state: 'uncertain', ...(id ? { id } : {}) };
}

function change({ steps, at }: Story, key: string, facts: Partial<LedgerStep>): void {
  const step = steps[key];
  const since = step?.state === facts.state ? {} : { since: at };
  if (step) steps[key] = { ...step, ...facts, ...since };
}

/**
 * For each event, when its workflow met it: a workflow's clock stands at the start of its task. What it commanded came of
 * the task before, what it was told went into the task after; the last one may not have been met yet.
 */
function clockOf(events: readonly Event[]): readonly string[] {
  const times = events.map(timeOf);
  const isTask = events.map(({ workflowTaskStartedEventAttributes: task }) => task != null);
  return events.map(({ activityTaskScheduledEventAttributes: commanded }, index) => {
    const task = commanded ? isTask.lastIndexOf(true, index) : isTask.indexOf(true, index);
    return times[task < 0 ? index : task] ?? '';
  });
}

async function decode(client: Client, payloads: Payloads): Promise<unknown> {
  const [first] = await decodePayloads(client, payloads?.payloads);
  return first;
}

function isPlan(input: unknown): input is Plan {
  const plan = input as Partial<Plan> | null | undefined;
  return typeof plan?.name === 'string' && typeof plan.resources === 'object' && plan.resources !== null;
}
