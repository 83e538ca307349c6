/**
 * The latest chain of a plan's workflow id as a manifest: what it made, and in whose name. The outputs come from its result, or, where
 * it has none (open, or ended otherwise), from the answers in its history.
 */
import type { Client } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { OUTCOMES, type Outcome } from '../../contract/failures.js';
import type { Ledger } from '../../contract/ledger.js';
import type { Manifest, ManifestStep } from '../../contract/manifest.js';
import { activityType, MEMO, WORKFLOW } from '../../contract/names.js';
import type { Plan, ProvisionResult, StepOutputs } from '../../contract/plan.js';
import { checkPlanShape } from '../../contract/plan-schema.js';
import type { Carried, CreateInput, CreateResult } from '../../contract/steps.js';
import type { ChainRun } from './chain.js';
import { describeRun } from './describe-run.js';
import { ledgerFromHistory } from './ledger-from-history.js';
import { MovesInHistory } from './moves-in-history.js';
import { decodePayloads } from './payloads.js';
import { asLedger, queryOutputs, type ReadableRun, readLedger } from './read-ledger.js';

type Event = temporal.api.history.v1.IHistoryEvent;

export interface ManifestReading {
  readonly manifest: Manifest;
  /** Its latest run. */
  readonly run: ChainRun;
  /** Steps of which one request alone was sent, and answered: nothing more of them can land. */
  readonly settled: ReadonlySet<string>;
}

/**
 * `absent`: the server knows no such workflow (any more). `foreign`: the workflow id is something else's, or its input is
 * no plan.
 */
export type ManifestAnswer = ManifestReading | { readonly none: 'absent' | 'foreign' };

export async function readManifest(client: Client, workflowId: string): Promise<ManifestAnswer> {
  const run = await describeRun(client, workflowId);
  if (!run) return { none: 'absent' };
  const handle = client.workflow.getHandle(workflowId, run.runId);
  const { status, memo = {}, searchAttributes } = await handle.describe();
  const events = (await handle.fetchHistory()).events ?? [];
  const [input, carried] = await inputOf(client, events);
  const checked = checkPlanShape(input);
  if (run.workflowType !== WORKFLOW.provision || !('value' in checked)) return { none: 'foreign' };
  const ledger = await ledgerOf(client, { handle, status: status.name, memo }, events);
  if (!ledger) return { none: 'foreign' };
  const plan = checked.value;
  const before = carried as Partial<Carried> | undefined;
  const answers = await answersIn(client, plan, events);
  const told = run.status === 'completed' ? await resultOf(client, events) : await queryOutputs(client, handle);
  const outputs = { ...before?.outputs, ...outputsOf(answers), ...told };
  const outcome = outcomeOf(searchAttributes) ?? ledger.outcome ?? endOf(status.name);
  const owner = { namespace: client.options.namespace, workflowId, runId: run.firstRunId };
  const steps = stepsOf(plan, ledger, outputs);
  const manifest: Manifest = { manifest: 1, plan, owner, ...(outcome && { outcome }), steps };
  return { manifest, run, settled: settledOf(before?.traces ?? {}, answers) };
}

/** A completed run tells all by itself; a query would take a worker's time, and many of them at once all of it. */
async function ledgerOf(client: Client, run: ReadableRun, events: readonly Event[]): Promise<Ledger | undefined> {
  if (run.status !== 'COMPLETED') return (await readLedger(client, run))?.ledger;
  const kept = asLedger(run.memo[MEMO.ledger]);
  const rebuilt = kept ? undefined : await ledgerFromHistory(client, events);
  return kept ?? (rebuilt && { ...rebuilt, outcome: 'Provisioned' });
}

/** Where search attributes are off the ledger tells it; a run that was ended from outside told nobody. */
function outcomeOf(attributes: Readonly<Record<string, unknown>>): Outcome | undefined {
  const [told] = [attributes.ProvisionerOutcome].flat();
  return OUTCOMES.find((outcome) => outcome === told);
}

function endOf(status: string): Outcome | undefined {
  return status === 'TERMINATED' || status === 'TIMED_OUT' ? 'Abandoned' : undefined;
}

type Answers = ReadonlyMap<string, Partial<CreateResult>>;

