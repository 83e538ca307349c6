/** The schedule explorer against the sources that are mutated: a mutant that breaks a promise is found by a schedule. */
import { readFileSync } from 'node:fs';
import { afterAll, expect, inject, test } from 'vitest';
import { explore } from '../../testing/explorer/explore.js';
import type { Scenario } from '../../testing/explorer/scenario.js';
import { SCENARIOS } from '../../testing/explorer/scenarios.js';
import { openIsolates } from '../../testing/explorer/sdk-isolate.js';

// Failures are thrown by the thousand, and nobody reads their stacks.
Error.stackTraceLimit = 0;

const isolates = openIsolates(readFileSync(inject('instrumentedBundlePath'), 'utf8'));
afterAll(async () => (await isolates).close());

/** What one mishap is tried in: one of each sort, since every mutant that survives goes through all of them. */
const DISTURBED = [
  'one step that adopts a stranger',
  'one step beside a stranger of its name',
  'one step beside what an earlier run of the plan made',
  'one step on a cloud that answers no id',
  'one step on a cloud that refuses duplicates',
  'one step that pauses',
  'one retained step',
  'two steps, the second refers to the first',
];

const named = (name: string): Scenario => {
  const scenario = SCENARIOS.find((each) => each.name === name);
  if (!scenario) throw new Error(`the explorer has no scenario of the name "${name}"`);
  return scenario;
};

/** In the order in which things happen by themselves: what comes out of turn is for `npm run explore`. */
async function findingOf(scenario: Scenario, adversities: number): Promise<string | undefined> {
  const bounded = { ...scenario, bounds: { ...scenario.bounds, adversities, preemptions: 0 } };
  const { finding } = await explore(bounded, { isolates: await isolates });
  return finding?.broken;
}

test.each(SCENARIOS.map(({ name }) => name))('undisturbed, %s keeps every promise', async (name) => {
  expect(await findingOf(named(name), 0)).toBeUndefined();
});

test.each(DISTURBED)('whatever single thing goes wrong, %s keeps every promise', async (name) => {
  expect(await findingOf(named(name), 1)).toBeUndefined();
});
