/** Creates that follow an attempt of which nobody knows what it did, and what each leaves for the next. */
import { expect, test } from 'vitest';
import { OneAttempt, OURS, refusal, SCHEDULED_AT, thing, WINDOW_MS } from '../support/one-attempt.js';

const facts = { provider: 'model', operation: 'model.thing.create', resent: false };
const theirs = (more: object = {}) => thing('t1', { description: 'not yours', ...more });
const duplicate = refusal({ type: 'AlreadyExists', retryable: false, duplicate: true });

/** An earlier request that may land for four more seconds; and one that cannot any more. */
const landing = { sent: 'unknown', resent: false, clearAt: SCHEDULED_AT + 4_000 };
const landed = { sent: 'unknown', resent: false, clearAt: SCHEDULED_AT };

function again(details: object, more: object = {}): OneAttempt {
  return new OneAttempt({ verb: 'create', duplicates: 'refused', number: 2, details, ...more });
}

test('a request that leaves while an earlier one may land says so, to the next attempt and in the result', async () => {
  const create = again(landing);
  await create.answers('List', []);
  expect(await create.door()).toMatchObject({ operation: 'Create' });
  expect(await create.leaves()).toStrictEqual({ sent: 'unknown', resent: true });
  await create.answers('Create', { id: 'x1' });
  expect(await create.leaves()).toStrictEqual({ sent: 'made', id: 'x1', resent: true });
  await create.answers('List', [thing('x1')]);
  expect(await create.result()).toStrictEqual({ outputs: { id: 'x1' }, adopted: false, resent: true });
});

test.each([
  ['can land no more', landed],
  ['was refused', { ...landing, sent: 'refused' }],
])('a request that leaves after one that %s stands alone', async (_what, details) => {
  const create = again(details);
  await create.answers('List', []);
  expect(await create.door()).toMatchObject({ operation: 'Create' });
  expect(await create.leaves()).toStrictEqual({ sent: 'unknown', resent: false });
});

test('what was sent beside an earlier request stays so, even where the next one stands alone', async () => {
  const create = again({ sent: 'refused', resent: true });
  await create.answers('List', []);
  expect(await create.door()).toMatchObject({ operation: 'Create' });
  expect(await create.leaves()).toStrictEqual({ sent: 'unknown', resent: true });
});

test('a request whose effect is unknown begins a new wait', async () => {
  const create = again(landed);
  await create.answers('List', []);
  await create.answers('Create', refusal({ type: 'ServiceTimeout', sent: 'unknown' }));
  expect(await create.failure()).toMatchObject({ type: 'ServiceTimeout', details: { sent: 'unknown' } });
  // The old time would let the next attempt send beside it.
  expect(await create.leaves()).toStrictEqual({ sent: 'unknown', resent: false });
});

test('a refusal does not take back what an earlier request may do, nor when', async () => {
  const create = again(landing);
  await create.answers('List', []);
  await create.answers('Create', refusal({ type: 'Throttling' }));
  expect(await create.failure()).toMatchObject({ type: 'Throttling', details: { sent: 'unknown', resent: true } });
  expect(await create.leaves()).toStrictEqual({ ...landing, resent: true });
});

test('a refusal that is no duplicate fails without another look', async () => {
  const create = new OneAttempt({ verb: 'create', duplicates: 'refused' });
  await create.answers('Create', refusal({ type: 'InvalidRequest', retryable: false }));
  expect(await create.failure()).toStrictEqual({
    type: 'InvalidRequest',
    message: 'the cloud says no',
    nonRetryable: true,
    details: { ...facts, operation: 'Create', sent: 'refused' },
  });
});

test('a duplicate that no list shows is no stranger as long as an earlier request may land', async () => {
  const create = again(landing);
  await create.answers('List', []);
  await create.answers('Create', duplicate);
  await create.answers('List', []);
  expect(await create.failure()).toMatchObject({ type: 'NotStabilized', nonRetryable: false });
  expect(await create.leaves()).toStrictEqual(landing);
});

test('a duplicate of a stranger is not failed for as long as an earlier request may land', async () => {
  const create = again(landing);
  await create.answers('List', []);
  await create.answers('Create', duplicate);
  await create.answers('List', [theirs()]);
  expect(await create.failure()).toMatchObject({
    type: 'OutcomeUnknown',
    nonRetryable: false,
    nextRetryDelay: 4_000,
  });
});

test('what is adopted is not noted as made, so that no undo takes it for ours', async () => {
  const create = again(landed, { step: { ifExists: 'adopt' } });
  await create.answers('List', [theirs({ status: 'pending' })]);
  expect(await create.leaves()).toStrictEqual(landed);
  await create.pauses();
  await create.answers('List', [theirs({ name: 'renamed meanwhile' })]);
  expect(await create.result()).toStrictEqual({ outputs: { id: 't1' }, adopted: true, resent: false });
  expect(await create.leaves()).toStrictEqual(landed);
});

test('an attempt that knows the id sends nothing, and finds it under whatever name', async () => {
  const create = again({ sent: 'made', id: 'x1', requestId: 'req-1', resent: false });
  await create.answers('List', []);
  expect(await create.pauses()).toBe(500);
  await create.answers('List', [thing('x2'), thing('x1', { name: 'renamed' })]);
  expect(await create.result()).toStrictEqual({
    outputs: { id: 'x1' },
    adopted: false,
    resent: false,
    requestId: 'req-1',
  });
});

