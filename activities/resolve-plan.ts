/**
 * Plan in, steps or problems out: every check that can be made before a cloud is called, all problems in one answer.
 * Pure, so that the dry run shows exactly what the worker will say.
 */
import { checkShape, pathText } from '../contract/check-shape.js';
import { parseDuration } from '../contract/duration.js';
import type { Problem } from '../contract/failures.js';
import { findReferences, findSecrets } from '../contract/find-references.js';
import { describeWithMarker } from '../contract/marker.js';
import { isManaged, PLAN_LIMITS, type Plan, type PlanResource } from '../contract/plan.js';
import { checkBoundedPlan, checkPlanBounds, planResourceSchema, stepNameSchema } from '../contract/plan-schema.js';
import type { Resolution, ResolvedPlan, RunFacts } from '../contract/steps.js';
import type { Catalog } from './catalog.js';
import { completeSpec } from './complete-spec.js';
import type { Connection } from './connection.js';
import type { Kind } from './kind.js';
import { dependenciesOf, orderSteps } from './order-steps.js';
import { checkPlace, resolveStep } from './resolve-step.js';
import { misplacedSecret } from './secret-places.js';

/** The run that asks: its ids stand in the markers, and their length counts. */
export interface ResolvingRun extends RunFacts {
  readonly namespace: string;
  readonly workflowId: string;
}

type Resources = ReadonlyMap<string, PlanResource>;

/** Often enough that drift is a day's news, and one look-up a step and hour is nothing to any limit. */
const DEFAULT_VERIFY_EVERY_MS = 3_600_000;

/** Checks `input` as a plan for this catalog and run. Calls no cloud, reads no secret. */
export function resolvePlan(input: unknown, catalog: Catalog, run: ResolvingRun): Resolution {
  const { searchAttributes } = catalog;
  const killers = run.killers.map((killer) => ({
    path: '',
    message: `${killer} would end the run without undoing; start it without`,
  }));
  const unbounded = checkPlanBounds(input);
  if (unbounded) return { problems: [...killers, unbounded], searchAttributes };
  const shape = checkBoundedPlan(input);
  const problems: Problem[] = [...killers, ...('problems' in shape ? shape.problems : [])];
  if ('value' in shape && shape.value.managed === false && shape.value.lifetime)
    problems.push({ path: 'managed', message: 'a plan with a lifetime is managed; leave one of them out' });

  const resources = soundResources(input);
  for (const [key, resource] of resources) problems.push(...checkResource(key, resource, resources, catalog, run));
  if (resources.size > PLAN_LIMITS.maxResources) return { problems, searchAttributes };
  const needs = new Map(
    [...resources].map(([key, resource]) => [key, dependenciesOf(resource).filter((needed) => needed !== key)]),
  );
  const { order, cycle } = orderSteps(needs);
  if (cycle) problems.push({ path: 'resources', message: `a cycle: ${cycle.join(' needs ')}; remove one of these` });
  if ('problems' in shape || problems.length > 0) return { problems, searchAttributes };

  const plan = shape.value;
  const managed = managedOf(plan);
  const connections = [...new Set(Object.values(plan.resources).map(({ connection }) => connection))].sort();
  return {
    plan: {
      name: plan.name,
      onFailure: plan.onFailure ?? 'rollback',
      steps: order.map((key) => resolveStep(key, plan.resources[key] as PlanResource, catalog)),
      connections: asManyAsFit(connections),
      simulated: connections.filter((name) => catalog.connections?.get(name)?.simulator),
      searchAttributes,
      fingerprint: catalog.fingerprint,
      ...(plan.approval === 'required' && { approval: true }),
      ...(managed && { managed }),
    },
  };
}

function managedOf(plan: Plan): ResolvedPlan['managed'] {
  if (!isManaged(plan)) return undefined;
  const { lifetime } = plan;
  const ttlMs = parseDuration(lifetime?.ttl);
  return {
    ...(ttlMs !== undefined && { ttlMs }),
    verifyEveryMs: parseDuration(lifetime?.verifyEvery) ?? DEFAULT_VERIFY_EVERY_MS,
  };
}

/** The resources whose own structure is right, so that one broken resource does not hide the problems of another. */
function soundResources(input: unknown): Resources {
  const resources = (input as Plan | undefined | null)?.resources;
  if (typeof resources !== 'object' || resources === null) return new Map();
  return new Map(Object.entries(resources).filter(([, resource]) => planResourceSchema.safeParse(resource).success));
}

function checkResource(
  key: string,
  resource: PlanResource,
  resources: Resources,
  catalog: Catalog,
  run: ResolvingRun,
): Problem[] {
  const problems = checkPlace(key, resource, catalog);
  const kind = catalog.kinds.get(resource.kind);
  const connection = catalog.connections?.get(resource.connection);
  problems.push(...checkDependencies(key, resource, resources, catalog));
  if (kind)
    problems.push(...checkSecrets(key, resource, kind, connection), ...checkSpec(key, resource, kind, connection, run));
  return problems;
}

