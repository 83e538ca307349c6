/** The page that the benchmarks write, and the targets in it. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { judge } from '../bench/judge.js';
import { figureOf } from '../bench/measure.js';
import { fillPage, sectionsOf } from '../bench/render.js';
import type { Results } from '../bench/results.js';
import { inTurn } from '../bench/turns.js';

const read = (path: string) => readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), 'utf8');
const page = read('bench/page.md');
/** As many rounds as an interval needs. */
const figure = (value: number) => figureOf(Array.from({ length: 6 }, () => value));
const conditions: Results['conditions'] = {
  date: '2026-01-01',
  processor: 'p',
  cores: 2,
  memoryGiB: 24,
  node: '22',
  temporalServer: '1',
  versions: {},
  version: 'v',
  scale: 'full',
};

/** Every part measured once, with these figures of ours over bare Temporal's. */
function resultsWith(wall: number, throughput: number, cpu: number, orphans = 0): Results {
  const costs = {
    wallMs: figure(1),
    sagas: 200,
    atOnce: 64,
    throughput: figure(1),
    workerCpuMs: figure(1),
    totalCpuMs: figure(1),
    providerRequests: 8,
  };
  const overBase = { title: 'bare', wall: figure(wall), throughput: figure(throughput), workerCpu: figure(cpu) };
  const ours = { subject: 'ours', title: 'ours' };
  const endings = { done: 1, undone: 1, lost: 0, open: 0 };
  return {
    conditions,
    twoStep: [
      { ...ours, ...costs, fate: 'healthy', overBase },
      { ...ours, ...costs, fate: 'refused' },
    ],
    overhead: [{ ...ours, createMs: 1_000, ratio: figure(1.05), overBare: figure(1.02), aboveBare: figure(0.01) }],
    requestsPerSaga: { alone: 3, together: 1.5, atOnce: 100 },
    providerLimit: [
      { workers: 1, limitPerMinute: 120, sagasPerMinute: 80, requestsPerSaga: 1.5, ofBound: 1, throttled: 0 },
    ],
    manyOpen: [{ sagas: 10, startSeconds: 1, openAtOnce: 10, finishSeconds: 1, memoryPeak: 100, evictions: 0 }],
    coldStart: [{ what: 'node', ms: figure(30) }],
    recovery: [{ ...ours, what: 'cancel', ms: figure(2_000), left: 0 }],
    orphans: [{ ...ours, seed: 1, kills: 1, cancels: 1, sagas: 2, endings, orphans, incomplete: 0 }],
  };
}

test('every part has its place on the page, and the page no other places', () => {
  const places = [...page.matchAll(/<!-- bench: (.+?) -->/gu)].map(([, name]) => name);
  expect(places.toSorted()).toEqual(Object.keys(sectionsOf(resultsWith(1, 1, 1))).toSorted());
  expect(fillPage(page, resultsWith(1, 1, 1))).not.toMatch(/<!--|Not measured/u);
  expect(fillPage(page, resultsWith(1, 1, 1))).toContain(
    '| ours | 1000 ms | 6 | 1.050 (1.050 to 1.050) | 0.010 (0.010 to 0.010) | 1.020 (1.020 to 1.020) |',
  );
  expect(fillPage(page, { conditions })).toContain('Not measured in this run.');
});

test('the page in the documentation is what the committed run of everything gives', () => {
  const results = JSON.parse(read('docs/performance.json')) as Results;
  expect(results.conditions.scale).toBe('full');
  const written = read('docs/performance.md');
  expect(written).not.toContain('Not measured in this run.');
  // Not toBe on the texts: a difference is easier to read line by line.
  expect(written.split('\n')).toEqual(fillPage(page, results).split('\n'));
});

test('no figure stands in the text, where no run would hold it', () => {
  expect(page.match(/\d+(?:\.\d+)? ?(?:×|%|times)|\d+\.\d+/gu) ?? []).toEqual([]);
});

test('a target is missed as soon as its figure is beyond it, and what was not measured has none', () => {
  const missed = (results: Results) => judge(results).flatMap(({ what, reached }) => (reached === 'yes' ? [] : [what]));
  expect(missed(resultsWith(1.1, 0.9, 1.25))).toEqual([]);
  expect(missed(resultsWith(1.11, 0.89, 1.26, 1))).toHaveLength(4);
  expect(judge({ conditions })).toEqual([]);
});

test('a median that other rounds might have put on the other side of its target decides nothing', () => {
  const reached = (ratios: readonly number[]) => {
    const results = resultsWith(1, 1, 1);
    const [ours, ...others] = results.twoStep ?? [];
    if (!ours?.overBase) throw new Error('no ratios');
    const overBase = { ...ours.overBase, wall: figureOf(ratios) };
    return judge({ ...results, twoStep: [{ ...ours, overBase }, ...others] })[0];
  };
  expect(reached([1.05, 1.06, 1.07, 1.08, 1.08, 1.09])?.reached).toBe('yes');
  expect(reached([1.05, 1.06, 1.07, 1.07, 1.08, 1.11])).toMatchObject({
    reached: 'not decided',
    found: '1.07 (1.05 to 1.11)',
  });
  expect(reached([1.11, 1.12, 1.2, 1.2, 1.3, 1.4])?.reached).toBe('no');
  expect(reached([1.05, 1.05, 1.05, 1.05, 1.05])?.reached, 'too few rounds').toBe('not decided');
});

test('the interval of a median is the sign test\u2019s', () => {
  // Its table for 95 of 100, two-sided: in 5 values none, then the 1st, 2nd, 3rd and 6th from either end in 6, 9, 12 and 20.
  const upTo = (count: number) => figureOf(Array.from({ length: count }, (_, index) => index + 1)).interval;
  expect([5, 6, 9, 12, 20].map(upTo)).toEqual([undefined, [1, 6], [2, 8], [3, 10], [6, 15]]);
});

test.each([2, 5, 6])(
  '%i subjects take turns so that each is equally often in each place, and after each other one',
  (count) => {
    const subjects = Array.from({ length: count }, (_, index) => index);
    const places: string[] = [];
    const followers: string[] = [];
    const rounds = 2 * count;
    for (let round = 0; round < rounds; round += 1) {
      const order = inTurn(subjects, round);
      places.push(...order.map((subject, place) => `${subject} in ${place}`));
      followers.push(...order.slice(1).map((subject, before) => `${subject} after ${order[before]}`));
    }
    expect(countsOf(places)).toEqual(Array.from({ length: count * count }, () => 2));
    expect(countsOf(followers)).toEqual(Array.from({ length: count * (count - 1) }, () => 2));
  },
);

function countsOf(values: readonly string[]): number[] {
  return [...new Set(values)].map((value) => values.filter((other) => other === value).length);
}

test('quartiles lie between the values', () => {
  expect(figureOf([4, 1, 3, 2, 5])).toMatchObject({ median: 3, low: 2, high: 4, count: 5 });
  expect(figureOf([4, 1, 3, 2]).median).toBe(2.5);
});
