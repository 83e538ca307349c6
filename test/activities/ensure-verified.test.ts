import { expect, test } from 'vitest';
import { OneAttempt, refusal, SCHEDULED_AT, thing, WINDOW_MS } from '../support/one-attempt.js';

const CLEAR = SCHEDULED_AT + 5_000 + WINDOW_MS;
const input = { id: 'x1', since: SCHEDULED_AT };

async function untilClear(verify: OneAttempt, things: readonly unknown[]): Promise<void> {
  for (; verify.now < CLEAR; await verify.pauses()) await verify.answers('List', things);
  expect(verify.now).toBe(CLEAR);
  await verify.answers('List', things);
}

test('what is looked for at all is found as soon as it shows', async () => {
  const verify = new OneAttempt({ verb: 'verify', input: { ...input, look: 'anything' } });
  await verify.answers('List', []);
  expect(await verify.pauses()).toBe(500);
  await verify.answers('List', [thing('x2', { createdAt: 2 }), thing('x3', { createdAt: 3 })]);
  expect(await verify.result()).toEqual({ by: 'run', found: true, outputs: { id: 'x2' } });
});

test('what is found comes with the outputs that other steps refer to', async () => {
  const kind = { find: async () => [thing('x1', { outputs: { url: 'u' } })] };
  const verify = new OneAttempt({ verb: 'verify', input: { ...input, look: 'anything' }, kind });
  expect(await verify.result()).toEqual({ by: 'run', found: true, outputs: { url: 'u', id: 'x1' } });
});

test('what does not show at all is absent once no create can land any more', async () => {
  const verify = new OneAttempt({ verb: 'verify', input: { ...input, look: 'anything' } });
  await untilClear(verify, [thing('t1', { description: 'not yours' })]);
  expect(await verify.result()).toEqual({ by: 'run', found: false });
});

test.each(['ready', 'pending'] as const)(
  'a live step that is %s is believed once nothing can change it',
  async (status) => {
    const verify = new OneAttempt({ verb: 'verify', input: { ...input, look: 'usable' } });
    await untilClear(verify, [thing('x1', { status })]);
    expect(await verify.result()).toMatchObject({ found: true, outputs: { id: 'x1' } });
  },
);

test.each([
  ['broken', thing('x1', { status: 'failed' })],
  ['on its way out', thing('x1', { status: 'deleting' })],
  ['another one of ours', thing('x2')],
])('a live step that is %s is not there', async (_what, seen) => {
  const verify = new OneAttempt({ verb: 'verify', input: { ...input, look: 'usable' } });
  await untilClear(verify, [seen]);
  expect(await verify.result()).toEqual({ by: 'run', found: false });
});

test('a look that fails names the operation that it happened in', async () => {
  const verify = new OneAttempt({ verb: 'verify', input: { ...input, look: 'anything' } });
  await verify.answers('List', new Error('a defect'));
  expect(await verify.failure()).toMatchObject({ details: { provider: 'model', operation: 'model.thing.verify' } });
});

test('a look that the cloud refuses fails with the words of the cloud', async () => {
  const verify = new OneAttempt({ verb: 'verify', input: { ...input, look: 'anything' } });
  await verify.answers('List', refusal({ type: 'AccessDenied', retryable: false }));
  expect(await verify.failure()).toMatchObject({ type: 'AccessDenied', nonRetryable: true });
});

test('of several of ours the oldest is answered, in whatever order they are listed', async () => {
  const verify = new OneAttempt({ verb: 'verify', input: { ...input, look: 'anything' } });
  await verify.answers('List', [thing('x3', { createdAt: 3 }), thing('x2', { createdAt: 2 })]);
  expect(await verify.result()).toMatchObject({ found: true, outputs: { id: 'x2' } });
});

test('a resource that was renamed since is verified by its id', async () => {
  const verify = new OneAttempt({ verb: 'verify', input: { ...input, look: 'anything' } });
  await verify.answers('List', [thing('x1', { name: 'renamed' })]);
  expect(await verify.result()).toMatchObject({ found: true, outputs: { id: 'x1' } });
});

test('a step without an id is looked for by name alone', async () => {
  const wanted: object[] = [];
  const kind = {
    find: async (_cloud: unknown, asked: object) => {
      wanted.push(asked);
      return [thing('x1')];
    },
  };
  const verify = new OneAttempt({ verb: 'verify', input: { since: SCHEDULED_AT, look: 'anything' }, kind });
  await verify.result();
  expect(wanted).toStrictEqual([{ spec: { name: 'thing-a' } }]);
});
