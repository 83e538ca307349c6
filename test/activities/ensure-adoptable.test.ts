/** What an operator's move asks the cloud before something else may stand for a step. */
import { expect, test } from 'vitest';
import { formatMarker } from '../../contract/marker.js';
import { OneAttempt, owner, refusal, SCHEDULED_AT, thing, WINDOW_MS } from '../support/one-attempt.js';

const CLEAR = SCHEDULED_AT + 5_000 + WINDOW_MS;
const THEIRS = formatMarker({ ...owner, workflowId: 'other', keep: false });
const certain = { id: 't1', uncertain: false, since: SCHEDULED_AT };
const uncertain = { ...certain, uncertain: true };

const adopt = (input: object = certain) => new OneAttempt({ verb: 'adopt', input });
const byHand = (more: object = {}) => thing('t1', { description: 'made by hand', outputs: { url: 'u' }, ...more });

test('what nobody has marked is adopted, with the outputs that other steps refer to', async () => {
  const find = async () => [byHand(), thing('t2', { description: 'of no interest' })];
  const asked = new OneAttempt({ verb: 'adopt', input: certain, kind: { find } });
  expect(await asked.result()).toEqual({ outputs: { url: 'u', id: 't1' }, adopted: true });
});

test('what carries our marker is ours, so that a rollback deletes it', async () => {
  const asked = adopt();
  await asked.answers('List', [thing('t1')]);
  expect(await asked.result()).toEqual({ outputs: { id: 't1' }, adopted: false });
});

test('after a create of unknown outcome it is watched until nothing of ours can turn up beside it', async () => {
  const asked = adopt(uncertain);
  for (; asked.now < CLEAR; await asked.pauses()) await asked.answers('List', [byHand()]);
  expect(asked.now).toBe(CLEAR);
  await asked.answers('List', [byHand()]);
  expect(await asked.result()).toMatchObject({ adopted: true });
});

test('something that our own create made is told, and nothing else may stand for the step', async () => {
  const asked = adopt(uncertain);
  await asked.answers('List', [byHand()]);
  await asked.pauses();
  await asked.answers('List', [byHand(), thing('x1'), thing('x2')]);
  expect(await asked.failure()).toMatchObject({
    type: 'AlreadyExists',
    nonRetryable: true,
    message: "this step's own create made x1, x2: adopt that, or retry, which takes it",
    details: { provider: 'model', operation: 'model.thing.adopt' },
  });
});

test('what our own create answered is ours by its id alone, where no marker of it can be read', async () => {
  const unmarked = thing('own', { description: '' });
  const find = async (_cloud: unknown, { id }: { readonly id?: string }) =>
    [byHand(), unmarked].filter((one) => one.id === id);
  const asked = (input: object) => new OneAttempt({ verb: 'adopt', input: { ...input, made: 'own' }, kind: { find } });
  const beside = { type: 'AlreadyExists', message: expect.stringContaining('own create made own:') };
  expect(await asked(certain).failure()).toMatchObject(beside);
  expect(await asked({ ...certain, id: undefined }).failure()).toMatchObject(beside);
  expect(await asked({ ...certain, id: 'own' }).result()).toMatchObject({ outputs: { id: 'own' }, adopted: false });
});

test('without an id it is only asked whether our create made nothing', async () => {
  const nothing = adopt({ uncertain: true, since: SCHEDULED_AT });
  for (; nothing.now < CLEAR; await nothing.pauses()) await nothing.answers('List', [byHand()]);
  await nothing.answers('List', [byHand()]);
  expect(await nothing.result()).toEqual({});
  const made = adopt({ uncertain: true, since: SCHEDULED_AT });
  await made.answers('List', [thing('x1')]);
  expect(await made.failure()).toMatchObject({ type: 'AlreadyExists' });
});

test.each([
  ['is not there', [], 'NotFound', /^no .* of that id and scope is there$/],
  ['is being deleted', [byHand({ status: 'deleting' })], 'NotStabilized', 'it is being deleted'],
  ['is broken', [byHand({ status: 'failed' })], 'NotStabilized', 'it is broken'],
  ['is not ready', [byHand({ status: 'pending' })], 'NotStabilized', 'it is not ready yet; adopt it when it is'],
])('an id that %s is refused with that', async (_what, seen, type, message) => {
  const asked = adopt();
  await asked.answers('List', seen);
  expect(await asked.failure()).toMatchObject({ type, nonRetryable: true, message: expect.stringMatching(message) });
});

test.each([
  ['open', false],
  ['unknown', false],
  ['closed', false],
  ['provisioned', true],
] as const)('what belongs to a workflow that is %s is adopted: %s', async (state, allowed) => {
  const asked = adopt();
  await asked.answers('List', [byHand({ description: THEIRS })]);
  await asked.answers('owner', state);
  if (allowed) expect(await asked.result()).toMatchObject({ adopted: true });
  else {
    expect(await asked.failure()).toMatchObject({
      type: 'AlreadyExists',
      message: 'it belongs to workflow other, which may still delete it',
    });
  }
});

test('an id that vanishes while it is watched is refused', async () => {
  const asked = adopt(uncertain);
  await asked.answers('List', [byHand()]);
  await asked.pauses();
  await asked.answers('List', []);
  expect(await asked.failure()).toMatchObject({ type: 'NotFound' });
});

test('a look that the cloud refuses fails with the words of the cloud', async () => {
  const asked = adopt();
  await asked.answers('List', refusal({ type: 'AccessDenied', retryable: false }));
  expect(await asked.failure()).toMatchObject({ type: 'AccessDenied', message: 'the cloud says no' });
});

test('a question that a reset hands to another run counts its window from then on', async () => {
  // The run before went on after it had asked: what it sent since may land on what is seen now.
  const asked = adopt({ id: 'x1', uncertain: false, since: SCHEDULED_AT - 60_000, scheduledBy: 'the run before' });
  for (; asked.now < CLEAR; await asked.pauses()) await asked.answers('List', [thing('x1')]);
  expect(asked.now).toBe(CLEAR);
  await asked.answers('List', [thing('x1')]);
  expect(await asked.result()).toEqual({ outputs: { id: 'x1' }, adopted: false });
});
