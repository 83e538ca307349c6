/** The demo's example plan and its second edition: both sound, and nothing of one in the way of the other. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { createCatalog } from '../activities/catalog.js';
import { BUILT_IN_KINDS } from '../activities/providers/built-in.js';
import { secondPlan } from '../cli/demo/second-plan.js';
import { dryRun } from '../cli/dry-run.js';
import type { Plan } from '../contract/plan.js';

const catalog = createCatalog({ kinds: BUILT_IN_KINDS, taskQueue: 'q', searchAttributes: true });
const first = parse(readFileSync(new URL('../examples/flagship.yaml', import.meta.url), 'utf8')) as Plan;
const second = secondPlan(first, catalog.kinds);

it('the second plan of the demo passes every check under names of its own', () => {
  expect(dryRun(second, catalog, 'default')).toMatchObject({ plan: `${first.name}-2`, warnings: [] });
  for (const [step, { kind, spec }] of Object.entries(first.resources)) {
    const known = catalog.kinds.get(kind);
    const renamed = second.resources[step];
    expect(known?.nameOf(spec)).toBeTruthy();
    expect(known?.nameOf(renamed?.spec ?? {})).not.toBe(known?.nameOf(spec));
  }
});

it('the example plan starts its three workspaces side by side and the workflow after them', () => {
  const result = dryRun(first, catalog, 'default');
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  expect(result.steps.map(({ step, wave }) => [step, wave])).toEqual([
    ['studio', 1],
    ['fabric', 1],
    ['ai', 1],
    ['workflow', 2],
  ]);
});
