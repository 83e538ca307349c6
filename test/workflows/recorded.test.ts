/** What recorded runs commanded, word for word: what runs in flight are about to do, and what people read of them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Isolates } from '../../testing/explorer/sdk-isolate.js';
import { workflowIsolates } from '../support/one-run.js';
import { RECORDED, replayRecorded } from '../support/recorded.js';

let isolates: Isolates;

beforeAll(async () => {
  isolates = await workflowIsolates();
});
afterAll(() => isolates.close());

test('most histories are of runs that a parent or a client started', () => {
  expect(RECORDED.length).toBeGreaterThan(30);
});

test.each(RECORDED)('%s is replayed with the inputs, labels and closing words of its history', async (name) => {
  const { recorded, now } = await replayRecorded(isolates, name);
  expect(now).toEqual(recorded);
});
