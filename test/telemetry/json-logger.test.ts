/** Log lines as a collector gets them: one JSON object each, with the fields it looks for and without what must not get out. */
import { ApplicationFailure } from '@temporalio/common';
import type { LogLevel } from '@temporalio/worker';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Connection } from '../../activities/connection.js';
import { createJsonLogger } from '../../worker/telemetry/json-logger.js';
import { knownSecrets } from '../../worker/telemetry/known-secrets.js';

const SECRET = 'hunter2 "Q\\/<é>';

function logger(level: LogLevel = 'INFO', secrets: () => readonly string[] = () => [SECRET]) {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const json = createJsonLogger({ level, secrets, destination: { write } });
  return { json, lines, last: () => JSON.parse(lines.at(-1) ?? '') as Record<string, unknown> };
}

test('a line holds time, level, message and fields, with the SDK’s run id by its short name', () => {
  const { json, lines, last } = logger();
  json.info('Created', { workflowRunId: 'r-1', attempt: 2, plan: 'p' });
  expect(lines.map((line) => line.endsWith('\n'))).toEqual([true]);
  expect(last()).toEqual({
    level: 'info',
    time: expect.any(String),
    msg: 'Created',
    runId: 'r-1',
    attempt: 2,
    plan: 'p',
  });
  expect(Date.now() - Date.parse(String(last().time))).toBeLessThan(60_000);
});

test('what is below the level is not written, and an unknown size of things is', () => {
  const { json, lines, last } = logger('WARN');
  json.info('quiet');
  json.warn('loud', { bytes: Buffer.from('abc'), big: 12n, deep: { a: { b: { c: { d: { e: { f: 1 } } } } } } });
  expect(lines).toHaveLength(1);
  expect(last()).toMatchObject({ bytes: '3 bytes', big: '12', deep: { a: { b: { c: { d: { e: '…' } } } } } });
});

test('a secret is in no message, field or error, however it is spelt, and a task token is never written', () => {
  const { json, lines } = logger('TRACE');
  const cause = new Error(`signed with ${encodeURIComponent(SECRET)}`);
  const error = ApplicationFailure.create({ message: `refused ${SECRET}`, type: 'AccessDenied', cause });
  json.error(`it says ${JSON.stringify(SECRET)}`, { error, list: [SECRET], taskToken: 'dG9rZW4=' });
  json.info('headers', { headers: { authorization: 'Signature=1' }, request: { password: 'x' } });
  const text = lines.join('');
  expect(text).not.toMatch(/hunter2|dG9rZW4|Signature=1/);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ error: { type: 'AccessDenied', message: 'refused ***' } });
  expect(JSON.parse(lines[1] ?? '')).toMatchObject({ headers: '***', request: { password: '***' } });
});

test('secrets that rotated are still known, and one that cannot be read hides no other', () => {
  let key = 'first-key';
  const connection = {
    readCredentials: () => ({ key }),
    secretNames: ['gone', 'there'],
    readSecret: (name: string) => {
      if (name === 'gone') throw new Error('no such file');
      return 'there-secret';
    },
  } as unknown as Connection;
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const secrets = knownSecrets([connection]);
  expect(secrets()).toEqual(['first-key', 'there-secret']);
  key = 'second-key';
  vi.advanceTimersByTime(60_000);
  expect(secrets()).toEqual(['first-key', 'there-secret', 'second-key']);
});
