/** What a run that was reset asks the clouds before it believes its own book. */
import { expect, test } from 'vitest';
import type { ResolvedPlan } from '../../contract/steps.js';
import { OneRun, resolvedPlan, resolvedStep, useIsolates } from '../support/one-run.js';

const isolates = useIsolates();
let run: OneRun;

const one = resolvedPlan([resolvedStep('a')]);
const pair = resolvedPlan([resolvedStep('a'), resolvedStep('b')]);
const chain = resolvedPlan([
  resolvedStep('a'),
  resolvedStep('b', { dependsOn: ['a'] }),
  resolvedStep('c', { dependsOn: ['b'] }),
]);
const resource = { kind: 'k', connection: 'c' };
const REFERRING = {
  b: { ...resource, spec: { name: 'b', of: { $ref: 'a.id' } } },
  c: { ...resource, spec: { name: 'c', of: { $ref: 'b.id' } } },
};

const reset = (plan: ResolvedPlan, specs = {}) => OneRun.of(isolates, plan, specs, { runId: 'r2' });

/** Reset to its first task, and cancelled: it undoes what the run before may have made. */
async function resetAndCancelled(plan: ResolvedPlan, specs = {}): Promise<OneRun> {
  const begun = await OneRun.start(isolates, { name: 'p', resources: specs }, { runId: 'r2' });
  await begun.job({ what: 'cancel' });
  await begun.resolve('provisioner.resolvePlan', { completed: { plan: JSON.parse(JSON.stringify(plan)) } });
  return begun;
}

const calls = () => run.of('activity').map(({ id }) => id);
const markers = () => run.of('patch').map(({ id }) => id.replace('temporal-provisioner.', ''));

async function found(key: string, by = 'r2'): Promise<void> {
  await run.resolve(`k.${key}.verify`, { completed: { by, found: true, outputs: { id: `id-${key}` } } });
}
async function absent(key: string, by = 'r2'): Promise<void> {
  await run.resolve(`k.${key}.verify`, { completed: { by, found: false } });
}

test('answers that another run got are asked for again, for as long as one of them is another run’s', async () => {
  run = await reset(pair);
  expect(run.of('activity')[0]?.args).toMatchObject([{ originalRun: false, scheduledBy: 'r2' }]);
  await run.created('a');
  await run.created('b');
  expect(calls().slice(2)).toEqual(['a.verify', 'b.verify']);
  expect(run.of('activity').at(-1)?.args).toMatchObject([{ id: 'id-b', look: 'usable', since: 1_000_000 }]);
  await found('a', 'r1');
  await found('b', 'r1');
  expect(markers()).toEqual(['reset', 'reset.1']);
  await found('a', 'r1');
  run.at += 1000;
  await found('b');
  expect(markers()).toEqual(['reset', 'reset.1', 'reset.2']);
  expect(run.of('activity').at(-1)?.args).toMatchObject([{ look: 'usable', since: 1_001_000 }]);
  expect(run.of('complete')).toEqual([]);
  await found('a');
  await found('b');
  expect(calls()).toHaveLength(8);
  expect(run.of('complete')).toHaveLength(1);
});

test('answers of its own are enough', async () => {
  run = await reset(one);
  await run.created('a');
  await found('a');
  expect(markers()).toEqual(['reset']);
  expect(run.of('complete')).toHaveLength(1);
});

test('a live step that cannot be looked at stops the run, with why, and is undone', async () => {
  run = await reset(one);
  await run.created('a');
  await run.fails('k.a.verify', 'AccessDenied', {}, 'no longer allowed');
  const cause = { type: 'AccessDenied', message: 'no longer allowed', provider: 'model' };
  expect((await run.ledger()).steps.a).toMatchObject({ state: 'deleting', cause });
  expect(run.of('activity').at(-1)).toMatchObject({ id: 'a.delete', args: [{ id: 'id-a', resent: true }] });
  await run.deleted('a');
  const { type, message } = cause;
  expect(run.of('fail')).toMatchObject([{ type: 'RolledBack', cause: { type, message } }]);
});

test('where something is proved absent, what refers to it is absent too and is not looked for', async () => {
  run = await resetAndCancelled(chain, REFERRING);
  expect(calls()).toEqual(['a.verify']);
  expect(run.of('activity')[0]?.args).toMatchObject([{ look: 'anything', since: 1_000_000 }]);
  await absent('a');
  expect(calls()).toEqual(['a.verify']);
  expect(run.of('cancelled')).toHaveLength(1);
});

test('what was never made is looked for all the same where its spec refers to nothing', async () => {
  run = await resetAndCancelled(chain);
  await absent('a');
  expect(calls()).toEqual(['a.verify', 'b.verify']);
});

test('absence proves nothing of a step that may have adopted', async () => {
  const steps = [resolvedStep('a', { ifExists: 'adopt' }), resolvedStep('b', { dependsOn: ['a'] })];
  run = await resetAndCancelled(resolvedPlan(steps), { b: REFERRING.b });
  await absent('a');
  expect(calls()).toEqual(['a.verify', 'b.verify']);
});

test('what is found completes the specs of what refers to it, and is undone by its id', async () => {
  run = await resetAndCancelled(chain, REFERRING);
  await found('a');
  expect(run.of('activity').at(-1)).toMatchObject({ id: 'b.verify', args: [{ spec: { name: 'b', of: 'id-a' } }] });
  await absent('b');
  run.at += 1000;
  expect(calls()).toEqual(['a.verify', 'b.verify', 'a.delete']);
  expect(run.of('activity').at(-1)?.args).toMatchObject([{ id: 'id-a', resent: true, createEndedAt: 1_000_000 }]);
  expect((await run.ledger()).steps.a).toMatchObject({ state: 'deleting', id: 'id-a' });
  await run.deleted('a');
  expect(run.of('cancelled')).toHaveLength(1);
});

test('what cannot be looked at may be there, and so may what refers to it', async () => {
  run = await resetAndCancelled(chain, REFERRING);
  await run.fails('k.a.verify', 'AccessDenied', {});
  expect(calls()).toEqual(['a.verify', 'b.verify']);
  await absent('b');
  expect(run.of('activity').at(-1)).toMatchObject({ id: 'a.delete', args: [{ resent: true }] });
  expect(run.of('activity').at(-1)?.args[0]).not.toHaveProperty('id');
});

test('what refers to a step of which nobody knows is looked for', async () => {
  run = await reset(chain, REFERRING);
  await run.fails('k.a.create', 'Throttling', { sent: 'unknown', resent: false });
  expect(calls()).toEqual(['a.create', 'b.verify']);
});

test('an undo that was reset on its way looks again until the answers are its own', async () => {
  run = await resetAndCancelled(one);
  await absent('a', 'r1');
  expect(markers()).toEqual(['reset', 'reset.1']);
  await absent('a', 'r1');
  expect(markers()).toEqual(['reset', 'reset.1', 'reset.2']);
  await absent('a');
  expect(calls()).toHaveLength(3);
  expect(run.of('cancelled')).toHaveLength(1);
});
