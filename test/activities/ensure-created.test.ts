import { expect, test } from 'vitest';
import { SEND_WINDOW_MS } from '../../activities/policies.js';
import { formatMarker } from '../../contract/marker.js';
import { OneAttempt, OURS, owner, refusal, SCHEDULED_AT, thing, WINDOW_MS } from '../support/one-attempt.js';

const facts = { provider: 'model', operation: 'model.thing.create', resent: false };
const theirs = (more: object = {}) => thing('t1', { description: 'not yours', ...more });

test('a name that a stranger has is refused for good, and nothing was sent', async () => {
  const create = new OneAttempt({ verb: 'create' });
  await create.answers('List', [theirs()]);
  expect(await create.failure()).toEqual({
    type: 'AlreadyExists',
    message: 'a thing of that name exists and is not ours',
    nonRetryable: true,
    details: { ...facts, sent: 'never' },
  });
});

test('a stranger that may not be adopted is refused with the reason why', async () => {
  const create = new OneAttempt({ verb: 'create', step: { ifExists: 'adopt' } });
  await create.answers('List', [theirs({ description: formatMarker({ ...owner, runId: 'other', keep: false }) })]);
  await create.answers('owner', 'open');
  expect(await create.failure()).toMatchObject({
    type: 'AlreadyExists',
    message:
      'a thing of that name exists and is not ours, and it may not be adopted: its owner is open, or it is on its way out',
  });
});

test('a stranger that is adopted is waited for and comes with its outputs', async () => {
  const create = new OneAttempt({ verb: 'create', step: { ifExists: 'adopt' } });
  await create.answers('List', [theirs({ status: 'pending' })]);
  expect(await create.pauses()).toBe(500);
  await create.answers('List', [theirs()]);
  expect(await create.result()).toEqual({ outputs: { id: 't1' }, adopted: true, resent: false });
});

test('a create is answered with outputs and without words about what is as it must be', async () => {
  const create = new OneAttempt({ verb: 'create', duplicates: 'refused' });
  await create.answers('Create', { id: 'x1' });
  await create.answers('List', [thing('x1')]);
  expect(await create.result()).toEqual({ outputs: { id: 'x1' }, adopted: false, resent: false });
});

test('a create that the cloud answers with the whole resource is not looked up again', async () => {
  const kind = {
    create: async () => ({ id: 'x1', requestId: 'req-1', sighting: thing('x1', { outputs: { url: 'u' } }) }),
  };
  const create = new OneAttempt({ verb: 'create', duplicates: 'refused', kind });
  expect(await create.result()).toEqual({
    outputs: { url: 'u', id: 'x1' },
    adopted: false,
    requestId: 'req-1',
    resent: false,
  });
});

test('a resource whose marker cannot be read back says that it is unmarked', async () => {
  const create = new OneAttempt({ verb: 'create', duplicates: 'refused' });
  await create.answers('Create', { id: 'x1' });
  await create.answers('List', [thing('x1', { description: undefined })]);
  expect(await create.result()).toMatchObject({ unmarked: true });
});

test('a create that is cancelled while it is pending returns its id, and does not call it unmarked', async () => {
  const create = new OneAttempt({ verb: 'create', duplicates: 'refused' });
  await create.answers('Create', { id: 'x1' });
  await create.answers('List', [thing('x1', { status: 'pending' })]);
  await create.door();
  create.attempt.hear('asked');
  await create.answers('List', [thing('x1', { status: 'pending' })]);
  expect(await create.result()).toEqual({ outputs: { id: 'x1' }, adopted: false, resent: false });
});

test.each([
  ['failed', 'the cloud reports it as failed'],
  ['deleting', 'the cloud reports it as deleting'],
] as const)('what was made and turns out %s fails for good, with its id', async (status, message) => {
  const create = new OneAttempt({ verb: 'create', duplicates: 'refused' });
  await create.answers('Create', { id: 'x1' });
  await create.answers('List', [thing('x1', { status })]);
  expect(await create.failure()).toEqual({
    type: 'NotStabilized',
    message,
    nonRetryable: true,
    details: { ...facts, sent: 'made', id: 'x1' },
  });
});

test('what was made and does not show within the window fails with words and request id', async () => {
  const kind = { create: async () => ({ id: 'x1', requestId: 'req-1' }) };
  const create = new OneAttempt({ verb: 'create', duplicates: 'refused', kind });
  while (create.now - SCHEDULED_AT <= WINDOW_MS) {
    await create.answers('List', []);
    await create.pauses();
  }
  await create.answers('List', []);
  expect(await create.failure()).toEqual({
    type: 'NotStabilized',
    message: 'created, but no look-up shows it',
    nonRetryable: true,
    details: { ...facts, sent: 'made', id: 'x1', requestId: 'req-1' },
  });
});

test('what has no id yet and does not show is tried again', async () => {
  const create = new OneAttempt({ verb: 'create', duplicates: 'refused' });
  await create.answers('Create', {});
  while (create.now - SCHEDULED_AT <= WINDOW_MS) {
    await create.answers('List', []);
    await create.pauses();
  }
  await create.answers('List', []);
  expect(await create.failure()).toMatchObject({ nonRetryable: false, details: { sent: 'unknown' } });
});

test('while an earlier request may land, the next look comes soon and says why', async () => {
  const details = { sent: 'unknown', resent: false, clearAt: SCHEDULED_AT + 4_000 };
  const create = new OneAttempt({ verb: 'create', number: 2, details });
  await create.answers('List', []);
  expect(await create.failure()).toEqual({
    type: 'OutcomeUnknown',
    message: 'an earlier request may still take effect; looking again before anything is sent',
    nonRetryable: false,
    details: { ...facts, sent: 'unknown' },
    nextRetryDelay: 4_000,
  });
});

