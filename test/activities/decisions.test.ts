import { expect, test } from 'vitest';
import {
  beginProgress,
  chooseCreateMove,
  doubtAbsenceFor,
  isFirstAttempt,
  isOriginalCreate,
  oldestFirst,
  worseSent,
} from '../../activities/decisions.js';
import type { Sighting } from '../../activities/kind.js';
import { formatMarker } from '../../contract/marker.js';

const owner = { namespace: 'default', workflowId: 'w', step: 's', runId: 'r' };
const never = { sent: 'never', resent: false } as const;

function sighting(id: string, more: Partial<Sighting> = {}): Sighting {
  return { id, name: 'n', description: formatMarker({ ...owner, keep: false }), status: 'ready', outputs: {}, ...more };
}

const situation = { seen: [], owner, progress: never, now: 1000, duplicates: 'possible' } as const;

test('nothing in sight and nothing sent: the create is sent', () => {
  expect(chooseCreateMove(situation)).toEqual({ do: 'send' });
});

test('of several of ours the oldest is taken and the others are to go', () => {
  const seen = [sighting('b', { createdAt: 2 }), sighting('a', { createdAt: 1 })];
  expect(chooseCreateMove({ ...situation, seen })).toMatchObject({
    do: 'take',
    sighting: { id: 'a' },
    extra: [{ id: 'b' }],
  });
});

test('one of ours that a list shows twice is taken, and is nothing extra to delete', () => {
  const seen = [sighting('a', { status: 'pending' }), sighting('a')];
  // As the later row shows it.
  expect(chooseCreateMove({ ...situation, seen })).toEqual({ do: 'take', sighting: sighting('a'), extra: [] });
});

test('the same name under the marker of another run is somebody else', () => {
  const description = formatMarker({ ...owner, runId: 'former', keep: false });
  expect(chooseCreateMove({ ...situation, seen: [sighting('x', { description })] }).do).toBe('foreign');
});

test('the id that our create returned is ours even without a marker, but not with the marker of another', () => {
  const progress = { sent: 'made', id: 'x', resent: false } as const;
  const bare = sighting('x', { description: undefined });
  expect(chooseCreateMove({ ...situation, progress, seen: [bare] }).do).toBe('take');
  const description = formatMarker({ ...owner, step: 'other', keep: false });
  expect(chooseCreateMove({ ...situation, progress, seen: [sighting('x', { description })] }).do).toBe('foreign');
});

test('while an earlier request may land nothing is sent, unless the cloud refuses duplicates', () => {
  const progress = { sent: 'unknown', resent: false, clearAt: 5000 } as const;
  expect(chooseCreateMove({ ...situation, progress })).toEqual({ do: 'wait', ms: 4000 });
  expect(chooseCreateMove({ ...situation, progress, duplicates: 'refused' })).toEqual({ do: 'send' });
  expect(chooseCreateMove({ ...situation, progress, now: 5000 })).toEqual({ do: 'send' });
});

test('while an earlier request may land a foreign resource is neither adopted nor a failure', () => {
  const progress = { sent: 'unknown', resent: false, clearAt: 5000 } as const;
  const seen = [sighting('x', { description: 'theirs' })];
  expect(chooseCreateMove({ ...situation, progress, seen, duplicates: 'refused' })).toEqual({ do: 'wait', ms: 4000 });
});

test('what is ours but on its way out is waited for with patience', () => {
  const move = chooseCreateMove({ ...situation, seen: [sighting('x', { status: 'deleting' })] });
  expect(move).toEqual({ do: 'wait', ms: 10_000 });
});

const begin = { first: true, originalRun: true, scheduledAt: 1_000, windowMs: 2_000 };

test('only a first attempt of a run that was never reset knows that nothing was sent', () => {
  expect(beginProgress(undefined, begin)).toEqual({ sent: 'never', resent: false });
  const unknown = { sent: 'unknown', resent: true, clearAt: 8_000 };
  expect(beginProgress(undefined, { ...begin, first: false })).toEqual(unknown);
  expect(beginProgress(undefined, { ...begin, originalRun: false })).toEqual(unknown);
});

test('the time until an unknown outcome is settled is set once and kept', () => {
  const left = { sent: 'unknown', resent: false, clearAt: 3_000 } as const;
  expect(beginProgress(left, { ...begin, first: false })).toEqual(left);
});

const absence = {
  progress: { seen: false, deleted: 0 },
  resent: false,
  createEndedAt: 1_000,
  windowMs: 2_000,
  now: 1_500,
};

