/** Where each step of a plan stands in a drawing: in the column behind the last of those that it needs. */
import { findReferences } from '../contract/find-references.js';
import type { Plan } from '../contract/plan.js';

/** Of each step, the steps that it needs, as far as they are among `steps`. */
export type Needs = ReadonlyMap<string, readonly string[]>;

/** @param plan Undefined where none is known: then nothing needs anything. */
export function needsOf(steps: readonly string[], plan: Plan | undefined): Needs {
  return new Map(
    steps.map((step) => {
      const { dependsOn = [], spec = {} } = plan?.resources[step] ?? {};
      const needed = new Set([...dependsOn, ...findReferences(spec).map((reference) => reference.step)]);
      return [step, [...needed].filter((other) => other !== step && steps.includes(other))];
    }),
  );
}

/** Without what is needed by something else that is needed, too: a line for each would hide the drawing. */
export function directOf(needs: Needs): Needs {
  const behind = new Map<string, ReadonlySet<string>>();
  const all = (step: string): ReadonlySet<string> => {
    const known = behind.get(step);
    if (known) return known;
    // Before the answer is known, so that a circle ends.
    behind.set(step, new Set());
    const found = new Set((needs.get(step) ?? []).flatMap((other) => [other, ...all(other)]));
    behind.set(step, found);
    return found;
  };
  return new Map(
    [...needs].map(([step, needed]) => [
      step,
      needed.filter((other) => !needed.some((between) => between !== other && all(between).has(other))),
    ]),
  );
}

/** Columns of steps. What stands in one column needs nothing of the same column. */
export function layersOf(needs: Needs): readonly (readonly string[])[] {
  const columns = new Map<string, number>();
  // In as many rounds as there are steps every column is found; what is left then needs itself in a circle.
  for (let round = 0; round < needs.size && columns.size < needs.size; round++) {
    for (const [step, needed] of needs) {
      if (columns.has(step) || !needed.every((other) => columns.has(other))) continue;
      columns.set(step, Math.max(-1, ...needed.map((other) => columns.get(other) ?? 0)) + 1);
    }
  }
  const layers: string[][] = [];
  for (const step of needs.keys()) {
    const column = columns.get(step) ?? 0;
    while (layers.length <= column) layers.push([]);
    layers[column]?.push(step);
  }
  return ordered(layers, needs);
}

/** Each column in the order of what it needs in the columns before, so that few lines cross. */
function ordered(layers: readonly (readonly string[])[], needs: Needs): readonly (readonly string[])[] {
  const rows = new Map<string, number>();
  return layers.map((layer) => {
    const height = (step: string) => {
      const before = (needs.get(step) ?? []).map((other) => rows.get(other) ?? 0);
      return before.length === 0 ? 0 : before.reduce((sum, row) => sum + row, 0) / before.length;
    };
    const sorted = layer
      .map((step) => ({ step, at: height(step) }))
      .sort((one, other) => one.at - other.at)
      .map(({ step }) => step);
    // Around the middle: columns are centred.
    sorted.forEach((step, index) => {
      rows.set(step, index - (sorted.length - 1) / 2);
    });
    return sorted;
  });
}
