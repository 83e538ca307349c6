/**
 * The ledger as a run's events tell it: for an open run with no worker alive, where nobody can answer the query.
 * It knows every create and delete that was scheduled and how it ended, but neither attention nor operators' moves.
 */
import type { Client } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import type { FailureDetails } from '../../contract/failures.js';
import type { Ledger, LedgerStep } from '../../contract/ledger.js';
import { activityType } from '../../contract/names.js';
import type { Plan } from '../../contract/plan.js';
import type { Carried, CreateInput, CreateResult } from '../../contract/steps.js';
import { decodePayloads } from './payloads.js';

type Event = temporal.api.history.v1.IHistoryEvent;
type Payloads = temporal.api.common.v1.IPayloads | null | undefined;

interface Scheduled {
  readonly step: string;
  readonly verb: 'create' | 'delete';
}

/** Rebuilds the ledger from the events of one run. Undefined where the run's input is not a plan. */
export async function ledgerFromHistory(client: Client, events: readonly Event[]): Promise<Ledger | undefined> {
  const started = events[0]?.workflowExecutionStartedEventAttributes;
  const [input, carried] = await decodePayloads(client, started?.input?.payloads);
  if (!isPlan(input)) return undefined;
  const before = started?.continuedExecutionRunId
    ? (carried as Partial<Carried> | undefined)?.ledger?.steps
    : undefined;
  const steps: Record<string, LedgerStep> = {};
  for (const [key, { kind, connection }] of Object.entries(input.resources)) {
    steps[key] = before?.[key] ?? { kind, connection, state: 'planned' };
  }
  const scheduled = new Map<string, Scheduled>();
  for (const event of events) await apply(client, steps, scheduled, event);
  return { plan: input.name, steps, moves: [] };
}

async function apply(
  client: Client,
  steps: Record<string, LedgerStep>,
  scheduled: Map<string, Scheduled>,
  event: Event,
): Promise<void> {
  const started = event.activityTaskScheduledEventAttributes;
  if (started) {
    const found = await whatWasScheduled(client, steps, started);
    if (!found) return;
    scheduled.set(String(event.eventId), found);
    change(steps, found.step, { state: found.verb === 'create' ? 'creating' : 'deleting' });
    return;
  }
  const completed = event.activityTaskCompletedEventAttributes;
  const failed = event.activityTaskFailedEventAttributes;
  const lost = event.activityTaskTimedOutEventAttributes ?? event.activityTaskCanceledEventAttributes;
  const ended = scheduled.get(String((completed ?? failed ?? lost)?.scheduledEventId));
  if (!ended) return;
  if (completed) {
    const result = await decode(client, completed.result);
    change(steps, ended.step, ended.verb === 'delete' ? { state: 'deleted' } : created(result));
  } else if (ended.verb === 'create') {
    const details = failed ? failed.failure?.applicationFailureInfo?.details : undefined;
    change(steps, ended.step, notCreated(await decode(client, details)));
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
  if (event.activityType?.name === activityType(kind, 'create')) return { step, verb: 'create' };
  if (event.activityType?.name === activityType(kind, 'delete')) return { step, verb: 'delete' };
  return undefined;
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

function change(steps: Record<string, LedgerStep>, key: string, facts: Partial<LedgerStep>): void {
  const step = steps[key];
  if (step) steps[key] = { ...step, ...facts };
}

async function decode(client: Client, payloads: Payloads): Promise<unknown> {
  const [first] = await decodePayloads(client, payloads?.payloads);
  return first;
}

function isPlan(input: unknown): input is Plan {
  const plan = input as Partial<Plan> | null | undefined;
  return typeof plan?.name === 'string' && typeof plan.resources === 'object' && plan.resources !== null;
}
