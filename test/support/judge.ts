/**
 * The product's promise as one question: does what is alive in the clouds agree with how a run closed? Answers with a
 * sentence for each thing that does not, so that whoever ran many plans at once can say which of them broke it, and how.
 */
import type { Ledger, LedgerStep, StepState } from '../../contract/ledger.js';
import { type Marker, parseMarker } from '../../contract/marker.js';
import type { Plan } from '../../contract/plan.js';
import type { ResourceView } from '../../simulator/resources.js';
import { failureOf, outcomeOf } from './closing.js';
import type { ProvisionRun } from './rig.js';

/** A run that is over, as a client sees it. */
export interface Closed {
  readonly workflowId: string;
  readonly runId: string;
  readonly plan: Plan;
  readonly outcome: string;
  readonly ledger: Ledger;
}

/** Waits for the end of a run. The ledger comes from where the outcome puts it: failure, memo, or query. */
export async function closingOf(run: ProvisionRun, plan: Plan): Promise<Closed> {
  const outcome = await outcomeOf(run);
  const { workflowId, firstExecutionRunId: runId } = run;
  return { workflowId, runId, plan, outcome, ledger: await ledgerOf(run, outcome) };
}

async function ledgerOf(run: ProvisionRun, outcome: string): Promise<Ledger> {
  if (outcome === 'RolledBack') return (await failureOf(run)).details?.[0] as Ledger;
  if (outcome === 'Cancelled') return (await run.describe()).memo?.ledger as Ledger;
  return run.query<Ledger>('ledger');
}

export interface Evidence {
  readonly closed: Closed;
  /** Everything that is alive now. */
  readonly resources: readonly ResourceView[];
  /** What was there before, or is somebody else's: it must be there still, as it was. */
  readonly bystanders: readonly ResourceView[];
}

/** Sentences of what is wrong; none if all is well. */
export function judge({ closed, resources, bystanders }: Evidence): string[] {
  const { ledger, outcome } = closed;
  const ours = ownedBy(closed, resources);
  const steps = Object.keys(closed.plan.resources);
  const strays = ours.filter(({ marker }) => !steps.includes(marker.step));
  return [
    ...(ledger.outcome === outcome ? [] : [`closed as ${outcome}, but its ledger says ${ledger.outcome}`]),
    ...steps.flatMap((key) => judgeStep(key, { closed, resources, ours }).map((text) => `${key}: ${text}`)),
    ...strays.map(({ resource }) => `${describe(resource)} is alive for a step that the plan does not have`),
    ...bystanders.flatMap((bystander) => judgeBystander(bystander, resources)),
  ];
}

/** What is alive and carries a marker of this run, whatever its step. */
export function ownedBy(
  { workflowId, runId }: Pick<Closed, 'workflowId' | 'runId'>,
  resources: readonly ResourceView[],
): { readonly resource: ResourceView; readonly marker: Marker }[] {
  return resources.flatMap((resource) => {
    const marker = parseMarker(resource.description);
    return marker?.workflowId === workflowId && marker.runId === runId ? [{ resource, marker }] : [];
  });
}

/** The states that a step may end in. */
const ENDS: Readonly<Record<string, readonly StepState[]>> = {
  Provisioned: ['live'],
  RolledBack: ['planned', 'refused', 'deleted', 'kept'],
  Cancelled: ['planned', 'refused', 'deleted', 'kept'],
  Deprovisioned: ['deleted', 'kept'],
};

interface StepEvidence extends Omit<Evidence, 'bystanders'> {
  readonly ours: ReturnType<typeof ownedBy>;
}

function judgeStep(key: string, { closed, resources, ours }: StepEvidence): string[] {
  const { outcome, ledger, plan } = closed;
  const step = ledger.steps[key];
  if (!step) return ['the ledger does not have it'];
  const wrong: string[] = [];
  if (!ENDS[outcome]?.includes(step.state)) wrong.push(`is ${step.state} though the run closed as ${outcome}`);
  if (step.attention) wrong.push(`waits for somebody (${step.attention.reason}) though the run closed`);
  if (step.state === 'kept' && !step.adopted && !plan.resources[key]?.retain) wrong.push('is kept though not retained');
  const alive = ours.filter(({ marker }) => marker.step === key).map(({ resource }) => resource);
  return [...wrong, ...(isThere(step) ? judgeThere(step, alive, resources) : judgeGone(step, alive))];
}

function isThere({ state }: LedgerStep): boolean {
  return state === 'live' || state === 'kept';
}

function judgeThere(step: LedgerStep, alive: readonly ResourceView[], resources: readonly ResourceView[]): string[] {
  const wrong: string[] = [];
  const named = resources.find(({ id, kind }) => id === step.id && kind === step.kind);
  if (!named) wrong.push(`is ${step.state}, but no ${step.kind} has the id that its ledger gives`);
  const further = alive.filter((resource) => resource !== named);
  if (named && !step.adopted && !alive.includes(named)) wrong.push(`${describe(named)} does not carry its marker`);
  if (named && step.adopted && alive.includes(named)) wrong.push('is called adopted, but carries its own marker');
  return [...wrong, ...further.map((resource) => `${describe(resource)} is alive beside the one of the ledger`)];
}

function judgeGone({ state }: LedgerStep, alive: readonly ResourceView[]): string[] {
  return alive.map((resource) => `is ${state}, but ${describe(resource)} is alive`);
}

function judgeBystander(bystander: ResourceView, resources: readonly ResourceView[]): string[] {
  const now = resources.find(({ id, kind }) => id === bystander.id && kind === bystander.kind);
  if (!now) return [`the bystander ${describe(bystander)} is gone`];
  const untouched = now.name === bystander.name && now.description === bystander.description;
  return untouched ? [] : [`the bystander ${describe(bystander)} was changed`];
}

function describe({ kind, name, id }: ResourceView): string {
  return `${kind} ${name} (${id})`;
}
