/** The page that the benchmarks write, and the targets in it. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { judge } from '../bench/judge.js';
import { figureOf } from '../bench/measure.js';
import { fillPage, sectionsOf } from '../bench/render.js';
import type { Results } from '../bench/results.js';

const page = readFileSync(fileURLToPath(new URL('../bench/page.md', import.meta.url)), 'utf8');
const figure = (value: number) => figureOf([value]);
const conditions = {
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
    overhead: [{ ...ours, createMs: 1_000, ratio: figure(1.05), overBare: figure(1.02) }],
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
    '| ours | 1000 ms | 1.050 | 1.050 to 1.050 | 1.02 (1.02 to 1.02) |',
  );
  expect(fillPage(page, { conditions })).toContain('Not measured in this run.');
});

test('no figure stands in the text, where no run would hold it', () => {
  expect(page.match(/\d+(?:\.\d+)? ?(?:×|%|times)|\d+\.\d+/gu) ?? []).toEqual([]);
});

test('a target is missed as soon as its figure is beyond it, and what was not measured has none', () => {
  const missed = (results: Results) => judge(results).flatMap(({ what, reached }) => (reached ? [] : [what]));
  expect(missed(resultsWith(1.1, 0.9, 1.25))).toEqual([]);
  expect(missed(resultsWith(1.11, 0.89, 1.26, 1))).toHaveLength(4);
  expect(judge({ conditions })).toEqual([]);
});

test('quartiles lie between the values', () => {
  expect(figureOf([4, 1, 3, 2, 5])).toMatchObject({ median: 3, low: 2, high: 4, count: 5 });
  expect(figureOf([4, 1, 3, 2]).median).toBe(2.5);
});
