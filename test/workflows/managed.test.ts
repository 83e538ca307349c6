/** A managed plan: its run owns what it made, looks at it, and gives it up when told, when its time is over, or on a cancel. */
import { expect, test } from 'vitest';
import type { ResolvedStep } from '../../contract/steps.js';
import type { RunInfo } from '../../testing/explorer/workflow-protocol.js';
import { OneRun, resolvedPlan, resolvedStep, useIsolates } from '../support/one-run.js';

const isolates = useIsolates();
let run: OneRun;

const HOUR = 3_600_000;
const who = { by: 'ann', why: 'ticket 7' };
const plain = [resolvedStep('a'), resolvedStep('b', { dependsOn: ['a'] })];
const same = { verdict: 'same', differences: [], compared: ['name'] };

async function owned(
  steps: readonly ResolvedStep[] = plain,
  managed: { readonly ttlMs?: number; readonly verifyEveryMs: number } = { verifyEveryMs: HOUR },
  info: Partial<RunInfo> = {},
): Promise<void> {
  run = await OneRun.of(isolates, resolvedPlan(steps, { managed }), {}, info);
  for (const { key } of steps) await run.created(key);
}

const calls = () => run.of('activity').map(({ id }) => id);
const looked = (key: string, drift: object = same) => run.resolve(`k.${key}.read`, { completed: drift as never });
const outcome = async () => (await run.ledger()).outcome;

test('a managed plan is Provisioned and stays open', async () => {
  await owned();
  expect(run.of('complete')).toEqual([]);
  expect(await outcome()).toBe('Provisioned');
  expect(run.of('attributes').at(-1)?.fields).toEqual({ ProvisionerOutcome: 'Provisioned' });
  expect(await run.query('outputs')).toEqual({ a: { id: 'id-a' }, b: { id: 'id-b' } });
  expect(run.of('timer')).toMatchObject([{ ms: HOUR, summary: 'OWNED: send update deprovision to give up' }]);
});

test('it looks at what it owns at its interval, and the ledger says what it saw', async () => {
  await owned();
  await run.ring();
  expect(run.of('activity').slice(2)).toMatchObject([
    { id: 'a.read', args: [{ id: 'id-a', adopted: false }] },
    { id: 'b.read' },
  ]);
  await looked('a');
  await looked('b', { verdict: 'differs', differences: [{ field: 'name', planned: 'x', actual: 'y' }], compared: [] });
  const { steps } = await run.ledger();
  expect(steps.a?.verified).toEqual({ verdict: 'same', differences: [], at: '1970-01-01T01:16:40.000Z' });
  expect(steps.a?.attention).toBeUndefined();
  expect(steps.b).toMatchObject({
    verified: { verdict: 'differs', differences: [{ field: 'name', planned: 'x', actual: 'y' }] },
    attention: { reason: 'differs from the plan in name', moves: ['deprovision'] },
  });
  expect(run.of('attributes').at(-1)?.fields).toEqual({ ProvisionerAttention: true });
  await run.ring();
  await looked('a', { verdict: 'missing', differences: [], compared: [] });
  await looked('b');
  expect((await run.ledger()).steps).toMatchObject({ a: { attention: { reason: 'is missing in its cloud' } } });
  expect((await run.ledger()).steps.b?.attention).toBeUndefined();
});

test('a look that fails is told, and the next one comes all the same', async () => {
  await owned([resolvedStep('a')]);
  await run.ring();
  await run.fails('k.a.read', 'AccessDenied', {}, 'no permission');
  expect((await run.ledger()).steps.a).toMatchObject({
    verified: { verdict: 'unread', why: 'no permission' },
    attention: { reason: 'could not be looked at: no permission' },
  });
  await run.ring();
  await looked('a');
  expect((await run.ledger()).steps.a?.attention).toBeUndefined();
});

test('what an operator skipped is not looked at', async () => {
  run = await OneRun.of(
    isolates,
    resolvedPlan([resolvedStep('a')], { managed: { verifyEveryMs: HOUR }, onFailure: 'pause' }),
  );
  await run.fails('k.a.create', 'NotFound', { sent: 'refused', resent: false });
  await run.move('skip', { ...who, step: 'a', outputs: { id: 'x' } });
  await run.ring();
  expect(calls()).toEqual(['a.create']);
  expect((await run.ledger()).steps.a?.verified).toMatchObject({ verdict: 'skipped' });
});

