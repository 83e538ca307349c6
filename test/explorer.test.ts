/** The schedule explorer itself: that it finds what is there to find, tells it so that it can be seen again, and no more. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fromSeed, toSeed } from '../testing/explorer/choices.js';
import { explore, replay, withBounds } from '../testing/explorer/explore.js';
import type { Scenario } from '../testing/explorer/scenario.js';
import { SCENARIOS } from '../testing/explorer/scenarios.js';
import { bundleWorkflows, DEEP_IMPORTS, type Isolates, openIsolates } from '../testing/explorer/sdk-isolate.js';
import { inOrder, recordedCommands, recordedJobs } from '../testing/explorer/updates.js';
import { DEFECTS } from './seeded/defects.js';

let isolates: Isolates;
beforeAll(async () => {
  const shipped = fileURLToPath(new URL('../dist/workflows/index.js', import.meta.url));
  isolates = await openIsolates(await bundleWorkflows(shipped));
}, 120_000);
afterAll(() => isolates.close());

const named = (part: string) => SCENARIOS.find(({ name }) => name.includes(part)) as Scenario;

for (const [name, from] of Object.entries(DEEP_IMPORTS)) {
  test(`the SDK still has ${name} where the explorer takes it from`, async () => {
    expect(await import(from)).toHaveProperty(name);
  });
}

test('one thing that goes wrong anywhere breaks no promise of a single step', { timeout: 300_000 }, async () => {
  const { finding, exhausted, schedules } = await explore(withBounds(named('accepts duplicates'), { adversities: 1 }), {
    isolates,
  });
  expect(finding).toBeUndefined();
  expect(exhausted).toBe(true);
  expect(schedules).toBeGreaterThan(100);
});

test('two explorations of a scenario go through the same schedules', { timeout: 300_000 }, async () => {
  const scenario = withBounds(named('beside a stranger'), { adversities: 1 });
  const counts = async () => {
    const { schedules, states, histories } = await explore(scenario, { isolates });
    return { schedules, states, histories };
  };
  expect(await counts()).toEqual(await counts());
});

test('a cloud that lands later than it promises is found out, and its seed shows it again', {
  timeout: 300_000,
}, async () => {
  const honest = named('accepts duplicates');
  const [kind = '', model] = Object.entries(honest.clouds)[0] ?? [];
  const late = { ...honest, clouds: { [kind]: { ...model, landsWithinMs: 120_000 } } } as Scenario;
  const scenario = { ...withBounds(late, { adversities: 1 }), adversities: ['requests'] as const };
  const { finding, exhausted } = await explore(scenario, { isolates });
  expect(exhausted).toBe(false);
  expect(finding?.broken).toMatch(/there is/);
  expect(finding?.trace.join('\n')).toMatch(/the answer to the create is lost|unclear answer/);
  expect(await replay(scenario, fromSeed(finding?.seed ?? ''), isolates)).toEqual(finding);
});

test('a seed says its bounds and its choices, and a wrong one says how it looks', () => {
  const text = toSeed({ adversities: 2, depth: 9, preemptions: 1 }, [0, 3, 1, 0]);
  expect(text).toBe('2+1/0.3.1');
  expect(fromSeed(text)).toEqual({ bounds: { adversities: 2, preemptions: 1 }, script: [0, 3, 1] });
  expect(fromSeed('0+any/')).toEqual({ bounds: { adversities: 0 }, script: [] });
  expect(() => fromSeed('0.0.x')).toThrow("a seed looks like '2+any/0.0.3'");
});

test('moves that come together, and beside a mishap, break no promise of a plan that needs approval', {
  timeout: 300_000,
}, async () => {
  const { finding, exhausted, schedules } = await explore(named('needs approval'), { isolates });
  expect(finding).toBeUndefined();
  expect(exhausted).toBe(true);
  expect(schedules).toBeGreaterThan(100);
});

test('an update comes before what else a task brings, and one that was refused stands in no history', () => {
  const update = (id: string) => ({ what: 'update', id, name: 'retry', args: [] }) as const;
  const [cancel, timer] = [{ what: 'cancel' }, { what: 'timer', seq: 1 }] as const;
  const jobs = inOrder([timer, update('u'), cancel, update('v')]);
  expect(jobs).toEqual([update('u'), update('v'), timer, cancel]);
  const failure = { type: 'MoveRefused', message: '', details: [], nonRetryable: true, stackTrace: '' };
  const refused = (id: string) => ({ do: 'update', id, is: 'rejected', failure }) as const;
  const accepted = { do: 'update', id: 'u', is: 'accepted' } as const;
  // The first was taken in and failed then; the second was never taken in.
  const commands = [accepted, refused('v'), refused('u')];
  expect(recordedJobs({ jobs, commands })).toEqual([{ ...update('u'), known: true }, timer, cancel]);
  expect(recordedCommands({ jobs, commands })).toEqual([accepted, refused('u')]);
});

test.each(DEFECTS)('the mistake “$name” can still be made in the sources as they are', ({ edits }) => {
  for (const { file, find } of edits) {
    const source = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
    expect(source.split(find).length - 1, `${file} holds once: ${find}`).toBe(1);
  }
});
