/**
 * What a plan made, by its manifest, as a book for the undo to go on with. What it may keep it keeps; what was on its way
 * when the run ended counts as possibly made.
 */
import type { Problem } from '../../contract/failures.js';
import type { LedgerStep, StepState } from '../../contract/ledger.js';
import type { Manifest, ManifestStep } from '../../contract/manifest.js';
import {
  isManaged,
  type Plan,
  type PlanResource,
  type ProvisionResult,
  type StepOutputs,
} from '../../contract/plan.js';
import type { Carried, CreateTrace, ResolvedPlan } from '../../contract/steps.js';
import type { Catalog } from '../catalog.js';
import { dependenciesOf, orderSteps } from '../order-steps.js';
import { asManyAsFit } from '../resolve-plan.js';
import { checkPlace, resolveStep } from '../resolve-step.js';

export interface Told {
  readonly manifest: Manifest;
  /** From history: else the ids are somebody's word. */
  readonly believed: boolean;
  readonly includeProtected: boolean;
  /** Server time from which no create is under way any more. */
  readonly endedAt: number;
  /** Steps of which nothing more can land. */
  readonly settled: ReadonlySet<string>;
  /** A later run than the chain's first one closed it: what its book does not know may be there. */
  readonly laterRun: boolean;
}

/** Before anything else of a plan is looked at: what this worker cannot reach, and an order that there is none of. */
export function checkReach({ resources }: Plan, catalog: Catalog): Problem[] {
  const problems = Object.entries(resources).flatMap(([key, resource]) => checkPlace(key, resource, catalog));
  const { cycle } = orderSteps(needsOf(resources));
  if (cycle) problems.push({ path: 'resources', message: `a cycle: ${cycle.join(' needs ')}; remove one of these` });
  return problems;
}

/** Why nothing is to be deprovisioned, or what somebody has to say first. */
export function checkUndoable({ manifest, includeProtected }: Pick<Told, 'manifest' | 'includeProtected'>): Problem[] {
  const { outcome, plan } = manifest;
  if (outcome === undefined) {
    const message = 'the manifest was exported while the plan ran; export it again, or leave it out';
    return [{ path: 'manifest.outcome', message }];
  }
  // What was never provisioned is rolled back, protected or not. A managed plan may have been, before it was ended.
  if (outcome === 'Abandoned' && !isManaged(plan)) return [];
  const held = Object.keys(plan.resources).filter((key) => isHeld(manifest, key));
  if (outcome !== 'Provisioned' && outcome !== 'Abandoned' && held.length === 0)
    return [{ path: 'plan', message: `nothing to deprovision: it ended ${outcome}` }];
  if (includeProtected) return [];
  const message = 'it is protected; to delete it as well set includeProtected (--include-protected), and say why';
  return held.map((key) => ({ path: `resources.${key}.protect`, message }));
}

/** Only its protection keeps it: live, or left behind by a managed plan that was given up, or ended on its way there. */
function isHeld({ plan, steps, outcome }: Manifest, key: string): boolean {
  const { protect = false, retain = false } = plan.resources[key] ?? {};
  const step = steps[key];
  if (!protect || retain || !step || isAdopted(step)) return false;
  const live = outcome === 'Provisioned' || outcome === 'Abandoned';
  const kept = outcome !== 'Provisioned';
  return (live && step.state === 'live') || (kept && step.state === 'kept');
}

/** Only for what {@link checkReach} and {@link checkUndoable} have nothing against. */
export function whatToUndo(told: Told, catalog: Catalog): Carried {
  const { manifest, includeProtected, laterRun } = told;
  const { plan, owner, steps, outcome } = manifest;
  const keys = Object.keys(plan.resources);
  const madeBy = (key: string) => steps[key] as ManifestStep;
  const resolved = resolveKnown(plan, catalog);
  return {
    plan: { ...resolved, owner, ...(!told.believed && { markedOnly: true }) },
    ledger: {
      plan: plan.name,
      steps: mapOf(keys, (key) => {
        const made = madeBy(key);
        // Asked for, or it would have been refused: then it is to go like all else.
        return ledgerStep(
          plan.resources[key] as PlanResource,
          isHeld(manifest, key) ? { ...made, state: 'live' } : made,
        );
      }),
      moves: [],
    },
    outputs: outputsOf(manifest),
    traces: mapOf(
      keys.filter((key) => madeBy(key).id !== undefined || madeBy(key).state !== 'planned'),
      (key) => trace(madeBy(key), told, key),
    ),
    stop: { by: 'deprovision', includeProtected },
    reset: outcome === 'Abandoned' && laterRun,
    ...(outcome === 'Provisioned' && { provisionedAt: told.endedAt }),
    failedUndos: {},
  };
}

/** A plan that was resolved once: its specs are not checked again, since what was made under other rules must go too. */
export function resolveKnown(plan: Plan, catalog: Catalog): ResolvedPlan {
  const { name, resources } = plan;
  const connections = [...new Set(Object.values(resources).map(({ connection }) => connection))].sort();
  return {
    name,
    onFailure: 'rollback',
    steps: orderSteps(needsOf(resources)).order.map((key) => resolveStep(key, resources[key] as PlanResource, catalog)),
    connections: asManyAsFit(connections),
    simulated: connections.filter((each) => catalog.connections?.get(each)?.simulator),
    searchAttributes: catalog.searchAttributes,
    fingerprint: catalog.fingerprint,
  };
}

/** Of a step without outputs its id is all that is known. */
export function outputsOf({ steps }: Manifest): ProvisionResult {
  return Object.fromEntries(
    Object.entries(steps).flatMap(([key, { id, outputs }]): [string, StepOutputs][] => {
      const made = outputs ?? (id === undefined ? undefined : { id });
      return made ? [[key, made]] : [];
    }),
  );
}

function needsOf(resources: Plan['resources']): ReadonlyMap<string, readonly string[]> {
  return new Map(Object.entries(resources).map(([key, resource]) => [key, dependenciesOf(resource)]));
}

/** In a run that is over: a create that was under way may have made something, and what was let go of may be there still. */
const NOW: Readonly<Partial<Record<StepState, StepState>>> = { creating: 'uncertain', abandoned: 'uncertain' };

function ledgerStep({ kind, connection }: PlanResource, step: ManifestStep): LedgerStep {
  const { state, id, adopted, skipped } = step;
  return {
    kind,
    connection,
    state: NOW[state] ?? state,
    ...(id !== undefined && { id }),
    ...((adopted || skipped) && { adopted: true }),
    ...(skipped && { skipped: true }),
  };
}

function trace(step: ManifestStep, { settled, endedAt }: Told, key: string): CreateTrace {
  return { ...(step.id !== undefined && !isAdopted(step) && { id: step.id }), resent: !settled.has(key), endedAt };
}

function isAdopted({ adopted, skipped }: ManifestStep): boolean {
  return (adopted || skipped) ?? false;
}

function mapOf<T>(keys: readonly string[], of: (key: string) => T): { readonly [key: string]: T } {
  return Object.fromEntries(keys.map((key) => [key, of(key)]));
}
