/** What the figures are to be, and what they are. */
import type { Figure } from './measure.js';
import type { Results } from './results.js';

export interface Verdict {
  readonly what: string;
  readonly wanted: string;
  readonly found: string;
  readonly reached: 'yes' | 'no' | 'not decided';
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
  const slow = results.overhead?.find(({ subject, createMs }) => subject === 'ours' && createMs === SECOND_MS);
  const left = results.orphans?.find(({ subject }) => subject === 'ours');
  return [
    ...(ratios
      ? [
          verdict('wall time of a saga, to bare Temporal', ratios.wall, { atMost: WALL_AT_MOST }, 2),
          verdict('throughput, to bare Temporal', ratios.throughput, { atLeast: THROUGHPUT_AT_LEAST }, 2),
          verdict("the worker's CPU a saga, to bare Temporal", ratios.workerCpu, { atMost: CPU_AT_MOST }, 2),
        ]
      : []),
    ...(slow?.aboveBare
      ? [
          verdict(
            "wall time over the clouds' own at creates of 1 s, less bare Temporal's",
            slow.aboveBare,
            { atMost: ABOVE_BARE_AT_MOST },
            3,
          ),
        ]
      : []),
    ...(results.providerLimit ?? []).map(({ workers, ofBound }) =>
      verdict(
        `of a provider's limit, with ${workers} worker${workers === 1 ? '' : 's'}`,
        ofBound,
        { atLeast: OF_BOUND_AT_LEAST },
        3,
      ),
    ),
    ...(left ? [verdict('orphans under kills and cancels', left.orphans, { atMost: 0 }, 0)] : []),
  ];
}

type Limit = { readonly atMost: number } | { readonly atLeast: number };

/**
 * `found`: of many rounds, or the one number there is. A median whose interval holds the limit is on neither side of it for
 * sure, and so is one of too few rounds for an interval.
 */
function verdict(what: string, found: Figure | number, limit: Limit, digits: number): Verdict {
  const keeps = (value: number) => ('atMost' in limit ? value <= limit.atMost : value >= limit.atLeast);
  const bounds = typeof found === 'number' ? [found] : (found.interval ?? []);
  const kept = bounds.map(keeps);
  const median = typeof found === 'number' ? found : found.median;
  const between = bounds.length === 2 ? ` (${bounds.map((bound) => bound.toFixed(digits)).join(' to ')})` : '';
  return {
    what,
    wanted: 'atMost' in limit ? `at most ${limit.atMost}` : `at least ${limit.atLeast}`,
    found: `${median.toFixed(digits)}${between}`,
    reached: kept.length === 0 || new Set(kept).size > 1 ? 'not decided' : kept[0] ? 'yes' : 'no',
  };
}