test('a wait that is longer than a look is cut down to one', async () => {
  const create = new OneAttempt({ verb: 'create', number: 2 });
  await create.answers('List', []);
  expect(await create.failure()).toMatchObject({ type: 'OutcomeUnknown', nextRetryDelay: 10_000 });
});

test('a duplicate that no list shows is tried again until it can be nobody but a stranger', async () => {
  const first = new OneAttempt({ verb: 'create', duplicates: 'refused' });
  await first.answers('Create', refusal({ type: 'AlreadyExists', retryable: false, duplicate: true }));
  await first.answers('List', []);
  expect(await first.failure()).toMatchObject({
    type: 'NotStabilized',
    message: 'the name is taken, but the list does not show by whom yet',
    nonRetryable: false,
    details: { sent: 'unknown' },
  });
  const details = { sent: 'unknown', resent: false, clearAt: SCHEDULED_AT };
  const later = new OneAttempt({ verb: 'create', duplicates: 'refused', number: 2, details });
  await later.answers('List', []);
  await later.answers('Create', refusal({ type: 'AlreadyExists', retryable: false, duplicate: true }));
  await later.answers('List', []);
  expect(await later.failure()).toMatchObject({
    type: 'AlreadyExists',
    message: 'the name is taken or blocked, though no list shows it',
    nonRetryable: true,
  });
});

test('a duplicate of what is ours is taken, and of a stranger refused', async () => {
  const duplicate = refusal({ type: 'AlreadyExists', retryable: false, duplicate: true });
  const ours = new OneAttempt({ verb: 'create', duplicates: 'refused' });
  await ours.answers('Create', duplicate);
  await ours.answers('List', [thing('x1')]);
  expect(await ours.result()).toMatchObject({ outputs: { id: 'x1' }, adopted: false });
  const stranger = new OneAttempt({ verb: 'create', duplicates: 'refused' });
  await stranger.answers('Create', duplicate);
  await stranger.answers('List', [theirs()]);
  expect(await stranger.failure()).toMatchObject({ type: 'AlreadyExists', details: { sent: 'refused' } });
});

test('a second one of ours is deleted only while what the server said of the attempt holds', async () => {
  const create = new OneAttempt({ verb: 'create', number: 2 });
  await create.answers('List', [thing('x1'), thing('x2')]);
  const sendBefore = SCHEDULED_AT + SEND_WINDOW_MS;
  expect(await create.door()).toMatchObject({ at: 'request', operation: 'Delete', sendBefore });
});

test('whatever else a kind changes while it creates is fenced as well', async () => {
  const change = { operation: 'Delete', effect: 'changes', json: { id: 'draft' } };
  const kind = {
    create: async (cloud: { call(request: object): Promise<unknown> }) => {
      await cloud.call(change);
      return {};
    },
  };
  const create = new OneAttempt({ verb: 'create', duplicates: 'refused', kind });
  expect(await create.door()).toMatchObject({ operation: 'Delete', sendBefore: SCHEDULED_AT + SEND_WINDOW_MS });
});

test('a second one of ours is deleted, even if it is gone by then', async () => {
  for (const answer of [{}, refusal({ type: 'NotFound' })]) {
    const create = new OneAttempt({ verb: 'create', number: 2 });
    await create.answers('List', [thing('x1', { createdAt: 1 }), thing('x2', { createdAt: 2 })]);
    expect(await create.door()).toMatchObject({ operation: 'Delete', json: { id: 'x2' } });
    await create.answers('Delete', answer);
    expect(await create.result()).toMatchObject({ outputs: { id: 'x1' } });
  }
});

test('a second one of ours that cannot be deleted fails the attempt, which knows the first', async () => {
  const create = new OneAttempt({ verb: 'create', number: 2 });
  await create.answers('List', [thing('x1', { createdAt: 1 }), thing('x2', { createdAt: 2 })]);
  await create.answers('Delete', refusal({ type: 'AccessDenied', retryable: false }));
  expect(await create.failure()).toMatchObject({ type: 'AccessDenied', details: { sent: 'made', id: 'x1' } });
});

test('what a kind makes of an accepted answer does not unmake the resource', async () => {
  const kind = {
    create: async (cloud: { call(request: object): Promise<unknown> }) => {
      await cloud.call({ operation: 'Create', effect: 'creates', json: {} });
      throw refusal({ type: 'ServiceInternalError', sent: 'refused' });
    },
  };
  const create = new OneAttempt({ verb: 'create', duplicates: 'refused', kind: kind as never });
  await create.answers('Create', { id: 'x1' });
  expect(await create.failure()).toMatchObject({ details: { sent: 'unknown' } });
});

test('what fails before it could be sent says that nothing was', async () => {
  const kind = {
    create: async () => {
      throw new Error('a defect');
    },
  };
  const create = new OneAttempt({ verb: 'create', duplicates: 'refused', kind });
  expect(await create.failure()).toMatchObject({
    type: 'ServiceInternalError',
    message: 'unexpected: a defect',
    details: { sent: 'never' },
  });
});

test('the marker that a create sends names its owner', async () => {
  const create = new OneAttempt({ verb: 'create', duplicates: 'refused' });
  expect(await create.door()).toMatchObject({ operation: 'Create', json: { name: 'thing-a', description: OURS } });
});

test('a secret where the kind allows none is refused before it is read, and nothing was sent', async () => {
  const input = { spec: { name: 'n', note: [{ $secret: 'token' }] } };
  const create = new OneAttempt({ verb: 'create', input });
  expect(await create.failure()).toMatchObject({
    type: 'InvalidRequest',
    message: 'note[0]: a secret may stand only below: no field of this kind',
    details: { sent: 'never' },
  });
});