function outputsOf(answers: Answers): ProvisionResult {
  const told = [...answers].flatMap(([key, { outputs }]) => (isOutputs(outputs) ? [[key, outputs] as const] : []));
  return Object.fromEntries(told);
}

function settledOf(before: Carried['traces'], answers: Answers): ReadonlySet<string> {
  const carried = Object.entries(before).map(([key, { resent }]) => [key, resent] as const);
  const told = [...answers].map(([key, { resent }]) => [key, resent] as const);
  return new Set([...carried, ...told].flatMap(([key, resent]) => (resent === false ? [key] : [])));
}

function stepsOf(plan: Plan, ledger: Ledger, outputs: ProvisionResult): Manifest['steps'] {
  return Object.fromEntries(
    Object.keys(plan.resources).map((key): [string, ManifestStep] => {
      // A plan that was refused has no steps in its ledger.
      const { state = 'planned', id, adopted, skipped } = (Object.hasOwn(ledger.steps, key) && ledger.steps[key]) || {};
      const made = Object.hasOwn(outputs, key) ? outputs[key] : undefined;
      return [
        key,
        {
          state,
          ...(id !== undefined && { id }),
          ...(adopted && { adopted }),
          ...(skipped && { skipped }),
          ...(made && { outputs: made }),
        },
      ];
    }),
  );
}

async function inputOf(client: Client, events: readonly Event[]): Promise<unknown[]> {
  const started = events[0]?.workflowExecutionStartedEventAttributes;
  const [plan, carried] = await decodePayloads(client, started?.input?.payloads);
  // A starter's own words are not what a run before handed over.
  return [plan, started?.continuedExecutionRunId ? carried : undefined];
}

/** A completed run's result: each step's outputs, or a ledger where the run gave its resources up. */
async function resultOf(client: Client, events: readonly Event[]): Promise<ProvisionResult> {
  const completed = events.at(-1)?.workflowExecutionCompletedEventAttributes;
  const [result] = await decodePayloads(client, completed?.result?.payloads);
  if (typeof result !== 'object' || result === null) return {};
  return Object.fromEntries(Object.entries(result).filter(([, outputs]) => isOutputs(outputs)));
}

/**
 * The latest answer of each step: what its create made, or what an operator named to stand for it. The look for the latter
 * is no word yet: its move may be refused afterwards.
 */
async function answersIn(client: Client, plan: Plan, events: readonly Event[]): Promise<Answers> {
  const answers = new Map<string, Partial<CreateResult>>();
  const looks = new Map<string, Partial<CreateResult>>();
  const moves = new MovesInHistory(client);
  const asked = new Map<string, { readonly key: string; readonly into: Map<string, Partial<CreateResult>> }>();
  const calls = new Map<string, number>();
  for (const event of events) {
    const { move, request: { step = '' } = {} } = (await moves.take(event)) ?? {};
    const look = looks.get(step);
    if (move?.move === 'adopt' && look) answers.set(step, look);
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) {
      const [input] = (await decodePayloads(client, scheduled.input?.payloads)) as [Partial<CreateInput>?];
      const key = input?.step?.key ?? '';
      const kind = Object.hasOwn(plan.resources, key) ? plan.resources[key]?.kind : undefined;
      const verb = (['create', 'adopt'] as const).find(
        (one) => kind !== undefined && scheduled.activityType?.name === activityType(kind, one),
      );
      if (!verb) continue;
      asked.set(String(event.eventId), { key, into: verb === 'create' ? answers : looks });
      calls.set(key, (calls.get(key) ?? 0) + 1);
    }
    const completed = event.activityTaskCompletedEventAttributes;
    const call = asked.get(String(completed?.scheduledEventId));
    if (!completed || !call) continue;
    const [result] = (await decodePayloads(client, completed.result?.payloads)) as [Partial<CreateResult>?];
    // Of what was made again, an earlier request may have landed too.
    call.into.set(call.key, { ...result, ...(calls.get(call.key) !== 1 && { resent: true }) });
  }
  return answers;
}

function isOutputs(value: unknown): value is StepOutputs {
  return typeof (value as Partial<StepOutputs> | null | undefined)?.id === 'string';
}