test('the move deprovision undoes everything in reverse order, and the run completes as Deprovisioned', async () => {
  await owned();
  expect(await run.move('deprovision', who)).toBe('ann: deprovision (ticket 7)');
  expect(await outcome()).toBeUndefined();
  expect(run.of('attributes').at(-1)?.fields).toEqual({ ProvisionerOutcome: null });
  expect(calls().slice(2)).toEqual(['b.delete']);
  await run.deleted('b');
  await run.deleted('a');
  expect(run.of('complete')).toMatchObject([{ result: {} }]);
  expect(await outcome()).toBe('Deprovisioned');
  expect(run.of('memo')).toEqual([{ do: 'memo', fields: { ledger: await run.ledger() } }]);
  expect((await run.ledger()).moves).toMatchObject([{ move: 'deprovision', ...who, result: 'done' }]);
});

test('deprovision keeps what is retained, and tells it as its result', async () => {
  await owned([resolvedStep('a', { retain: true }), resolvedStep('b')]);
  await run.move('deprovision', who);
  await run.deleted('b');
  expect(run.of('complete')).toMatchObject([{ result: { a: { id: 'id-a' } } }]);
  expect((await run.ledger()).steps).toMatchObject({ a: { state: 'kept' }, b: { state: 'deleted' } });
});

test('deprovision of what is protected is refused, until that is asked for', async () => {
  await owned([resolvedStep('a', { protect: true }), resolvedStep('b')]);
  expect(await run.move('deprovision', who)).toBe(
    'Protected: a. To delete that too, set includeProtected (--include-protected), and say why.',
  );
  await run.move('deprovision', { ...who, includeProtected: true });
  expect(calls().slice(2)).toEqual(['b.delete', 'a.delete']);
});

test('at the end of its time it gives up everything but what is protected', async () => {
  await owned([resolvedStep('a', { protect: true }), resolvedStep('b')], { ttlMs: 1.5 * HOUR, verifyEveryMs: HOUR });
  expect(await run.ring()).toBe(HOUR);
  await looked('a');
  await looked('b');
  expect(await run.ring()).toBe(HOUR / 2);
  await run.deleted('b');
  expect((await run.ledger()).steps).toMatchObject({ a: { state: 'kept' }, b: { state: 'deleted' } });
  expect(await outcome()).toBe('Deprovisioned');
});

test('a cancel gives up everything but what is protected, and closes as Cancelled', async () => {
  await owned([resolvedStep('a', { protect: true }), resolvedStep('b')]);
  await run.job({ what: 'cancel' });
  await run.deleted('b');
  expect(run.of('cancelled')).toHaveLength(1);
  expect(await run.ledger()).toMatchObject({ outcome: 'Cancelled', steps: { a: { state: 'kept' } } });
});

test('before it was provisioned, protection holds nothing back', async () => {
  run = await OneRun.of(isolates, resolvedPlan([resolvedStep('a', { protect: true }), resolvedStep('b')]));
  await run.created('a');
  await run.fails('k.b.create', 'NotFound', { sent: 'refused', resent: false });
  expect(calls().at(-1)).toBe('a.delete');
});

test('a look under way ends when the plan is given up', async () => {
  await owned([resolvedStep('a')]);
  await run.ring();
  await run.move('deprovision', who);
  expect(run.of('cancel-activity')).toHaveLength(1);
  await run.resolve('k.a.read', { failed: { is: 'cancelled', details: [] } });
  expect(calls().at(-1)).toBe('a.delete');
  expect((await run.ledger()).steps.a?.verified).toBeUndefined();
});

test('it continues as new after many looks, and the next run goes on owning', async () => {
  await owned([resolvedStep('a')], { ttlMs: 1000 * HOUR, verifyEveryMs: HOUR });
  while (run.of('continue').length === 0) {
    await run.ring();
    await looked('a');
  }
  expect(run.of('timer')).toHaveLength(80);
  const [next] = run.of('continue');
  const info = { runId: 'r2', originalRunId: 'r2', continuedFrom: 'r1' };
  run = await OneRun.with(isolates, next?.args ?? [], info, run.at);
  expect(run.of('local')).toEqual([]);
  expect(calls()).toEqual([]);
  expect(await run.ledger()).toMatchObject({ outcome: 'Provisioned', steps: { a: { state: 'live', id: 'id-a' } } });
  expect(await run.query('outputs')).toEqual({ a: { id: 'id-a' } });
  for (let hour = 80; hour < 999; hour++) {
    await run.ring();
    await looked('a');
    if (run.of('continue').length === 0) continue;
    run = await OneRun.with(isolates, run.of('continue')[0]?.args ?? [], info, run.at);
  }
  await run.ring();
  await run.deleted('a');
  expect(await outcome()).toBe('Deprovisioned');
});