function checkDependencies(
  key: string,
  { spec, dependsOn = [], retain = false, protect = false }: PlanResource,
  resources: Resources,
  catalog: Catalog,
): Problem[] {
  const problems: Problem[] = [];
  const others = [...resources.keys()].filter((name) => name !== key).join(', ') || 'none';
  dependsOn.forEach((step, index) => {
    if (step === key)
      problems.push({ path: pathText('resources', key, 'dependsOn', index), message: 'a step cannot need itself' });
    else if (!resources.has(step)) {
      problems.push({
        path: pathText('resources', key, 'dependsOn', index),
        message: `unknown step; other steps: ${others}`,
      });
    }
  });
  for (const { path, step, output } of findReferences(spec)) {
    const at = pathText('resources', key, 'spec', ...path, '$ref');
    const target = resources.get(step);
    if (path.length === 0)
      problems.push({
        path: pathText('resources', key, 'spec'),
        message: 'a reference may stand for a field, not for all',
      });
    else if (output === '') problems.push({ path: at, message: 'must be "step.output", alone in its object' });
    else if (step === key) problems.push({ path: at, message: 'a step cannot refer to itself' });
    else if (!target) problems.push({ path: at, message: `unknown step; other steps: ${others}` });
    else {
      const kind = catalog.kinds.get(target.kind);
      const outputs = ['id', ...Object.keys(kind?.outputs ?? {})];
      if (kind && !outputs.includes(output))
        problems.push({ path: at, message: `unknown output; ${step} has: ${outputs.join(', ')}` });
      if (retain && !target.retain) problems.push({ path: at, message: heldByNothing(step) });
      else if (protect && !retain && !target.retain && !target.protect)
        problems.push({ path: at, message: guardedByNothing(step) });
    }
  }
  return problems;
}

/** A cloud deletes what lies in a container along with it: a workflow in its project would be told as kept, and be gone. */
function heldByNothing(step: string): string {
  return `what is retained may refer only to what is retained too; set retain on resources.${step}`;
}

function guardedByNothing(step: string): string {
  return `what is protected may refer only to what is protected or retained too; set protect on resources.${step}`;
}

function checkSecrets(key: string, { spec }: PlanResource, kind: Kind, connection: Connection | undefined): Problem[] {
  return findSecrets(spec).flatMap(({ path, name }): Problem[] => {
    const at = pathText('resources', key, 'spec', ...path, '$secret');
    const misplaced = misplacedSecret(kind, path);
    if (misplaced !== undefined) return [{ path: at, message: misplaced }];
    if (!connection || connection.secretNames.includes(name)) return [];
    return [
      { path: at, message: `unknown secret; the connection allows: ${connection.secretNames.join(', ') || 'none'}` },
    ];
  });
}

function checkSpec(
  key: string,
  resource: PlanResource,
  kind: Kind,
  connection: Connection | undefined,
  run: ResolvingRun,
): Problem[] {
  const at = ['resources', key, 'spec'] as const;
  const open = [...findReferences(resource.spec), ...findSecrets(resource.spec)].map(({ path }) => path);
  const spec = completeSpec(kind, connection?.scope ?? {}, resource.spec);
  const missing = connection ? Object.entries(kind.scopeFields).filter(([field]) => spec[field] === undefined) : [];
  const problems: Problem[] = missing.map(([field, scope]) => ({
    path: pathText(...at, field),
    message: `required: here, or as scope.${scope} of the connection`,
  }));
  const checked = checkShape(kind.spec, spec, at, open);
  if ('problems' in checked) return [...problems, ...checked.problems];
  return [...problems, ...checkMarkerFits(key, resource, kind, checked.value as object, run)];
}

/** The marker shares the description with the user's own text, and the cloud bounds both together. */
function checkMarkerFits(
  key: string,
  { retain }: PlanResource,
  kind: Kind,
  checked: object,
  run: ResolvingRun,
): Problem[] {
  const { namespace, workflowId, firstRunId } = run;
  if (!stepNameSchema.safeParse(key).success) return [];
  const marker = { namespace, workflowId, step: key, runId: firstRunId, keep: retain ?? false };
  const { maxLength, path } = kind.description;
  const own = kind.description.read(checked);
  if (typeof own === 'object') return [];
  const alone = describeWithMarker(undefined, marker).length;
  const at = pathText('resources', key, 'spec', path);
  if (alone > maxLength) {
    return [
      {
        path: 'name',
        message: `too long: the marker of step ${key} takes ${alone} of ${maxLength} characters; shorten the plan or step name`,
      },
    ];
  }
  if (describeWithMarker(own, marker).length <= maxLength) return [];
  return [
    {
      path: at,
      message: `at most ${Math.max(0, maxLength - alone - 1)} characters: the marker takes the rest of the cloud's ${maxLength}`,
    },
  ];
}

/** Temporal's limit on one search attribute is 2,048 bytes as JSON; a larger one fails the workflow task for ever. */
const MAX_KEYWORDS_BYTES = 2_000;

export function asManyAsFit(names: readonly string[]): readonly string[] {
  let bytes = 0;
  return names.filter((name) => {
    bytes += Buffer.byteLength(JSON.stringify(name)) + 1;
    return bytes <= MAX_KEYWORDS_BYTES;
  });
}
