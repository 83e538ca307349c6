/** What the figures are to be, and what they are. */
import type { Results } from './results.js';

export interface Verdict {
  readonly what: string;
  readonly wanted: string;
  readonly found: string;
  readonly reached: boolean;
}

/** Of ours over bare Temporal in the same rounds. */
const WALL_AT_MOST = 1.1;
const THROUGHPUT_AT_LEAST = 0.9;
const CPU_AT_MOST = 1.25;
/** Of the overhead ratio, where each create takes a second. */
const ABOVE_BARE_AT_MOST = 0.01;
const OF_BOUND_AT_LEAST = 0.95;
const SECOND_MS = 1_000;

/** The targets of what was measured. */
export function judge(results: Results): Verdict[] {
  const ratios = results.twoStep?.find(({ subject, fate }) => subject === 'ours' && fate === 'healthy')?.overBase;
  const slow = results.overhead?.filter(({ createMs }) => createMs === SECOND_MS) ?? [];
  const ours = slow.find(({ subject }) => subject === 'ours')?.ratio.median;
  const bare = slow.find(({ subject }) => subject === 'bare')?.ratio.median;
  const left = results.orphans?.find(({ subject }) => subject === 'ours');
  return [
    ...(ratios
      ? [
          atMost('wall time of a saga, to bare Temporal', ratios.wall.median, WALL_AT_MOST, 2),
          atLeast('throughput, to bare Temporal', ratios.throughput.median, THROUGHPUT_AT_LEAST, 2),
          atMost("the worker's CPU a saga, to bare Temporal", ratios.workerCpu.median, CPU_AT_MOST, 2),
        ]
      : []),
    ...(ours !== undefined && bare !== undefined
      ? [atMost('overhead at creates of 1 s, above bare Temporal', ours - bare, ABOVE_BARE_AT_MOST, 3)]
      : []),
    ...(results.providerLimit ?? []).map(({ workers, ofBound }) =>
      atLeast(
        `of a provider's limit, with ${workers} worker${workers === 1 ? '' : 's'}`,
        ofBound,
        OF_BOUND_AT_LEAST,
        3,
      ),
    ),
    ...(left ? [atMost('orphans under kills and cancels', left.orphans, 0, 0)] : []),
  ];
}

function atMost(what: string, found: number, limit: number, digits: number): Verdict {
  return { what, wanted: `at most ${limit}`, found: found.toFixed(digits), reached: found <= limit };
}

function atLeast(what: string, found: number, limit: number, digits: number): Verdict {
  return { what, wanted: `at least ${limit}`, found: found.toFixed(digits), reached: found >= limit };
}
