/** An order in which every step comes after what it needs, the plan's own order kept where there is a choice. */
import { findReferences } from '../contract/find-references.js';
import type { PlanResource } from '../contract/plan.js';

export interface Order {
  readonly order: readonly string[];
  /** The first cycle found, first step repeated at the end. */
  readonly cycle?: readonly string[];
}

/** The steps that a resource of a plan waits for: `dependsOn` and every `$ref`. */
export function dependenciesOf({ spec, dependsOn = [] }: PlanResource): readonly string[] {
  return [...new Set([...dependsOn, ...findReferences(spec).map(({ step }) => step)])];
}

/** Unknown dependencies are left out: they are reported where they stand. */
export function orderSteps(dependencies: ReadonlyMap<string, readonly string[]>): Order {
  const order: string[] = [];
  const done = new Set<string>();

  function visit(step: string, trail: readonly string[]): readonly string[] | undefined {
    if (done.has(step)) return undefined;
    if (trail.includes(step)) return [...trail.slice(trail.indexOf(step)), step];
    for (const needed of dependencies.get(step) ?? []) {
      const cycle = dependencies.has(needed) ? visit(needed, [...trail, step]) : undefined;
      if (cycle) return cycle;
    }
    done.add(step);
    order.push(step);
    return undefined;
  }

  for (const step of dependencies.keys()) {
    const cycle = visit(step, []);
    if (cycle) return { order, cycle };
  }
  return { order };
}
