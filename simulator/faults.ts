/**
 * Faults on demand: which calls they meet and what happens to them. Every fault counts the calls that it matches on its
 * own, from the moment it is set; of several that meet one call the first set decides, `slow` and `stale-list` add up.
 */
import { isObject } from './fields.js';
import type { Operation } from './operation.js';

export const FAULT_ACTIONS = [
  /** The cloud's own "no": `status`, `code` and `message`, or its usual ones. No effect. */
  'refuse',
  /** The cloud's own 429, with `retryAfterMs` as a hint where given. No effect. */
  'throttle',
  /** A 5xx (or `status`, `code`) without the effect, or after it. */
  'fail-before',
  'fail-after',
  /** No answer, ever; with `ms` the socket is cut then. */
  'hang-before',
  'hang-after',
  /** The socket is cut without an answer. */
  'cut-before',
  'cut-after',
  /** The socket is cut at once, the effect lands `ms` later (default 1000). */
  'late',
  /** Reads show the state of `ms` ago (default 1000): made things are not there yet, deleted ones still are. */
  'stale-list',
  /** The effect is immediate, the answer comes `ms` later (default 1000). */
  'slow',
  /** CreateProject answers as usual, and the project ends in InitFailed. */
  'init-failed',
] as const;

/** What a fault does to a call; those that end in `-after` have had their effect. */
export type FaultAction = (typeof FAULT_ACTIONS)[number];

/** A fault: which calls it meets, and what happens to them. Times are in ms. */
export interface Fault {
  /** The documented name of an operation. */
  readonly operation: string;
  readonly do: FaultAction;
  /** The first call it meets, counted from now; 1 is the next. */
  readonly nth?: number;
  /** How many calls it meets from there on. Default: one if `nth` is given, else all until it is cleared. */
  readonly count?: number;
  /** Meets (and counts) only calls about the resource of this name, and whose `User-Agent` holds this text. */
  readonly match?: { readonly name?: string; readonly userAgent?: string };
  readonly status?: number;
  readonly code?: string;
  readonly message?: string;
  readonly retryAfterMs?: number;
  readonly ms?: number;
  /** Sent in place of the cloud's own error body, with `status`: JSON, or text as it is. */
  readonly body?: unknown;
}

/** A fault that was set: how many calls matched it so far, and how many it met. */
export type FaultReport = Fault & { readonly seen: number; readonly fired: number };

const DEFAULT_MS = 1000;

export const delayOf = (fault: Fault): number => fault.ms ?? DEFAULT_MS;

interface SetFault {
  readonly fault: Fault;
  seen: number;
  fired: number;
}

/** What the faults make of one call. */
export interface Fate {
  readonly decisive: Fault | undefined;
  readonly slowMs: number;
  readonly staleMs: number;
}

/** What a fault may match besides the operation. */
export interface Caller {
  subject(): string | undefined;
  readonly userAgent: string | undefined;
}

export class FaultBook {
  private faults: SetFault[] = [];

  add(faults: readonly Fault[]): void {
    this.faults.push(...faults.map((fault) => ({ fault, seen: 0, fired: 0 })));
  }

  clear(): void {
    this.faults = [];
  }

  report(): readonly FaultReport[] {
    return this.faults.map(({ fault, seen, fired }) => ({ ...fault, seen, fired }));
  }

  meet(operation: Operation, { subject, userAgent }: Caller): Fate {
    let decisive: Fault | undefined;
    let slowMs = 0;
    let staleMs = 0;
    for (const set of this.faults) {
      const { fault } = set;
      if (fault.operation !== operation.name) continue;
      if (!matches(fault, { subject, userAgent })) continue;
      set.seen += 1;
      if (!coversCall(fault, set.seen)) continue;
      if (fault.do === 'slow') slowMs += delayOf(fault);
      else if (fault.do === 'stale-list') staleMs = Math.max(staleMs, delayOf(fault));
      else if (decisive) continue;
      else decisive = fault;
      set.fired += 1;
    }
    return { decisive, slowMs, staleMs };
  }
}

function matches({ match }: Fault, { subject, userAgent = '' }: Caller): boolean {
  if (match?.userAgent !== undefined && !userAgent.includes(match.userAgent)) return false;
  return match?.name === undefined || match.name === subject();
}

function coversCall(fault: Fault, call: number): boolean {
  const first = fault.nth ?? 1;
  const count = fault.count ?? (fault.nth === undefined ? Infinity : 1);
  return call >= first && call < first + count;
}

/** Checks one fault or a list; throws one Error that names all problems by path. */
export function parseFaults(value: unknown, operations: ReadonlyMap<string, Operation>): readonly Fault[] {
  const list = Array.isArray(value) ? value : [value];
  const problems = list.flatMap((fault, i) => problemsOf(fault, operations).map((text) => `faults[${i}]${text}`));
  if (problems.length > 0) throw new Error(problems.join('; '));
  return list as Fault[];
}

const NUMBERS: Readonly<Record<string, readonly [min: number, max: number]>> = {
  nth: [1, 1e6],
  count: [1, 1e6],
  status: [200, 599],
  retryAfterMs: [0, 24 * 3600 * 1000],
  ms: [0, 24 * 3600 * 1000],
};

const MATCHES: readonly string[] = ['name', 'userAgent'];

function problemsOf(fault: unknown, operations: ReadonlyMap<string, Operation>): string[] {
  if (!isObject(fault)) return [': must be an object'];
  const problems: string[] = [];
  const operation = operations.get(String(fault.operation));
  if (!operation) problems.push(`.operation: must be one of ${[...operations.keys()].join(', ')}`);
  const action = FAULT_ACTIONS.find((known) => known === fault.do);
  if (!action) problems.push(`.do: must be one of ${FAULT_ACTIONS.join(', ')}`);
  if (operation && action) problems.push(...misfits(operation, action));
  for (const [key, value] of Object.entries(fault)) {
    const range = NUMBERS[key];
    if (range) {
      const fits = Number.isInteger(value) && Number(value) >= range[0] && Number(value) <= range[1];
      if (!fits) problems.push(`.${key}: must be an integer from ${range[0]} to ${range[1]}`);
    } else if (key === 'code' || key === 'message') {
      if (typeof value !== 'string') problems.push(`.${key}: must be a string`);
    } else if (key === 'match') {
      if (!isMatch(value)) problems.push('.match: must be { name }, { userAgent } or both, each a string');
    } else if (!['operation', 'do', 'body'].includes(key)) {
      problems.push(
        `.${key}: unknown; known are operation, do, match, code, message, body, ${Object.keys(NUMBERS).join(', ')}`,
      );
    }
  }
  return problems;
}

function isMatch(value: unknown): boolean {
  return (
    isObject(value) && Object.entries(value).every(([key, text]) => MATCHES.includes(key) && typeof text === 'string')
  );
}

function misfits(operation: Operation, action: FaultAction): string[] {
  if (action === 'stale-list' && operation.effect !== 'read') return ['.do: stale-list needs an operation that reads'];
  if (action === 'late' && operation.effect !== 'write') return ['.do: late needs an operation that changes something'];
  if (action === 'init-failed' && operation.name !== 'CreateProject') return ['.do: init-failed needs CreateProject'];
  return [];
}
