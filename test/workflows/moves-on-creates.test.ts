/** Operators' moves on a create that failed: what each does, what it is refused for, and what the ledger keeps of it. */
import { expect, test } from 'vitest';
import { OneRun, resolvedPlan, resolvedStep, useIsolates } from '../support/one-run.js';

const isolates = useIsolates();
let run: OneRun;

const who = { by: 'ann', why: 'ticket 7' };
const refused = { sent: 'refused', resent: false };
const unknown = { sent: 'unknown', resent: false };
const pair = resolvedPlan([resolvedStep('a'), resolvedStep('b', { dependsOn: ['a'] })], { onFailure: 'pause' });
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

/** The first step of two has failed, and waits. */
async function paused(details: object = refused): Promise<void> {
  run = await OneRun.of(isolates, pair, specs);
  await run.fails('k.a.create', 'ServiceLimitExceeded', details, 'quota');
}

test('retry makes a failed step again, and the plan goes on', async () => {
  await paused();
  expect(await step('a')).toMatchObject({ state: 'refused', attention: { reason: 'its create failed: quota' } });
  expect(await run.move('retry', { ...who, step: 'a' })).toBe('ann: retry a (ticket 7)');
  expect(await step('a')).toEqual({
    kind: 'k.a',
    connection: 'c',
    state: 'creating',
    since: '1970-01-01T00:16:40.000Z',
  });
  expect(run.of('attributes').at(-1)?.fields).toEqual({ ProvisionerAttention: false });
  // It was refused: nothing was made, so this attempt may send at once.
  expect(input('a.create')).toMatchObject({ originalRun: true });
  await run.created('a');
  await run.created('b');
  expect(run.of('complete')).toMatchObject([{ result: { a: { id: 'id-a' }, b: { id: 'id-b' } } }]);
  expect((await run.ledger()).moves).toEqual([
    { move: 'retry', step: 'a', ...who, at: '1970-01-01T00:16:40.000Z', result: 'done' },
  ]);
});

test('retry of a create that may have made something looks first', async () => {
  await paused({ ...unknown, id: 'x' });
  await run.move('retry', { ...who, step: 'a' });
  expect(input('a.create')).toMatchObject({ originalRun: false });
  await run.fails('k.a.create', 'NetworkFailure', unknown);
  await run.move('rollback', who);
  // The id that the first one was answered is still the one to delete by.
  expect(input('a.delete')).toMatchObject({ id: 'x' });
});

test('nothing new starts while a failed step waits, and everything does when it is decided', async () => {
  const steps = [resolvedStep('a'), resolvedStep('b'), resolvedStep('c', { dependsOn: ['b'] })];
  run = await OneRun.of(isolates, resolvedPlan(steps, { onFailure: 'pause' }));
  await run.fails('k.a.create', 'NotFound', refused);
  await run.created('b');
  expect(calls()).toEqual(['a.create', 'b.create']);
  await run.move('skip', { ...who, step: 'a', outputs: { id: 'mine' } });
  expect(calls()).toEqual(['a.create', 'b.create', 'c.create']);
});

test('a cancel while steps wait for another to be decided undoes what is live', async () => {
  const steps = [resolvedStep('a'), resolvedStep('b'), resolvedStep('c', { dependsOn: ['b'] })];
  run = await OneRun.of(isolates, resolvedPlan(steps, { onFailure: 'pause' }));
  await run.fails('k.a.create', 'NotFound', refused);
  await run.created('b');
  await run.job({ what: 'cancel' });
  expect(calls()).toEqual(['a.create', 'b.create', 'b.delete']);
  await run.deleted('b');
  expect(run.of('cancelled')).toHaveLength(1);
});

test('adopt lets a resource stand for the step after a look, and a rollback keeps it', async () => {
  await paused();
  expect(await run.move('adopt', { ...who, step: 'a', id: 'ws-1' }, 'u')).toBeUndefined();
  expect(run.of('activity').at(-1)).toMatchObject({ id: 'a.adopt', type: 'k.a.adopt', summary: 'adopt a' });
  expect(input('a.adopt')).toMatchObject({ id: 'ws-1', uncertain: false, owner: { step: 'a', runId: 'r1' } });
  const outputs = { id: 'ws-1', name: 'n' };
  await run.resolve('k.a.adopt', { completed: { outputs, adopted: true } });
  expect(run.answerTo('u')).toBe('ann: adopt a (ticket 7)');
  expect(await step('a')).toEqual({
    kind: 'k.a',
    connection: 'c',
    state: 'live',
    since: '1970-01-01T00:16:40.000Z',
    id: 'ws-1',
    adopted: true,
  });
  expect(input('b.create')).toMatchObject({ spec: { in: 'n' } });
  await run.fails('k.b.create', 'NotFound', refused);
  await run.move('rollback', who);
  expect(run.of('fail')).toMatchObject([{ type: 'RolledBack', cause: { type: 'NotFound' } }]);
  expect(await step('a')).toMatchObject({ state: 'kept', adopted: true });
});

