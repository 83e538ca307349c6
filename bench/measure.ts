/** Figures: medians with their spread, and the CPU time that processes have used. */
import { readFileSync } from 'node:fs';

/** Of one quantity in one run. `low` and `high` are the quartiles. */
export interface Figure {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly p99: number;
  readonly count: number;
}

export function figureOf(values: readonly number[]): Figure {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { median: at(0.5), low: at(0.25), high: at(0.75), p99: at(0.99), count: sorted.length };
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

function ticksOf(pid: number): number {
  // The second field is the name in brackets, which may hold spaces. From the 14th on: utime, stime, and the same of
  // children that have ended, as a database's sessions do.
  const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(/\) (?=[A-Z] )/);
  return rest
    .split(' ')
    .slice(UTIME, UTIME + 4)
    .reduce((sum, ticks) => sum + Number(ticks), 0);
}
