/** Operators' moves on an undo that cannot go on: tried at once, kept, or let go of; and none is lost when the run goes on. */
import { expect, test } from 'vitest';
import { OneRun, resolvedPlan, resolvedStep, useIsolates } from '../support/one-run.js';

const isolates = useIsolates();
let run: OneRun;

const who = { by: 'ann', why: 'ticket 7' };
const refused = { sent: 'refused', resent: false };
const specs = {
  a: { kind: 'k.a', connection: 'c', spec: {} },
  b: { kind: 'k.b', connection: 'c', spec: { in: { $ref: 'a.name' } } },
};

const calls = () => run.of('activity').map(({ id }) => id);
const input = (id: string) =>
  run
    .of('activity')
    .findLast((call) => call.id === id)
    ?.args.at(0);
const step = async (key: string) => (await run.ledger()).steps[key];

/** The undo of the first step of two has failed, and waits. */
async function parked(steps = [resolvedStep('a', { name: 'orders' }), resolvedStep('b')]): Promise<void> {
  run = await OneRun.of(isolates, resolvedPlan(steps), specs);
  await run.created('a');
  await run.fails('k.b.create', 'NotFound', refused, 'no network');
  await run.fails('k.a.delete', 'NotEmpty', { requestId: 'req-9' }, 'tables inside');
}

test('retry of a parked undo tries at once, and its next wait is as short as the first', async () => {
  await parked();
  expect(await step('a')).toMatchObject({
    attention: { moves: ['retry', 'adopt', 'abandon'], requestId: 'req-9' },
  });
  await run.ring();
  await run.fails('k.a.delete', 'NotEmpty', {}, 'tables inside');
  expect(await run.move('retry', { ...who, step: 'a' })).toBe('ann: retry a (ticket 7)');
  expect(run.of('cancel-timer')).toHaveLength(1);
  expect(calls().filter((id) => id === 'a.delete')).toHaveLength(3);
  await run.fails('k.a.delete', 'NotEmpty', {}, 'tables inside');
  expect(await run.ring()).toBe(60_000);
  await run.deleted('a');
  expect(run.of('fail')).toMatchObject([{ type: 'RolledBack' }]);
});

test('abandon wants the name of what may stay alive, and the run closes as Abandoned', async () => {
  await parked();
  expect(await run.move('abandon', { ...who, step: 'a', confirm: 'order' })).toBe(
    'To abandon a, which may stay alive, set confirm to its name: orders.',
  );
  expect(await run.move('abandon', { ...who, step: 'a', confirm: 'orders' })).toBe('ann: abandon a (ticket 7)');
  expect(run.of('fail')).toMatchObject([
    {
      type: 'Abandoned',
      message: 'Abandoned: a may be alive. Tables inside. Next: look at the cloud console, delete by hand.',
      cause: { type: 'NotFound', message: 'no network' },
    },
  ]);
  expect(await step('a')).toMatchObject({ state: 'abandoned', id: 'id-a', cause: { message: 'tables inside' } });
});

test('abandon after a cancel closes as Abandoned, for a Cancelled close would say that nothing is left', async () => {
  run = await OneRun.of(isolates, resolvedPlan([resolvedStep('a')]), specs);
  await run.job({ what: 'cancel' });
  await run.created('a');
  await run.fails('k.a.delete', 'NotEmpty', {}, 'tables inside');
  await run.move('abandon', { ...who, step: 'a', confirm: 'id-a' });
  expect(run.of('fail')).toMatchObject([{ type: 'Abandoned', cause: { type: 'NotEmpty' } }]);
  expect(run.of('cancelled')).toEqual([]);
});

test('abandon while an undo is being tried waits for it, and is refused when it worked', async () => {
  await parked();
  await run.ring();
  expect(await run.move('abandon', { ...who, step: 'a', confirm: 'orders' }, 'u')).toBeUndefined();
  await run.deleted('a');
  expect(run.answerTo('u')).toMatch(/^Not possible now: abandon a: a is deleted/);
  expect(run.of('fail')).toMatchObject([{ type: 'RolledBack' }]);
  expect(run.commands.findLastIndex(({ do: what }) => what === 'update')).toBeLessThan(
    run.commands.findIndex(({ do: what }) => what === 'fail'),
  );
});

