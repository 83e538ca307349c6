/** A plan that has to be approved: nothing is created before a person said yes. */
import { expect, test } from 'vitest';
import { OneRun, resolvedPlan, resolvedStep, useIsolates } from '../support/one-run.js';

const isolates = useIsolates();
const who = { by: 'ann', why: 'budget agreed' };
const waiting = () => OneRun.of(isolates, resolvedPlan([resolvedStep('a')], { approval: true }));

test('a plan that needs approval waits for it, and says so', async () => {
  const run = await waiting();
  expect(run.of('activity')).toEqual([]);
  expect(run.of('timer')).toMatchObject([{ summary: 'PARKED: send update approve or reject' }]);
  expect((await run.ledger()).attention).toMatchObject({
    reason: 'waits for approval before its resource is created',
    moves: ['approve', 'reject'],
  });
  expect(run.of('attributes').at(-1)?.fields).toEqual({ ProvisionerAttention: true });
  expect(await run.page()).toContain('**The plan** waits for approval before its resource is created');
  await run.ring();
  expect(run.of('timer')).toHaveLength(2);
});

test('a plan that is approved is created, and waits for nobody any more', async () => {
  const run = await waiting();
  expect(await run.move('approve', who)).toBe('ann: approve (budget agreed)');
  expect(run.of('attributes').at(-1)?.fields).toEqual({ ProvisionerAttention: false });
  expect((await run.ledger()).attention).toBeUndefined();
  await run.created('a');
  expect(run.of('complete')).toHaveLength(1);
  expect((await run.ledger()).moves).toMatchObject([{ move: 'approve', ...who, result: 'done' }]);
});

test('a plan that is rejected closes as NotStarted, with who said so and why', async () => {
  const run = await waiting();
  await run.move('reject', who);
  expect(run.of('activity')).toEqual([]);
  expect(run.of('fail')).toMatchObject([
    {
      type: 'Rejected',
      message: 'Not started: Rejected by ann: budget agreed. Nothing was called.',
      details: [[{ path: '', message: 'rejected by ann: budget agreed' }], await run.ledger()],
    },
  ]);
  expect(await run.ledger()).toMatchObject({ outcome: 'NotStarted', moves: [{ move: 'reject', ...who }] });
});

test('of two words on a plan the first one counts', async () => {
  const run = await waiting();
  const update = (id: string, name: string) => ({ what: 'update', id, name, args: [who] }) as const;
  await run.job(update('u', 'reject'), update('v', 'approve'));
  expect(run.answerTo('v')).toMatch(/^Not possible now: approve/);
  expect(run.of('activity')).toEqual([]);
  expect(run.of('fail')).toMatchObject([{ type: 'Rejected' }]);
});

test('a plan that is rejected after a reset undoes what it made when it was approved before', async () => {
  const plan = resolvedPlan([resolvedStep('a')], { approval: true });
  const run = await OneRun.of(isolates, plan, {}, { runId: 'r2' });
  await run.move('reject', who);
  expect(run.of('fail')).toEqual([]);
  expect(run.of('activity')).toMatchObject([{ id: 'a.verify' }]);
  await run.resolve('k.a.verify', { completed: { by: 'r2', found: true, outputs: { id: 'id-a' } } });
  await run.deleted('a');
  expect((await run.ledger()).steps.a?.state).toBe('deleted');
});

test('a plan that is cancelled before it was approved made nothing', async () => {
  const run = await waiting();
  await run.job({ what: 'cancel' });
  expect(run.of('activity')).toEqual([]);
  expect(run.of('cancelled')).toHaveLength(1);
  expect((await run.ledger()).outcome).toBe('Cancelled');
});
