/** A long-parked undo goes on in a new run: when it does, what it hands over, and whom the new run believes. */
import { expect, test } from 'vitest';
import type { Carried } from '../../contract/steps.js';
import type { RunInfo } from '../../testing/explorer/workflow-protocol.js';
import { OneRun, resolvedPlan, resolvedStep, useIsolates } from '../support/one-run.js';

const isolates = useIsolates();
let run: OneRun;

const pair = resolvedPlan([resolvedStep('a'), resolvedStep('b'), resolvedStep('c', { dependsOn: ['a', 'b'] })]);
const plan = { name: 'p', resources: {} };
const cause = { type: 'NotFound', message: 'no network', provider: 'model' } as const;
const step = (key: string) => ({ kind: `k.${key}`, connection: 'c' });

function carried(more: Partial<Carried> = {}): Carried {
  return {
    plan: resolvedPlan([resolvedStep('a')]),
    ledger: { plan: 'p', steps: { a: { ...step('a'), state: 'deleting', id: 'id-a' } }, moves: [] },
    outputs: { a: { id: 'id-a' } },
    traces: { a: { id: 'id-a', resent: false, endedAt: 5 } },
    failedUndos: {},
    stop: { by: 'failure', step: 'b', cause },
    reset: false,
    ...more,
  };
}

const continued = (given: Carried, info: Partial<RunInfo> = {}) =>
  OneRun.with(isolates, [plan, given], { runId: 'r2', originalRunId: 'r2', continuedFrom: 'r1', ...info });

const calls = () => run.of('activity').map(({ id }) => id);

test('a parked undo continues as new when its wait is over, and not while another delete is under way', async () => {
  run = await OneRun.of(isolates, pair);
  await run.created('a');
  await run.created('b');
  await run.fails('k.c.create', 'NotFound', { sent: 'refused', resent: false }, 'no network');
  await run.fails('k.a.delete', 'NotEmpty', {}, 'tables inside');
  expect(run.of('timer')).toMatchObject([{ ms: 60_000, summary: 'PARKED a: send update retry or abandon' }]);
  run.continueAsNewSuggested = true;
  await run.ring();
  expect(run.of('continue')).toEqual([]);
  expect(calls().slice(3)).toEqual(['b.delete', 'a.delete']);
  const ledger = await run.ledger();
  await run.deleted('b');
  const [next] = run.of('continue');
  expect(next?.args).toEqual([
    plan,
    {
      plan: pair,
      ledger: {
        ...ledger,
        steps: {
          ...ledger.steps,
          b: { ...step('b'), state: 'deleted', since: expect.any(String), id: 'id-b' },
        },
      },
      outputs: { a: { id: 'id-a' }, b: { id: 'id-b' } },
      traces: {
        a: { id: 'id-a', resent: false, endedAt: 1_000_000 },
        b: { id: 'id-b', resent: false, endedAt: 1_000_000 },
        c: { resent: false, endedAt: 1_000_000 },
      },
      failedUndos: { a: 1 },
      stop: { by: 'failure', step: 'c', cause },
      reset: false,
    },
  ]);
  expect(calls()).toHaveLength(5);
});

test('a run that was reset hands on that it was, and that it was cancelled', async () => {
  run = await OneRun.start(isolates, plan, { runId: 'r2' });
  await run.job({ what: 'cancel' });
  const resolved = JSON.parse(JSON.stringify(resolvedPlan([resolvedStep('a'), resolvedStep('b')])));
  await run.resolve('provisioner.resolvePlan', { completed: { plan: resolved } });
  run.continueAsNewSuggested = true;
  await run.resolve('k.a.verify', { completed: { by: 'r2', found: true, outputs: { id: 'id-a' } } });
  expect(run.of('continue')).toEqual([]);
  run.continueAsNewSuggested = false;
  await run.resolve('k.b.verify', { completed: { by: 'r2', found: false } });
  await run.fails('k.a.delete', 'NotEmpty', {});
  expect(run.of('continue')).toEqual([]);
  run.continueAsNewSuggested = true;
  await run.ring();
  expect(run.of('continue')[0]?.args[1]).toMatchObject({ reset: true, stop: { by: 'cancel' } });
  expect(calls()).toEqual(['a.verify', 'b.verify', 'a.delete']);
});

test('a continued run resolves nothing again, and goes on where the one before was', async () => {
  const attention = { reason: 'cannot be undone', since: 'S', moves: [] };
  const ledger = carried().ledger;
  const parked = { ...ledger, steps: { a: { ...ledger.steps.a, attention } } } as Carried['ledger'];
  run = await continued(carried({ ledger: parked, failedUndos: { a: 3 } }));
  expect(run.of('local')).toEqual([]);
  expect((await run.ledger()).steps.a?.attention).toEqual(attention);
  expect(run.of('attributes')).toEqual([]);
  expect(await run.ring()).toBe(4 * 60_000);
  expect(run.of('activity')).toMatchObject([
    { id: 'a.delete', args: [{ id: 'id-a', resent: false, createEndedAt: 5 }] },
  ]);
  await run.fails('k.a.delete', 'NotEmpty', {}, 'tables inside');
  expect(await run.ring()).toBe(8 * 60_000);
  await run.deleted('a');
  expect(run.of('fail')).toMatchObject([{ type: 'RolledBack', cause: { message: 'no network' } }]);
});

