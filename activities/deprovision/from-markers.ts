/**
 * What a plan made, by the markers that were found: the plan itself is unknown. Each first run id is an owner of its own;
 * what lies in what is told by the kinds; what was to be retained says so in its marker.
 */
import type { Discovered } from '../../contract/deprovision.js';
import type { LedgerStep } from '../../contract/ledger.js';
import type { Plan, PlanResource } from '../../contract/plan.js';
import type { Carried, Owner, ResolvedStep } from '../../contract/steps.js';
import type { Catalog } from '../catalog.js';
import { resolveKnown } from './what-to-undo.js';

export interface Marked {
  readonly plan: string;
  readonly owner: Omit<Owner, 'step' | 'runId'>;
  /** At least one. */
  readonly found: readonly Discovered[];
  /** Server time. */
  readonly now: number;
}

export function fromMarkers(marked: Marked, catalog: Catalog): { readonly source: Plan; readonly carried: Carried } {
  const { plan: name, found, now } = marked;
  const named = nameSteps(found);
  const resources = Object.fromEntries([...named].map(([key, one]) => [key, asResource(one, named, catalog)]));
  const source: Plan = { name, resources };
  const resolved = resolveKnown(source, catalog);
  const ownerOf = ({ step, runId }: Discovered): Owner => ({ ...marked.owner, step, runId });
  const withOwner = (step: ResolvedStep): ResolvedStep => ({
    ...step,
    owner: ownerOf(named.get(step.key) as Discovered),
  });
  const [{ runId }] = found as readonly [Discovered];
  const carried: Carried = {
    plan: { ...resolved, steps: resolved.steps.map(withOwner), owner: { ...marked.owner, runId }, markedOnly: true },
    ledger: { plan: name, steps: eachOf(named, asLedgerStep), moves: [] },
    outputs: {},
    // When it was made nobody knows, nor how often: until the window from now is over something may still land.
    traces: eachOf(named, ({ id }) => ({ id, resent: true, endedAt: now })),
    stop: { by: 'deprovision', includeProtected: true },
    reset: false,
    failedUndos: {},
  };
  return { source, carried };
}

/** By the marker's step; of several resources of one name each further one is numbered. */
function nameSteps(found: readonly Discovered[]): ReadonlyMap<string, Discovered> {
  const named = new Map<string, Discovered>();
  const taken = new Set(found.map(({ step }) => step));
  for (const one of found) {
    let key = one.step;
    for (let number = 2; named.has(key) || (key !== one.step && taken.has(key)); number++)
      key = `${one.step}-${number}`;
    named.set(key, one);
  }
  return named;
}

function asResource(one: Discovered, all: ReadonlyMap<string, Discovered>, { kinds }: Catalog): PlanResource {
  const holds = (other: Discovered) =>
    other.connection === one.connection && kinds.get(other.kind)?.contains?.includes(one.kind);
  const containers = [...all].flatMap(([key, other]) => (holds(other) ? [key] : []));
  const { kind, connection, spec, keep } = one;
  return { kind, connection, spec, dependsOn: containers, retain: keep };
}

function asLedgerStep({ kind, connection, id }: Discovered): LedgerStep {
  return { kind, connection, state: 'live', id };
}

function eachOf<T>(named: ReadonlyMap<string, Discovered>, of: (one: Discovered) => T): { readonly [key: string]: T } {
  return Object.fromEntries([...named].map(([key, one]) => [key, of(one)]));
}