test('a look-up names the id once it is known, and none before', async () => {
  const wanted: unknown[] = [];
  const found = [[], [thing('x1')]];
  const kind = {
    find: async (_cloud: unknown, asked: unknown) => {
      wanted.push(asked);
      return found[wanted.length - 1] ?? [];
    },
  };
  const create = again(landed, { kind });
  await create.answers('Create', { id: 'x1' });
  await create.result();
  const spec = { name: 'thing-a', description: OURS };
  expect(wanted).toStrictEqual([{ spec }, { spec, id: 'x1' }]);
});

test('a cancel ends the look before the send, and what was left stays known', async () => {
  const create = again(landing);
  await create.door();
  create.attempt.hear('asked');
  expect(await create.cancellation()).toStrictEqual({ ...facts, sent: 'unknown' });
  expect(await create.leaves()).toStrictEqual(landing);
});

test('a first attempt asks the fence while it looks, and no second time before it sends', async () => {
  const create = new OneAttempt({ verb: 'create' });
  expect(await create.waitsFor()).toEqual(['fence', 'List']);
  await create.answers('List', []);
  expect(await create.waitsFor()).toEqual(['Create']);
});

test('an attempt that may have to wait asks the fence only once it is about to send', async () => {
  const create = new OneAttempt({ verb: 'create', number: 2, details: landed });
  expect(await create.waitsFor()).toEqual(['List']);
  // Not by `answers`, which passes the fence.
  create.attempt.doors[0]?.answer([]);
  expect(await create.waitsFor()).toEqual(['fence']);
});

test('what fails between an early fence and the send says that nothing was sent', async () => {
  const kind = { create: () => Promise.reject(new Error('a defect')) };
  const create = new OneAttempt({ verb: 'create', kind });
  await create.answers('List', []);
  expect(await create.failure()).toMatchObject({ details: { sent: 'never' } });
  expect(await create.leaves()).toStrictEqual({ sent: 'never', resent: false });
});

test('what a kind reads before it creates is no accepted create', async () => {
  const kind = {
    create: async (cloud: { call(request: object): Promise<unknown> }) => {
      await cloud.call({ operation: 'List', effect: 'none', json: {} });
      return cloud.call({ operation: 'Create', effect: 'creates', json: {} });
    },
  };
  const create = new OneAttempt({ verb: 'create', duplicates: 'refused', kind: kind as never });
  await create.answers('List', []);
  await create.answers('Create', refusal({ type: 'InvalidRequest', retryable: false }));
  expect(await create.failure()).toMatchObject({ details: { sent: 'refused' } });
});

test('what a create answers without an id is made only once it is seen with our marker', async () => {
  const create = new OneAttempt({ verb: 'create', duplicates: 'refused' });
  await create.answers('Create', {});
  expect(await create.leaves()).toStrictEqual({ sent: 'unknown', resent: false });
  await create.answers('List', [theirs(), thing('x1', { status: 'pending' })]);
  expect(await create.leaves()).toStrictEqual({ sent: 'made', resent: false, id: 'x1' });
  await create.pauses();
  await create.answers('List', [theirs(), thing('x1')]);
  expect(await create.result()).toStrictEqual({ outputs: { id: 'x1' }, adopted: false, resent: false });
});

test('what came without an id and turns out broken is tried again, with the id it was seen with', async () => {
  const create = new OneAttempt({ verb: 'create', duplicates: 'refused' });
  await create.answers('Create', {});
  await create.answers('List', [thing('x1', { status: 'failed' })]);
  expect(await create.failure()).toMatchObject({ nonRetryable: false, details: { sent: 'made', id: 'x1' } });
});

test('a request id stays with what the attempt leaves', async () => {
  const kind = { create: async () => ({ id: 'x1', requestId: 'req-1' }) };
  const create = new OneAttempt({ verb: 'create', duplicates: 'refused', kind });
  expect(await create.leaves()).toStrictEqual({ sent: 'made', resent: false, id: 'x1', requestId: 'req-1' });
});

test.each([
  ['an answered id that no list shows yet', { id: 'x1' }, []],
  ['a resource that came without an id', {}, [thing('x1', { status: 'pending' })]],
])('a cancel returns %s, to be undone', async (_what, answer, seen) => {
  const create = new OneAttempt({ verb: 'create', duplicates: 'refused' });
  await create.answers('Create', answer);
  await create.door();
  create.attempt.hear('asked');
  await create.answers('List', seen);
  expect(await create.result()).toStrictEqual({ outputs: { id: 'x1' }, adopted: false, resent: false });
});

test('a cancel of what has no id and does not show ends as a cancel whose outcome is unknown', async () => {
  const create = new OneAttempt({ verb: 'create', duplicates: 'refused' });
  await create.answers('Create', {});
  await create.door();
  create.attempt.hear('asked');
  await create.answers('List', []);
  expect(await create.cancellation()).toStrictEqual({ ...facts, sent: 'unknown' });
});

test('what was made may show up to the last moment of the window, and not after it', async () => {
  const create = new OneAttempt({ verb: 'create', duplicates: 'refused' });
  await create.answers('Create', { id: 'x1' });
  await create.door();
  create.now = SCHEDULED_AT + WINDOW_MS;
  await create.answers('List', []);
  expect(await create.door()).toMatchObject({ at: 'pause' });
  await create.pauses();
  create.now = SCHEDULED_AT + WINDOW_MS + 1;
  await create.answers('List', []);
  expect(await create.failure()).toMatchObject({ type: 'NotStabilized', nonRetryable: true });
});

test('a description that the cloud emptied is an unmarked resource', async () => {
  const create = new OneAttempt({ verb: 'create', duplicates: 'refused' });
  await create.answers('Create', { id: 'x1' });
  await create.answers('List', [thing('x1', { description: '' })]);
  expect(await create.result()).toMatchObject({ unmarked: true });
});
