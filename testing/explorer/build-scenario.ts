/** How scenarios are put together: a small plan on sorts of cloud that the built-in kinds talk to. */
import type { Plan, PlanResource } from '../../contract/plan.js';
import type { CloudModel } from './model-cloud.js';
import { PROVIDER } from './model-kind.js';
import { ADVERSITIES, type Bounds, type Scenario } from './scenario.js';

/** Short, so that few polls wait it out; longer than the pauses between polls, so that some do. */
const WINDOW_MS = 20_000;

/** Each sort of cloud by the built-in kind that is on it. */
const CLOUDS = {
  fabric: { duplicates: 'refused', answersId: true, windowMs: WINDOW_MS },
  naver: { duplicates: 'possible', answersId: true, windowMs: WINDOW_MS },
  studio: { duplicates: 'possible', answersId: false, windowMs: WINDOW_MS },
  /** For what waits out a window more than once. */
  quick: { duplicates: 'possible', answersId: true, windowMs: 3_000 },
} as const satisfies Record<string, CloudModel>;

export type CloudName = keyof typeof CLOUDS;

export function resource(cloud: CloudName, name: string, more: Partial<PlanResource> = {}): PlanResource {
  return { kind: `model.${cloud}.thing`, connection: PROVIDER, spec: { name }, ...more };
}

/** A sweep has a scenario of its own, and refusals are requests already. */
const ORDINARY = ADVERSITIES.filter((each) => each !== 'terminate' && each !== 'sweep' && each !== 'refusals');

export function scenario(
  name: string,
  resources: Plan['resources'],
  bounds: Bounds,
  more: Partial<Pick<Scenario, 'bystanders' | 'ownerState' | 'adversities' | 'restarts' | 'given' | 'decisions'>> &
    Pick<Plan, 'onFailure' | 'approval' | 'lifetime'> = {},
): Scenario {
  const { onFailure, approval, lifetime, ...rest } = more;
  const kinds = [...new Set(Object.values(resources).map(({ kind }) => kind))];
  const clouds = Object.fromEntries(kinds.map((kind) => [kind, CLOUDS[kind.split('.')[1] as CloudName]]));
  return {
    name,
    plan: {
      name: 'explored',
      resources,
      ...(onFailure && { onFailure }),
      ...(approval && { approval }),
      ...(lifetime && { lifetime }),
    },
    clouds,
    adversities: ORDINARY,
    bounds,
    ...rest,
  };
}
