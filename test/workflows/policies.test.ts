import { expect, test } from 'vitest';
import {
  createOptions,
  deleteOptions,
  MAX_MESSAGE,
  MAX_SUMMARY,
  parkedFor,
  RESOLVE,
  sweepDeleteOptions,
  sweepListOptions,
} from '../../workflows/policies.js';

test('a parked undo tries again after a minute, then twice as late each time, up to an hour', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 100].map((failed) => parkedFor(failed) / 60_000)).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
});

test('a step waits longer for a worker the more steps wait beside it', () => {
  const minutes = (steps: number) =>
    [createOptions(steps), deleteOptions(steps)].map((options) => Number(options.scheduleToStartTimeout) / 60_000);
  expect(minutes(1)).toEqual([16, 6]);
  expect(minutes(3)).toEqual([16, 6]);
  expect(minutes(4)).toEqual([17, 7]);
  expect(minutes(200)).toEqual([82, 72]);
});

test('a create is tried for a day and an undo parks after eight tries', () => {
  expect(createOptions(1)).toMatchObject({ scheduleToCloseTimeout: '24 h', startToCloseTimeout: '1 h' });
  expect(createOptions(1).retry).toEqual({ initialInterval: '1 s', backoffCoefficient: 2, maximumInterval: '60 s' });
  expect(deleteOptions(1).scheduleToCloseTimeout).toBeUndefined();
  expect(deleteOptions(1)).toMatchObject({ startToCloseTimeout: '1 h', retry: { maximumAttempts: 8 } });
  expect(deleteOptions(1).retry).toMatchObject({ initialInterval: '1 s', maximumInterval: '60 s' });
});

test('a sweep lists with five tries and deletes with four, each for an hour, and waits for a worker', () => {
  const retry = { initialInterval: '1 s', backoffCoefficient: 2, maximumInterval: '60 s' };
  const minutes = 60_000;
  expect(sweepListOptions()).toMatchObject({
    startToCloseTimeout: '1 h',
    scheduleToStartTimeout: 10 * minutes,
    retry: { ...retry, maximumAttempts: 5 },
  });
  expect(sweepDeleteOptions()).toMatchObject({
    startToCloseTimeout: '1 h',
    scheduleToStartTimeout: 177 * minutes,
    retry: { ...retry, maximumAttempts: 4 },
  });
});

test('what must go is more urgent than what may come, and a sweep is in the way of neither', () => {
  const urgencies = [deleteOptions(1), createOptions(1), sweepListOptions(), sweepDeleteOptions()];
  expect(urgencies.map(({ priority }) => priority?.priorityKey)).toEqual([1, 3, 5, 5]);
});

test('a cancel waits for the answer, and a crash is noticed within half a minute', () => {
  for (const options of [createOptions(1), deleteOptions(1), sweepListOptions(), sweepDeleteOptions()]) {
    expect(options).toMatchObject({ cancellationType: 'WAIT_CANCELLATION_COMPLETED', heartbeatTimeout: '30 s' });
  }
});

test('the check of a plan is bounded by its tries, and texts by what the UI shows', () => {
  expect(RESOLVE).toEqual({ startToCloseTimeout: '10 s', retry: { maximumAttempts: 3 } });
  expect([MAX_MESSAGE, MAX_SUMMARY]).toEqual([180, 30]);
});
