/**
 * The demo's second plan: the first one once more, under names of its own, since the first one's resources stay. Names
 * stand where a kind looks for them and at the end of a script path, nowhere else.
 */
import type { Kind } from '../../activities/kind.js';
import type { Json, JsonObject, Plan, PlanResource } from '../../contract/plan.js';

/** A digit without a separator: Fabric allows no underscore in names, other clouds no hyphen. */
const SUFFIX = '2';

/** NAVER's limit, the tightest. */
const MAX_NAME = 15;

export function secondPlan(plan: Plan, kinds: ReadonlyMap<string, Kind>): Plan {
  const resources = Object.entries(plan.resources).map(
    ([step, resource]) => [step, renamed(resource, kinds.get(resource.kind))] as const,
  );
  return { ...plan, name: `${plan.name}-${SUFFIX}`, resources: Object.fromEntries(resources) };
}

function again(name: string): string {
  return `${name.slice(0, MAX_NAME - SUFFIX.length)}${SUFFIX}`;
}

function renamed(resource: PlanResource, kind: Kind | undefined): PlanResource {
  const name = kind?.nameOf(resource.spec);
  return name === undefined ? resource : { ...resource, spec: rename(resource.spec, name) as JsonObject };
}

function rename(value: Json, name: string): Json {
  if (value === name) return again(name);
  if (typeof value === 'string' && value.endsWith(`/${name}`)) return value.slice(0, -name.length) + again(name);
  if (Array.isArray(value)) return value.map((inner: Json) => rename(inner, name));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, rename(inner, name)]));
}
