/** What can be checked of a plan before anything is sent: all that the worker will check, but for its connections. */
import type { Catalog } from '../activities/catalog.js';
import { resolvePlan } from '../activities/resolve-plan.js';
import { workflowIdOf } from '../contract/names.js';
import type { Plan } from '../contract/plan.js';
import type { Resolution } from '../contract/steps.js';
import { InvalidPlanError } from './errors.js';

/** A run id as long as a real one, since its length counts in the markers. */
const ANY_RUN_ID = '00000000-0000-0000-0000-000000000000';

/** What a worker with this catalog would say of the plan in this namespace. Calls nothing. */
export function resolveHere(input: unknown, catalog: Catalog, namespace: string): Resolution {
  const name = (input as Partial<Plan> | null | undefined)?.name;
  const workflowId = workflowIdOf(typeof name === 'string' ? name : '');
  return resolvePlan(input, catalog, { namespace, workflowId, firstRunId: ANY_RUN_ID, killers: [] });
}

/** Throws {@link InvalidPlanError} with every problem at once. A kind that is unknown here may be one of the worker's own. */
export function checkPlan(input: unknown, catalog: Catalog, namespace: string): Plan {
  const resolution = resolveHere(input, catalog, namespace);
  if ('plan' in resolution) return input as Plan;
  const resources = (input as Partial<Plan> | null | undefined)?.resources;
  const strangers = Object.keys(resources ?? {}).map((key) => `resources.${key}.kind`);
  const known = resolution.problems.filter(({ path, message }) => {
    return !(strangers.includes(path) && message.startsWith('unknown kind'));
  });
  if (known.length > 0) throw new InvalidPlanError(resolution.problems);
  return input as Plan;
}
