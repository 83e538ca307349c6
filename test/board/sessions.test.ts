/** A session of the board: how long it is good, and for whom. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Sessions } from '../../board/sessions.js';

const HOUR_MS = 3_600_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('a session is over after a working day, and goes on for as long as somebody is there', () => {
  const sessions = new Sessions();
  const { session, cookie } = sessions.open('operator');
  expect(sessions.read(cookie)).toEqual(session);
  vi.advanceTimersByTime(7 * HOUR_MS);
  const renewed = sessions.read(cookie)?.renewed;
  expect(renewed).toBeDefined();
  vi.advanceTimersByTime(6 * HOUR_MS);
  expect(sessions.read(cookie)).toBeUndefined();
  expect(sessions.read(renewed)).toMatchObject(session);
});

test('a visitor’s cookie cannot be made an operator’s, and no part of it can be changed', () => {
  const sessions = new Sessions();
  const { cookie } = sessions.open('visitor');
  expect(sessions.read(cookie)?.level).toBe('visitor');
  expect(sessions.read(cookie.replace('.visitor.', '.operator.'))).toBeUndefined();
  for (let at = 0; at < cookie.length; at += 5) {
    expect(sessions.read(`${cookie.slice(0, at)}~${cookie.slice(at + 1)}`)).toBeUndefined();
  }
  expect(new Sessions().read(cookie)).toBeUndefined();
});

test('a form is good for its own session alone', () => {
  const sessions = new Sessions();
  const [one, other] = [sessions.open('operator').session, sessions.open('operator').session];
  expect(sessions.isFormToken(one, sessions.formToken(one))).toBe(true);
  for (const given of [sessions.formToken(other), '', undefined, ['x']]) {
    expect(sessions.isFormToken(one, given)).toBe(false);
  }
});