test('adopt of what our own create made is ours, and a rollback deletes it', async () => {
  await paused(unknown);
  run.at += 7_000;
  await run.move('adopt', { ...who, step: 'a', id: 'ws-1' });
  // Something of ours may still turn up beside it: the window counts from the end of the create.
  expect(input('a.adopt')).toMatchObject({ uncertain: true, since: 1_000_000 });
  await run.resolve('k.a.adopt', { completed: { outputs: { id: 'ws-1' }, adopted: false } });
  await run.fails('k.b.create', 'NotFound', refused);
  await run.move('rollback', who);
  expect(input('a.delete')).toMatchObject({ id: 'ws-1', resent: false });
});

test('an adopt that the cloud speaks against fails with its reason, and changes nothing', async () => {
  await paused();
  const before = await step('a');
  await run.move('adopt', { ...who, step: 'a', id: 'ws-1' }, 'u');
  await run.fails('k.a.adopt', 'NotFound', {}, 'no workspace of that id and scope is there');
  expect(run.answerTo('u')).toBe('no workspace of that id and scope is there. Nothing was changed.');
  expect(await step('a')).toEqual(before);
  expect((await run.ledger()).moves).toMatchObject([
    { move: 'adopt', id: 'ws-1', result: 'failed', error: expect.stringContaining('no workspace of that id') },
  ]);
  const answer = run.of('update').at(-1);
  expect(answer).toMatchObject({ failure: { type: 'MoveRefused', nonRetryable: true, stackTrace: '' } });
});

test('skip goes on with the outputs that it was given, and what it stands for is never deleted', async () => {
  await paused();
  expect(await run.move('skip', { ...who, step: 'a', outputs: { id: 'x' } })).toBe(
    'outputs must hold name: other steps refer to it.',
  );
  await run.move('skip', { ...who, step: 'a', outputs: { id: 'x', name: 'n' } });
  expect(calls()).toEqual(['a.create', 'b.create']);
  expect(input('b.create')).toMatchObject({ spec: { in: 'n' } });
  await run.created('b');
  expect(run.of('complete')).toMatchObject([{ result: { a: { id: 'x', name: 'n' }, b: { id: 'id-b' } } }]);
  expect(await step('a')).toMatchObject({ state: 'live', id: 'x', adopted: true, skipped: true });
});

test('skip of a create that may have made something first looks that it did not', async () => {
  await paused(unknown);
  await run.move('skip', { ...who, step: 'a', outputs: { id: 'x', name: 'n' } }, 'u');
  expect(input('a.adopt')).toMatchObject({ uncertain: true });
  expect(input('a.adopt')).not.toHaveProperty('id');
  await run.fails('k.a.adopt', 'AlreadyExists', {}, 'this step made ws-1');
  expect(run.answerTo('u')).toBe('this step made ws-1. Nothing was changed.');
  expect(await step('a')).toMatchObject({ state: 'uncertain' });
  await run.move('skip', { ...who, step: 'a', outputs: { id: 'x', name: 'n' } }, 'v');
  await run.resolve('k.a.adopt', { completed: {} });
  expect(run.answerTo('v')).toBe('ann: skip a (ticket 7)');
  expect(await step('a')).toMatchObject({ state: 'live', skipped: true });
});

test('rollback undoes everything, and the step that failed first is its cause', async () => {
  const steps = [resolvedStep('a'), resolvedStep('b'), resolvedStep('c')];
  run = await OneRun.of(isolates, resolvedPlan(steps, { onFailure: 'pause' }));
  await run.created('a');
  await run.fails('k.c.create', 'Throttling', refused, 'slow down');
  run.at += 1;
  await run.fails('k.b.create', 'NotFound', refused, 'no network');
  expect(await run.move('rollback', who)).toBe('ann: rollback (ticket 7)');
  await run.deleted('a');
  expect(run.of('fail')[0]).toMatchObject({
    message: expect.stringContaining('c failed'),
    cause: { type: 'Throttling' },
  });
});

test('a cancel while a move asks the cloud does not stop the question, and decides over the step', async () => {
  await paused(unknown);
  await run.move('adopt', { ...who, step: 'a', id: 'ws-1' }, 'u');
  await run.job({ what: 'cancel' });
  expect(run.of('cancel-activity')).toEqual([]);
  // The undo of the step waits for its turn.
  expect(calls()).toEqual(['a.create', 'a.adopt']);
  await run.resolve('k.a.adopt', { completed: { outputs: { id: 'ws-1' }, adopted: true } });
  expect(run.answerTo('u')).toBe('The plan is being undone meanwhile. Nothing was changed.');
  expect(calls()).toEqual(['a.create', 'a.adopt', 'a.delete']);
  await run.deleted('a');
  expect(run.of('cancelled')).toHaveLength(1);
});

test('moves on one step take turns, and the second is judged by what the first has done', async () => {
  await paused();
  await run.move('adopt', { ...who, step: 'a', id: 'ws-1' }, 'u');
  expect(await run.move('retry', { ...who, by: 'bob', step: 'a' }, 'v')).toBeUndefined();
  await run.resolve('k.a.adopt', { completed: { outputs: { id: 'ws-1', name: 'n' }, adopted: true } });
  expect(run.answerTo('u')).toBe('ann: adopt a (ticket 7)');
  expect(run.answerTo('v')).toMatch(/^Not possible now: retry a: a is live\. Possible: nothing/);
  expect((await run.ledger()).moves.map(({ by, result }) => [by, result])).toEqual([
    ['ann', 'done'],
    ['bob', 'failed'],
  ]);
});