test('a managed plan that a starter claims to have provisioned is not believed', async () => {
  const resolved = resolvedPlan([resolvedStep('a')], { managed: { verifyEveryMs: HOUR } });
  const steps = { a: { kind: 'k.a', connection: 'c', state: 'live', id: 'theirs' } };
  const carried = { plan: resolved, ledger: { plan: 'p', steps, moves: [] }, outputs: {}, traces: {}, failedUndos: {} };
  run = await OneRun.with(isolates, [
    { name: 'p', resources: {} },
    { ...carried, reset: false, provisionedAt: 1 },
  ]);
  expect(run.of('local')).toMatchObject([{ type: 'provisioner.resolvePlan' }]);
});

test('once it is given up for one reason, drift offers no other one', async () => {
  await owned([resolvedStep('a', { protect: true }), resolvedStep('b', { dependsOn: ['a'] })]);
  await run.ring();
  await looked('a', { verdict: 'missing', differences: [], compared: [] });
  await looked('b');
  await run.job({ what: 'cancel' });
  // It would be told as done, and what is protected would stay all the same.
  expect(await run.move('deprovision', { ...who, includeProtected: true })).toMatch(/^Not possible now: deprovision\./);
});

test('of what an operator kept in the place of what was made, the result tells the id that was named', async () => {
  await owned([resolvedStep('a')]);
  await run.move('deprovision', who);
  await run.fails('k.a.delete', 'AccessDenied', {}, 'no');
  await run.move('adopt', { ...who, step: 'a', id: 'other' });
  await run.resolve('k.a.adopt', { completed: { outputs: { id: 'other' }, adopted: true } });
  expect(run.of('complete')).toMatchObject([{ result: { a: { id: 'other' } } }]);
});

test('a ledger of as many steps as a plan may have, all of which differ in everything, can be handed on', async () => {
  const steps = Array.from({ length: 200 }, (_, index) => resolvedStep(`s${index}`));
  await owned(steps);
  await run.ring();
  const text = 'x'.repeat(200);
  const differences = Array.from({ length: 50 }, () => ({ field: text, planned: text, actual: text }));
  for (const { key } of steps) await looked(key, { verdict: 'differs', differences, compared: [] });
  const ledger = await run.ledger();
  expect(JSON.stringify(ledger).length).toBeLessThan(1_000_000);
  expect(ledger.steps.s0?.attention?.reason).toMatch(/ and 45 more$/);
});

test('what differed waits for nobody once the plan is given up', async () => {
  await owned();
  await run.ring();
  await looked('a', { verdict: 'missing', differences: [], compared: [] });
  await looked('b');
  await run.move('deprovision', who);
  expect((await run.ledger()).steps.a?.attention).toBeUndefined();
  expect(run.of('attributes').at(-1)?.fields).toEqual({ ProvisionerAttention: false });
});

test('a run that is reset while it owns looks at once, tells what is missing, and deletes nothing for it', async () => {
  const resolved = resolvedPlan(plain, { managed: { verifyEveryMs: HOUR } });
  const step = (key: string) => ({ kind: `k.${key}`, connection: 'c', state: 'live', id: `id-${key}` });
  const ledger = { plan: 'p', outcome: 'Provisioned', steps: { a: step('a'), b: step('b') }, moves: [] };
  const traces = { a: { id: 'id-a', resent: false, endedAt: 1 }, b: { id: 'id-b', resent: false, endedAt: 1 } };
  const carried = { plan: resolved, ledger, outputs: {}, traces, failedUndos: {}, reset: false, provisionedAt: 1 };
  const info = { runId: 'r3', originalRunId: 'r2', continuedFrom: 'r1' };
  run = await OneRun.with(isolates, [{ name: 'p', resources: {} }, carried], info);
  expect(calls()).toEqual(['a.read', 'b.read']);
  await looked('a', { verdict: 'missing', differences: [], compared: [] });
  await looked('b');
  expect(calls()).toEqual(['a.read', 'b.read']);
  expect(await run.ledger()).toMatchObject({
    outcome: 'Provisioned',
    steps: { a: { state: 'live', attention: { reason: 'is missing in its cloud' } }, b: { state: 'live' } },
  });
  expect(run.of('timer')).toMatchObject([{ ms: HOUR }]);
});
