import { expect, test } from 'vitest';
import { SEND_WINDOW_MS } from '../../activities/policies.js';
import { formatMarker } from '../../contract/marker.js';
import { OneAttempt, owner, refusal, SCHEDULED_AT, thing, WINDOW_MS } from '../support/one-attempt.js';

const input = { id: 'x1', resent: false, createEndedAt: SCHEDULED_AT };

test('what is there is deleted, looked for again, and counted once', async () => {
  const kind = { delete: async () => ({ requestId: 'req-1' }) };
  const undo = new OneAttempt({ verb: 'delete', input, kind });
  await undo.answers('List', [thing('x1')]);
  await undo.answers('List', []);
  expect(await undo.result()).toEqual({ deleted: 1, requestId: 'req-1' });
});

test('what is still there right after its delete is looked for again after a pause', async () => {
  const kind = { delete: async () => ({ requestId: 'req-1' }) };
  const undo = new OneAttempt({ verb: 'delete', input, kind });
  await undo.answers('List', [thing('x1')]);
  await undo.answers('List', [thing('x1')]);
  expect(await undo.pauses()).toBe(500);
  await undo.answers('List', []);
  expect(await undo.result()).toEqual({ deleted: 1, requestId: 'req-1' });
});

test('a delete leaves only while what the server said of its attempt holds', async () => {
  const undo = new OneAttempt({ verb: 'delete', input });
  await undo.answers('List', [thing('x1')]);
  const sendBefore = SCHEDULED_AT + SEND_WINDOW_MS;
  expect(await undo.door()).toMatchObject({ at: 'request', operation: 'Delete', sendBefore });
});

test('a stranger of the same name is not ours to delete', async () => {
  const undo = new OneAttempt({ verb: 'delete', input: { ...input, createEndedAt: 0 } });
  await undo.answers('List', [thing('t1', { description: 'not yours' })]);
  expect(await undo.result()).toEqual({ deleted: 0 });
});

test('a delete of what is gone by then counts as done', async () => {
  const undo = new OneAttempt({ verb: 'delete', input });
  await undo.answers('List', [thing('x1')]);
  await undo.answers('Delete', refusal({ type: 'NotFound', retryable: false }));
  await undo.answers('List', []);
  expect(await undo.result()).toEqual({ deleted: 1 });
});

test('a delete that the cloud refuses fails with its words and our operation', async () => {
  const undo = new OneAttempt({ verb: 'delete', input });
  await undo.answers('List', [thing('x1')]);
  await undo.answers('Delete', refusal({ type: 'NotEmpty', retryable: false, operation: 'Delete' }));
  expect(await undo.failure()).toEqual({
    type: 'NotEmpty',
    message: 'the cloud says no',
    nonRetryable: true,
    details: { provider: 'model', operation: 'Delete' },
  });
});

test('what nobody foresaw names the operation that it happened in', async () => {
  const kind = { delete: () => Promise.reject(new Error('a defect')) };
  const undo = new OneAttempt({ verb: 'delete', input, kind });
  await undo.answers('List', [thing('x1')]);
  expect(await undo.failure()).toMatchObject({ details: { provider: 'model', operation: 'model.thing.delete' } });
});

test('what was asked to go is asked again only after half a minute', async () => {
  const undo = new OneAttempt({ verb: 'delete', input });
  await undo.answers('List', [thing('x1')]);
  await undo.answers('Delete', {});
  await undo.answers('List', [thing('x1')]);
  while (undo.now - SCHEDULED_AT < 30_000) {
    await undo.pauses();
    await undo.answers('List', [thing('x1')]);
  }
  await undo.answers('Delete', {});
  await undo.answers('List', []);
  expect(await undo.result()).toEqual({ deleted: 1 });
});

test('what is on its way out is not asked, and does not count as deleted here', async () => {
  const undo = new OneAttempt({ verb: 'delete', input });
  await undo.answers('List', [thing('x1', { status: 'deleting' })]);
  await undo.pauses();
  await undo.answers('List', []);
  expect(await undo.result()).toEqual({ deleted: 0 });
});

test('what does not go within ten minutes fails the attempt, to be tried again', async () => {
  const undo = new OneAttempt({ verb: 'delete', input });
  while (undo.now - SCHEDULED_AT <= 600_000) {
    await undo.answers('List', [thing('x1', { status: 'deleting' })]);
    await undo.pauses();
  }
  await undo.answers('List', [thing('x1', { status: 'deleting' })]);
  expect(await undo.failure()).toEqual({
    type: 'NotStabilized',
    message: 'the delete was accepted, but the resource is still there',
    nonRetryable: false,
    details: { provider: 'model', operation: 'model.thing.delete' },
  });
});