test('absence is doubted until no create can land any more', () => {
  expect(doubtAbsenceFor(absence)).toBe(6_500);
  expect(doubtAbsenceFor({ ...absence, now: 8_000 })).toBe(0);
});

test('what was seen before and is absent now is gone, unless a second request may have landed', () => {
  const seen = { seen: true, deleted: 1 };
  expect(doubtAbsenceFor({ ...absence, progress: seen })).toBe(0);
  expect(doubtAbsenceFor({ ...absence, progress: seen, resent: true })).toBe(6_500);
});

test('of two outcomes the one that may have done more counts', () => {
  const order = ['never', 'refused', 'unknown', 'made'] as const;
  for (const [a, first] of order.entries())
    for (const [b, second] of order.entries()) expect(worseSent(first, second)).toBe(order[Math.max(a, b)]);
});

test('an attempt is the first only if number, times and details all say so', () => {
  const first = { number: 1, firstScheduledAt: 5, scheduledAt: 5, details: undefined };
  expect(isFirstAttempt(first)).toBe(true);
  expect(isFirstAttempt({ ...first, number: 2 })).toBe(false);
  expect(isFirstAttempt({ ...first, scheduledAt: 6 })).toBe(false);
  expect(isFirstAttempt({ ...first, details: null })).toBe(false);
});

test('a create is original only in the run that scheduled it and was never reset', () => {
  expect(isOriginalCreate({ originalRun: true, scheduledBy: 'r' }, 'r')).toBe(true);
  expect(isOriginalCreate({ originalRun: false, scheduledBy: 'r' }, 'r')).toBe(false);
  expect(isOriginalCreate({ originalRun: true, scheduledBy: 'r' }, 'other')).toBe(false);
});

test('every attempt puts the same one first, by age and then by id', () => {
  const ids = (...seen: Sighting[]) => seen.sort(oldestFirst).map(({ id }) => id);
  expect(ids(sighting('a', { createdAt: 2 }), sighting('b', { createdAt: 1 }))).toEqual(['b', 'a']);
  expect(ids(sighting('b', { createdAt: 1 }), sighting('a', { createdAt: 1 }))).toEqual(['a', 'b']);
  expect(ids(sighting('c'), sighting('a'), sighting('b'))).toEqual(['a', 'b', 'c']);
  expect(ids(sighting('a', { createdAt: 1 }), sighting('b'))).toEqual(['b', 'a']);
});

test('of several strangers every attempt names the oldest, and touches none of them', () => {
  const strangers = [
    sighting('y', { description: 'b', createdAt: 2 }),
    sighting('x', { description: 'a', createdAt: 1 }),
  ];
  expect(chooseCreateMove({ ...situation, seen: strangers })).toMatchObject({ do: 'foreign', sighting: { id: 'x' } });
  expect(strangers.map(({ id }) => id)).toEqual(['y', 'x']);
});

test('what is ours and usable is taken even while another of ours is on its way out', () => {
  const seen = [sighting('a', { status: 'deleting', createdAt: 1 }), sighting('b', { createdAt: 2 })];
  expect(chooseCreateMove({ ...situation, seen })).toMatchObject({ do: 'take', sighting: { id: 'b' }, extra: [] });
});

test('a name that is not free yet is waited for until nothing can land, if that is longer', () => {
  const progress = { sent: 'unknown', resent: false, clearAt: 21_000 } as const;
  const seen = [sighting('a', { status: 'deleting' })];
  expect(chooseCreateMove({ ...situation, progress, seen })).toEqual({ do: 'wait', ms: 20_000 });
});

test('only an unknown outcome is waited for, and not for longer than it can land', () => {
  const seen = [sighting('x', { description: 'theirs' })];
  const refused = { sent: 'refused', resent: false, clearAt: 5000 } as const;
  expect(chooseCreateMove({ ...situation, progress: refused, seen }).do).toBe('foreign');
  expect(chooseCreateMove({ ...situation, progress: refused }).do).toBe('send');
  const unknown = { sent: 'unknown', resent: false, clearAt: 1000 } as const;
  expect(chooseCreateMove({ ...situation, progress: unknown, seen }).do).toBe('foreign');
});

test('what an earlier attempt left is kept as it was, unless nobody knows since when', () => {
  const later = { ...begin, first: false };
  for (const left of [{ sent: 'refused', resent: true } as const, { sent: 'made', id: 'x', resent: false } as const])
    expect(beginProgress(left, later)).toEqual(left);
  expect(beginProgress({ sent: 'unknown', resent: false }, later)).toEqual({
    sent: 'unknown',
    resent: false,
    clearAt: 8_000,
  });
});
