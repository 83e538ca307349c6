/** The update `waitForStep`: answered as soon as the step is live, refused where it will not be. */
import { expect, test } from 'vitest';
import { OneRun, resolvedPlan, resolvedStep, useIsolates } from '../support/one-run.js';

const isolates = useIsolates();
let run: OneRun;

const pair = resolvedPlan([resolvedStep('a'), resolvedStep('b', { dependsOn: ['a'] })]);
const plan = { name: 'p', resources: {} };
const wait = (step: unknown, id?: string) => run.move('waitForStep', { step } as object, id);
const end = (id: string) => run.of('update').findLast((update) => update.id === id);
const outputs = { id: 'id-a' };

test('who waits for a step is told its outputs while the next step is still being made', async () => {
  run = await OneRun.of(isolates, pair);
  expect(await wait('a', 'w')).toBeUndefined();
  await run.created('a');
  expect(end('w')).toMatchObject({ is: 'completed', result: outputs });
  expect(run.of('complete')).toEqual([]);
});

test('a step that is live already is told at once', async () => {
  run = await OneRun.of(isolates, pair);
  await run.created('a');
  await wait('a', 'w');
  expect(end('w')).toMatchObject({ is: 'completed', result: outputs });
});

test('who begins to wait before the plan is resolved is answered all the same', async () => {
  run = await OneRun.start(isolates, plan);
  await wait('a', 'w');
  await wait('c', 'x');
  await run.resolve('provisioner.resolvePlan', { completed: { plan: pair } as never });
  expect(run.answerTo('x')).toBe('There is no such step; steps: a, b.');
  expect(run.answerTo('w')).toBeUndefined();
  await run.created('a');
  expect(end('w')).toMatchObject({ is: 'completed', result: outputs });
});

test('a plan that is refused ends, whoever waits for a step of it', async () => {
  run = await OneRun.start(isolates, plan);
  await wait('a', 'w');
  const problems = [{ path: 'name', message: 'too long' }];
  await run.resolve('provisioner.resolvePlan', { completed: { problems, searchAttributes: true } });
  expect(run.of('fail')).toMatchObject([{ type: 'InvalidPlan' }]);
});

test('who waits when the plan is undone hears that the step will not be live', async () => {
  run = await OneRun.of(isolates, pair);
  await wait('b', 'w');
  await run.created('a');
  await run.job({ what: 'cancel' });
  expect(run.answerTo('w')).toBe('b will not be live: the plan is being undone.');
  expect(await wait('a')).toBe('a will not be live: the plan is being undone.');
});

test.each([[undefined], [null], [7], [{}], [{ toString: 1 }], [['a', 'b']]])(
  'a step such as %j is refused, before the plan is resolved or then, and jams nothing',
  async (step) => {
    run = await OneRun.start(isolates, plan);
    const first = await wait(step, 'w');
    await run.resolve('provisioner.resolvePlan', { completed: { plan: pair } as never });
    expect(first ?? run.answerTo('w')).toMatch(/no such step|convert|Cannot/);
    expect(await wait(step)).toMatch(/no such step|convert|Cannot/);
    await run.created('a');
    await run.created('b');
    expect(run.of('complete')).toHaveLength(1);
  },
);

test('one waiter too many is refused with what to do instead, until one has its answer', async () => {
  run = await OneRun.of(isolates, pair);
  for (const id of ['t', 'u', 'v']) expect(await wait('b', id)).toBeUndefined();
  expect(await wait('a', 'w')).toBeUndefined();
  expect(await wait('a')).toBe('4 wait already: ask the queries ledger and outputs, until the step is live.');
  await run.created('a');
  expect(await wait('b')).toBeUndefined();
  await run.created('b');
  expect(run.of('complete')).toHaveLength(1);
});