test('what was never seen is looked for until no create can land any more', async () => {
  const undo = new OneAttempt({ verb: 'delete', input });
  const clear = SCHEDULED_AT + 5_000 + WINDOW_MS;
  for (; undo.now < clear; await undo.pauses()) await undo.answers('List', []);
  expect(undo.now).toBe(clear);
  await undo.answers('List', []);
  expect(await undo.result()).toEqual({ deleted: 0 });
});

test('what an earlier attempt has seen and deleted stays counted', async () => {
  const undo = new OneAttempt({ verb: 'delete', input, number: 2, details: { seen: true, deleted: 2 } });
  await undo.answers('List', []);
  expect(await undo.result()).toEqual({ deleted: 2 });
});

test('a look for what is gone is not put off until no create can land, but repeated like any other', async () => {
  const undo = new OneAttempt({ verb: 'delete', input });
  await undo.answers('List', []);
  expect(await undo.pauses()).toBe(500);
});

test('exactly half a minute is long enough to be asked again', async () => {
  const undo = new OneAttempt({ verb: 'delete', input });
  await undo.answers('List', [thing('x1')]);
  await undo.answers('Delete', {});
  await undo.door();
  undo.now = SCHEDULED_AT + 30_000;
  await undo.answers('List', [thing('x1')]);
  expect(await undo.door()).toMatchObject({ operation: 'Delete', json: { id: 'x1' } });
});

test('what is still there after exactly ten minutes gets one more look', async () => {
  const undo = new OneAttempt({ verb: 'delete', input });
  await undo.door();
  undo.now = SCHEDULED_AT + 600_000;
  await undo.answers('List', [thing('x1', { status: 'deleting' })]);
  expect(await undo.door()).toMatchObject({ at: 'pause' });
});

test('what was renamed since is found by its id, and deleted', async () => {
  const undo = new OneAttempt({ verb: 'delete', input });
  await undo.answers('List', [thing('x1', { name: 'renamed' })]);
  expect(await undo.door()).toMatchObject({ operation: 'Delete', json: { id: 'x1' } });
});

test('an undo that knows no id looks by name alone, and tells no request id that it was not given', async () => {
  const wanted: object[] = [];
  const kind = {
    find: async (_cloud: unknown, asked: object) => {
      wanted.push(asked);
      return [];
    },
  };
  const undo = new OneAttempt({ verb: 'delete', input: { resent: false, createEndedAt: 0 }, kind });
  expect(await undo.result()).toStrictEqual({ deleted: 0 });
  expect(wanted).toStrictEqual([{ spec: { name: 'thing-a' } }]);
});

const told = { ...input, createEndedAt: 0, markedOnly: true };

test.each([
  ['no marker', 'somebody’s'],
  ['another owner’s marker', formatMarker({ ...owner, runId: 'another', keep: false })],
])(
  'an id that somebody gave is not deleted where the resource carries %s, and a person hears of it',
  async (_what, description) => {
    const undo = new OneAttempt({ verb: 'delete', input: told });
    await undo.answers('List', [thing('x1', { description })]);
    expect(await undo.failure()).toEqual({
      type: 'AccessDenied',
      message: 'the resource of this id does not carry this plan’s marker, so nothing proves that it may be deleted',
      nonRetryable: true,
      details: { provider: 'model', operation: 'model.thing.delete' },
    });
  },
);

test('an id that our own create returned proves a resource without a marker', async () => {
  const undo = new OneAttempt({ verb: 'delete', input });
  await undo.answers('List', [thing('x1', { description: 'somebody’s' })]);
  expect(await undo.door()).toMatchObject({ operation: 'Delete', json: { id: 'x1' } });
});

test('what carries the owner’s marker is deleted, whatever id somebody gave', async () => {
  const undo = new OneAttempt({ verb: 'delete', input: { ...told, id: 'wrong' } });
  await undo.answers('List', [thing('x1'), thing('x2', { description: 'somebody’s' })]);
  await undo.answers('Delete', {});
  await undo.answers('List', [thing('x2', { description: 'somebody’s' })]);
  expect(await undo.result()).toEqual({ deleted: 1 });
});
