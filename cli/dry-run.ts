/**
 * What a plan would do, without a server or a cloud: the worker's own checks, then each step with its calls, its undo,
 * what cannot be undone, and literal values that would end up in the workflow's history. Paths only, never values.
 */
import type { Catalog } from '../activities/catalog.js';
import type { Kind } from '../activities/kind.js';
import { resolveHere } from '../client/check-plan.js';
import { pathText } from '../contract/check-shape.js';
import type { Problem } from '../contract/failures.js';
import { workflowIdOf } from '../contract/names.js';
import type { Json, JsonObject, Plan, PlanResource } from '../contract/plan.js';
import type { ResolvedStep } from '../contract/steps.js';

export interface DryRunStep {
  readonly step: string;
  /** Steps of the same wave run side by side; a wave starts when what it needs is live. */
  readonly wave: number;
  readonly kind: string;
  readonly title: string;
  readonly name?: string;
  readonly connection: string;
  readonly simulator?: true;
  readonly needs: readonly string[];
  readonly create: readonly string[];
  readonly undo: readonly string[];
  readonly ifExists: 'fail' | 'adopt';
  readonly onRollback: 'deleted' | 'kept';
  readonly irreversible?: string;
}

export interface DryRun {
  readonly plan: string;
  readonly workflowId: string;
  readonly onFailure: 'rollback' | 'pause';
  /** False without a configuration: then only the worker knows whether its connections fit. */
  readonly connectionsChecked: boolean;
  readonly steps: readonly DryRunStep[];
  readonly warnings: readonly Problem[];
}

export function dryRun(input: unknown, catalog: Catalog, namespace: string): DryRun | { problems: readonly Problem[] } {
  const resolution = resolveHere(input, catalog, namespace);
  if ('problems' in resolution) return { problems: resolution.problems };
  const { resources } = input as Plan;
  const waves = wavesOf(resolution.plan.steps);
  const steps = resolution.plan.steps.map((step) => describeStep(step, waves.get(step.key) ?? 1, catalog));
  return {
    plan: resolution.plan.name,
    workflowId: workflowIdOf(resolution.plan.name),
    onFailure: resolution.plan.onFailure,
    connectionsChecked: catalog.connections !== undefined,
    steps: [...steps].sort((a, b) => a.wave - b.wave),
    warnings: Object.entries(resources).flatMap(([key, resource]) => literalWarnings(key, resource, catalog)),
  };
}

function wavesOf(steps: readonly ResolvedStep[]): ReadonlyMap<string, number> {
  const waves = new Map<string, number>();
  // Steps come with what they need before them.
  for (const { key, dependsOn } of steps)
    waves.set(key, 1 + Math.max(0, ...dependsOn.map((need) => waves.get(need) ?? 0)));
  return waves;
}

function describeStep(step: ResolvedStep, wave: number, catalog: Catalog): DryRunStep {
  const kind = catalog.kinds.get(step.kind) as Kind;
  const connection = catalog.connections?.get(step.connection);
  return {
    step: step.key,
    wave,
    kind: step.kind,
    title: kind.title,
    ...(step.name !== undefined && { name: step.name }),
    connection: step.connection,
    ...(connection?.simulator && { simulator: true }),
    needs: step.dependsOn,
    create: kind.calls.create,
    undo: step.retain ? [] : kind.calls.delete,
    ifExists: step.ifExists,
    onRollback: step.retain ? 'kept' : 'deleted',
    ...(kind.irreversible !== undefined && { irreversible: kind.irreversible }),
  };
}

function literalWarnings(key: string, { kind, spec }: PlanResource, catalog: Catalog): Problem[] {
  return (catalog.kinds.get(kind)?.sensitiveFields ?? []).flatMap((field) => {
    const path = field.split('.');
    const value = path.reduce<Json | undefined>((inner, part) => (isObject(inner) ? inner[part] : undefined), spec);
    return literals(value, ['resources', key, 'spec', ...path]).map((literal) => ({
      path: pathText(...literal),
      message: 'a literal value ends up in the workflow history; use { "$secret": "name" } if it is one',
    }));
  });
}

function literals(value: Json | undefined, path: readonly (string | number)[]): (readonly (string | number)[])[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((inner: Json, index) => literals(inner, [...path, index]));
  if (!isObject(value)) return [path];
  if ('$secret' in value || '$ref' in value) return [];
  return Object.entries(value).flatMap(([name, inner]) => literals(inner, [...path, name]));
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
