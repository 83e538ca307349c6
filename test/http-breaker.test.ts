/** The breaker by a clock that the test turns: when it opens, for how long, and who may try again. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Breaker, type Pass } from '../activities/http/breaker.js';

const FIVE_MINUTES = 5 * 60_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

function passOf(breaker: Breaker): Pass {
  const entry = breaker.enter();
  if ('waitMs' in entry) throw new Error(`must wait ${entry.waitMs}`);
  return entry.pass;
}

function openOne(): Breaker {
  const breaker = new Breaker();
  breaker.refused();
  breaker.refused();
  return breaker;
}

test('a breaker opens at the second refusal in a row and stays open for five minutes', () => {
  const breaker = new Breaker();
  breaker.refused();
  breaker.accepted();
  breaker.refused();
  passOf(breaker);
  breaker.refused();
  expect(breaker.enter()).toEqual({ waitMs: FIVE_MINUTES });
  vi.advanceTimersByTime(FIVE_MINUTES - 1);
  expect(breaker.enter()).toEqual({ waitMs: 1 });
});

test('after five minutes one call probes while all others go on waiting', () => {
  const breaker = openOne();
  vi.advanceTimersByTime(FIVE_MINUTES);
  const probe = passOf(breaker);
  expect(breaker.waitOf(probe)).toBeUndefined();
  expect(breaker.enter()).toEqual({ waitMs: 0 });
});

test('a probe that is accepted closes the breaker, one that is refused opens it again', () => {
  const breaker = openOne();
  vi.advanceTimersByTime(FIVE_MINUTES);
  passOf(breaker);
  breaker.refused();
  expect(breaker.enter()).toEqual({ waitMs: FIVE_MINUTES });
  vi.advanceTimersByTime(FIVE_MINUTES);
  passOf(breaker);
  breaker.accepted();
  passOf(breaker);
});

test('a probe that ended without an answer lets the next call try', () => {
  const breaker = openOne();
  vi.advanceTimersByTime(FIVE_MINUTES);
  breaker.leave(passOf(breaker));
  passOf(breaker);
});

test('a call that waited while the breaker opened does not go on', () => {
  const breaker = new Breaker();
  const early = passOf(breaker);
  breaker.refused();
  breaker.refused();
  expect(breaker.waitOf(early)).toBe(FIVE_MINUTES);
});
