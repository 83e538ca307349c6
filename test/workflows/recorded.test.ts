/** What recorded runs commanded, word for word: what runs in flight are about to do, and what people read of them. */
import { expect, test } from 'vitest';
import { useIsolates } from '../support/one-run.js';
import { replayRecorded } from '../support/recorded.js';
import { RECORDED } from '../support/recorded-events.js';

const isolates = useIsolates();

test('the histories hold runs of many sorts', () => {
  expect(RECORDED.length).toBeGreaterThan(30);
});

/**
 * Histories that said something else than the workflows say now, on purpose: each with what changed. They must replay all
 * the same (test/histories.test.ts), and are never recorded anew.
 */
const OUTDATED: { readonly [history: string]: string } = {
  'parked-undo-recovered': 'the label of a parked undo names the moves that are possible',
  'paused-then-cancelled': 'the label of a paused step names the moves that are possible',
};

test.each(RECORDED.filter((name) => !(name in OUTDATED)))(
  '%s is replayed with the inputs, labels and closing words of its history',
  async (name) => {
    const { recorded, now } = await replayRecorded(isolates, name);
    expect(now, 'meant to change? see "When a history breaks" in CONTRIBUTING.md').toEqual(recorded);
  },
);
