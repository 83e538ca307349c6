/** Figures: medians with their spread, and the CPU time that processes have used. */
import { readdirSync, readFileSync } from 'node:fs';

/** Of one quantity in one run, interpolated between values. `low` and `high` are the quartiles. */
export interface Figure {
  readonly median: number;
  /** Confidence interval of the median, at least 95 in 100, values taken as independent. Absent with fewer than six. */
  readonly interval?: readonly [from: number, to: number];
  readonly low: number;
  readonly high: number;
  readonly p99: number;
  readonly count: number;
}

export function figureOf(values: readonly number[]): Figure {
  if (values.some(Number.isNaN)) throw new Error('a value was not measured');
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => {
    const place = (sorted.length - 1) * share;
    const below = sorted[Math.floor(place)] ?? Number.NaN;
    return below + ((sorted[Math.ceil(place)] ?? Number.NaN) - below) * (place % 1);
  };
  const interval = intervalOf(sorted);
  return {
    median: at(0.5),
    ...(interval && { interval }),
    low: at(0.25),
    high: at(0.75),
    p99: at(0.99),
    count: sorted.length,
  };
}

/** With which probability the median may lie on one side of its interval. */
const PER_SIDE = 0.025;
/** Beyond that ½ⁿ is no number any more. */
const MOST_VALUES = 1_000;

/**
 * The sign test's, which asks for no distribution: of n values each lies below the true median with probability ½, so how many
 * do is binomial, and the k-th from either end bound it unless fewer than k are on one side.
 */
function intervalOf(sorted: readonly number[]): readonly [number, number] | undefined {
  const n = sorted.length;
  if (n > MOST_VALUES) throw new Error(`${n} values: an interval is made of ${MOST_VALUES} at most`);
  let left = 0;
  let fewer = 0.5 ** n;
  // `fewer` is the probability of at most `left` values on one side.
  for (let term = fewer; fewer <= PER_SIDE && left < n; left += 1) {
    term *= (n - left) / (left + 1);
    fewer += term;
  }
  return left === 0 ? undefined : [sorted[left - 1] as number, sorted[n - left] as number];
}

/** A kernel's clock tick, which /proc counts in, is 10 ms on every Linux that Node runs on (USER_HZ). */
const TICK_MS = 10;
const UTIME = 11;

/** User and system time of these processes so far, in ms; of Linux's /proc, so that servers count like workers. */
export function cpuOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + ticksOf(pid) * TICK_MS, 0);
}

/** Resident memory in MiB. */
export function memoryOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) / 1024;
}

/** The process and everything that it started, as far as that still runs. */
export function familyOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return [pid, ...(children === '' ? [] : children.split(' ').flatMap((child) => familyOf(Number(child))))];
}

/** CPU ms that each thread of the process has used so far. The main one comes first; Node calls most others by its own name. */
export function threadsOf(pid: number): Map<string, number> {
  const spent = readdirSync(`/proc/${pid}/task`).flatMap((thread) => {
    const stat = readStat(`/proc/${pid}/task/${thread}/stat`);
    if (!stat) return [];
    const name = thread === String(pid) ? 'main thread' : `${stat.name}, thread ${Number(thread) - pid}`;
    return [[name, (Number(stat.times[0]) + Number(stat.times[1])) * TICK_MS] as const];
  });
  return new Map(spent);
}

function ticksOf(pid: number): number {
  const stat = readStat(`/proc/${pid}/stat`);
  if (!stat) throw new Error(`process ${pid} has ended`);
  return stat.times.reduce((sum, ticks) => sum + ticks, 0);
}

/** Undefined for what has ended meanwhile. Times: user, system, and the same of children that have ended, as a database's sessions do. */
function readStat(path: string): { readonly name: string; readonly times: readonly number[] } | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  // The second field is the name in brackets, which may hold spaces and brackets.
  const end = text.lastIndexOf(') ');
  const fields = text.slice(end + 2).split(' ');
  return { name: text.slice(text.indexOf('(') + 1, end), times: fields.slice(UTIME, UTIME + 4).map(Number) };
}