test('what is at its end stays there, and what was abandoned is what the run closes with', async () => {
  const resolved = resolvedPlan(['a', 'kept', 'gone', 'left', 'never'].map((key) => resolvedStep(key)));
  const steps = {
    a: { ...step('a'), state: 'deleting' },
    kept: { ...step('kept'), state: 'kept', adopted: true },
    gone: { ...step('gone'), state: 'deleted' },
    left: { ...step('left'), state: 'abandoned' },
    never: { ...step('never'), state: 'planned' },
  } as const;
  run = await continued(carried({ plan: resolved, ledger: { plan: 'p', steps, moves: [] } }));
  expect(calls()).toEqual(['a.delete']);
  await run.deleted('a');
  expect(run.of('fail')).toMatchObject([
    {
      type: 'Abandoned',
      message: 'Abandoned: left may be alive. An operator let go. Next: look at the cloud console, delete by hand.',
      details: [await run.ledger()],
      cause: { message: 'no network' },
    },
  ]);
  expect((await run.ledger()).outcome).toBe('Abandoned');
});

test('of a create that left no trace, anything may be there as of now', async () => {
  const kept = resolvedStep('r', { retain: true });
  const steps = { ...carried().ledger.steps, r: { ...step('r'), state: 'uncertain' } } as const;
  const given = { plan: resolvedPlan([resolvedStep('a'), kept]), ledger: { plan: 'p', steps, moves: [] }, traces: {} };
  run = await continued(carried(given));
  expect(run.of('activity').map(({ id, args: [input] }) => [id, input])).toEqual([
    ['r.verify', expect.objectContaining({ since: 1_000_000 })],
    ['a.delete', expect.objectContaining({ resent: true, createEndedAt: 1_000_000 })],
  ]);
});

test('behind a run that was reset, what is undone is looked for once more, and the next run is told too', async () => {
  run = await continued(carried({ reset: true }));
  await run.fails('k.a.delete', 'NotEmpty', {});
  run.continueAsNewSuggested = true;
  await run.ring();
  expect(run.of('continue')[0]?.args[1]).toMatchObject({ reset: true });
  run = await continued(carried({ reset: true }));
  await run.deleted('a');
  expect(calls()).toEqual(['a.delete', 'a.verify']);
  await run.resolve('k.a.verify', { completed: { by: 'r2', found: false } });
  expect(run.of('fail')).toHaveLength(1);
});

test('a run that continues a cancelled one cancels itself when all is undone, until the server hears it', async () => {
  run = await continued(carried({ stop: { by: 'cancel' } }));
  await run.deleted('a');
  expect(run.of('memo')).toEqual([{ do: 'memo', fields: { ledger: await run.ledger() } }]);
  expect(run.of('local')).toMatchObject([{ type: 'provisioner.cancel', args: [] }]);
  await run.fails('provisioner.cancel', 'Error', {}, 'no server');
  expect(await run.ring()).toBe(10_000);
  expect(run.of('local')).toHaveLength(2);
  await run.resolve('provisioner.cancel', { completed: null });
  expect(run.of('cancelled')).toEqual([]);
  await run.job({ what: 'cancel' });
  expect(run.of('cancelled')).toHaveLength(1);
});

test('a ledger that a starter hands over is not believed', async () => {
  run = await OneRun.with(isolates, [plan, carried()]);
  expect(run.of('local')).toMatchObject([{ type: 'provisioner.resolvePlan' }]);
  expect(calls()).toEqual([]);
});

test('a run that continues another without a ledger resolves its plan', async () => {
  run = await OneRun.with(isolates, [plan], { continuedFrom: 'r0' });
  expect(run.of('local')).toMatchObject([{ type: 'provisioner.resolvePlan' }]);
});

test.each([
  [{ executionTimeoutMs: 1 }, 'a workflow execution time-out'],
  [{ runTimeoutMs: 1 }, 'a workflow run time-out'],
  [{ cronSchedule: '* * * * *' }, 'a cron schedule'],
  [{ retryPolicy: { maximumAttempts: 2 } }, 'a workflow retry policy'],
])(
  'with %j a run before it may be the starter’s own, and what it hands over is not believed',
  async (limits, words) => {
    run = await continued(carried(), { limits });
    expect(run.of('local')[0]?.args[1]).toEqual({ firstRunId: 'r1', killers: [words] });
    expect(calls()).toEqual([]);
  },
);