test('adopt in an undo keeps what cannot be deleted, once it was seen', async () => {
  await parked();
  await run.move('adopt', { ...who, step: 'a', id: 'id-a' }, 'u');
  await run.resolve('k.a.adopt', { completed: { outputs: { id: 'id-a' }, adopted: false } });
  expect(run.answerTo('u')).toBe('ann: adopt a (ticket 7)');
  expect(await step('a')).toEqual({
    kind: 'k.a',
    connection: 'c',
    state: 'kept',
    since: '1970-01-01T00:16:40.000Z',
    id: 'id-a',
    adopted: true,
  });
  expect(run.of('fail')[0]?.message).toContain('Undone 0 of 0, 1 kept.');
});

test('adopt in an undo waits until no delete of ours can land any more', async () => {
  await parked();
  run.at += 7_000;
  await run.move('adopt', { ...who, step: 'a', id: 'id-a' });
  // Nobody knows when the last delete left: the window counts from the question.
  expect(input('a.adopt')).toMatchObject({ uncertain: true, since: 1_007_000 });
});

test('an undo that is due while an adopt asks the cloud waits for the answer', async () => {
  await parked();
  await run.move('adopt', { ...who, step: 'a', id: 'id-a' }, 'u');
  await run.ring();
  expect(calls().filter((id) => id === 'a.delete')).toHaveLength(1);
  await run.resolve('k.a.adopt', { completed: { outputs: { id: 'id-a' }, adopted: false } });
  expect(calls().filter((id) => id === 'a.delete')).toHaveLength(1);
  expect(run.of('fail')).toMatchObject([{ type: 'RolledBack' }]);
});

test('what lies in something that is still to be deleted cannot be kept', async () => {
  // It lies in what it refers to; another step it may only have to wait for.
  for (const [spec, moves] of [
    [{ in: { $ref: 'a.id' } }, ['retry', 'abandon']],
    [{}, ['retry', 'adopt', 'abandon']],
  ] as const) {
    run = await OneRun.of(isolates, resolvedPlan([resolvedStep('a'), resolvedStep('b', { dependsOn: ['a'] })]), {
      ...specs,
      b: { ...specs.b, spec },
    });
    await run.created('a');
    await run.job({ what: 'cancel' });
    await run.created('b');
    await run.fails('k.b.delete', 'NotEmpty', {});
    expect((await step('b'))?.attention?.moves).toEqual(moves);
    const said = await run.move('adopt', { ...who, step: 'b', id: 'id-b' });
    if (!moves.some((move) => move === 'adopt')) {
      expect(said).toBe('Not possible now: adopt b: b is deleting. Possible: retry b, abandon b.');
    }
  }
});

test('moves are handed on when the run continues as new, and none is lost on the way', async () => {
  await parked();
  await run.move('retry', { ...who, step: 'a' });
  run.continueAsNewSuggested = true;
  await run.fails('k.a.delete', 'NotEmpty', {}, 'tables inside');
  expect(run.of('continue')[0]?.args[1]).toMatchObject({
    ledger: { moves: [{ move: 'retry', step: 'a', ...who, result: 'done' }] },
  });
});

test('a run that has to continue as new waits for the answer to a move', async () => {
  await parked();
  await run.move('adopt', { ...who, step: 'a', id: 'x' }, 'u');
  run.continueAsNewSuggested = true;
  await run.ring();
  expect(run.of('continue')).toEqual([]);
  await run.fails('k.a.adopt', 'NotFound', {}, 'no such thing');
  expect(run.answerTo('u')).toBe('no such thing. Nothing was changed.');
  expect(run.of('continue')).toHaveLength(1);
});