test('two moves in one task cannot both decide over a step', async () => {
  await paused();
  const move = (id: string, name: string, more: object) =>
    ({ what: 'update', id, name, args: [{ ...who, step: 'a', ...more }] }) as const;
  await run.job(move('u', 'retry', {}), move('v', 'adopt', { id: 'ws-1' }));
  expect(run.answerTo('u')).toBe('ann: retry a (ticket 7)');
  expect(run.answerTo('v')).toMatch(/^Not possible now: adopt a/);
  expect(calls()).toEqual(['a.create', 'a.create']);
});

test('what follows a rollback in the same task is refused', async () => {
  await paused();
  const update = (id: string, name: string, more: object = {}) =>
    ({ what: 'update', id, name, args: [{ ...who, ...more }] }) as const;
  await run.job(update('u', 'rollback'), update('v', 'retry', { step: 'a' }), update('w', 'rollback'));
  expect(run.answerTo('u')).toBe('ann: rollback (ticket 7)');
  expect(run.answerTo('v')).toMatch(/^Not possible now: retry a/);
  expect(run.answerTo('w')).toMatch(/^Not possible now: rollback/);
  expect(run.of('fail')).toMatchObject([{ type: 'RolledBack' }]);
});

test('a move before the plan is checked is refused with what to do', async () => {
  run = await OneRun.start(isolates, { name: 'p', resources: {} });
  expect(await run.move('rollback', who)).toBe('The plan is not checked yet; send it again in a moment.');
});

test('a move that is not possible says what is, and leaves no trace', async () => {
  await paused();
  const possible = 'Possible: retry a, adopt a, skip a, rollback.';
  expect(await run.move('retry', { ...who, step: 'b' })).toBe(`Not possible now: retry b: b is planned. ${possible}`);
  expect(await run.move('abandon', { ...who, step: 'a', confirm: 'a' })).toBe(
    `Not possible now: abandon a: a is refused. ${possible}`,
  );
  expect(await run.move('approve', who)).toBe(`Not possible now: approve. ${possible}`);
  expect(await run.move('retry', { ...who, step: 'x' })).toBe('There is no such step; steps: a, b.');
  expect(await run.move('retry', { step: 'a', by: '', why: 'w' })).toBe('retry: by: required: 1 to 100 characters');
  expect(run.of('update').every((answer) => answer.is === 'rejected')).toBe(true);
  const last = run.of('update').at(2);
  expect(last?.is === 'rejected' && last.failure.details).toMatchObject([
    {
      possible: [
        { move: 'retry', step: 'a' },
        { move: 'adopt', step: 'a' },
        { move: 'skip', step: 'a' },
        { move: 'rollback' },
      ],
    },
  ]);
  expect((await run.ledger()).moves).toEqual([]);
});

test('a look for what stands for a step is told what its own create answered', async () => {
  await paused({ ...unknown, id: 'own' });
  await run.move('skip', { ...who, step: 'a', outputs: { id: 'mine', name: 'n' } });
  expect(input('a.adopt')).toMatchObject({ made: 'own' });
});

test('a cancel while the cloud is asked for a skip decides over the step, and the skip is told so', async () => {
  await paused(unknown);
  await run.move('skip', { ...who, step: 'a', outputs: { id: 'mine', name: 'n' } }, 'u');
  await run.job({ what: 'cancel' });
  await run.resolve('k.a.adopt', { completed: {} });
  expect(run.answerTo('u')).toBe('The plan is being undone meanwhile. Nothing was changed.');
  expect(calls().at(-1)).toBe('a.delete');
  await run.deleted('a');
  expect((await run.ledger()).steps.a).toMatchObject({ state: 'deleted' });
});

test('a skip in a run that was reset looks first, whatever its history says of the create', async () => {
  run = await OneRun.of(isolates, pair, specs, { runId: 'r2', originalRunId: 'r1' });
  await run.fails('k.a.create', 'ServiceLimitExceeded', refused, 'quota');
  await run.move('skip', { ...who, step: 'a', outputs: { id: 'mine', name: 'n' } }, 'u');
  expect(run.of('activity').at(-1)).toMatchObject({ id: 'a.adopt', args: [{ uncertain: true }] });
  expect(await step('a')).toMatchObject({ state: 'refused' });
});

test('an operator’s id that no address can hold stands for the step, and the run goes on', async () => {
  const linked = resolvedPlan([resolvedStep('a', { console: 'https://a.example/{id}' })], { onFailure: 'pause' });
  run = await OneRun.of(isolates, linked, { a: specs.a });
  await run.fails('k.a.create', 'ServiceLimitExceeded', refused, 'quota');
  expect(await run.move('skip', { ...who, step: 'a', outputs: { id: 'half \ud800' } })).toBe('ann: skip a (ticket 7)');
  expect(run.of('complete')).toHaveLength(1);
});
