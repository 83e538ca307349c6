/** What crosses a boundary of the sweep: what it is asked, what one page of it finds, and its report. */
import type { Problem } from './failures.js';
import type { Cause } from './ledger.js';
import type { JsonObject } from './plan.js';
import type { Owner } from './steps.js';

/** Input of the workflow `sweepOrphans`. */
export interface SweepRequest {
  /** Delete the orphans. Default false: only report. */
  readonly delete?: boolean;
  /** How long an owner must have been closed before what it left is an orphan. Default one hour. */
  readonly graceMs?: number;
  /** Default: every connection of the worker. */
  readonly connections?: readonly string[];
}

/** One kind on one connection: what is listed at once. */
export interface SweepTarget {
  readonly connection: string;
  readonly kind: string;
  readonly provider: string;
  readonly taskQueue: string;
}

export interface ResolvedSweep {
  readonly delete: boolean;
  readonly graceMs: number;
  readonly targets: readonly SweepTarget[];
  /** Kinds that cannot be listed there, and why: they are in nobody's reach through this connection. */
  readonly skipped: readonly SweepProblem[];
  /** Connections that reach only the simulator. */
  readonly simulated: readonly string[];
  readonly fingerprint: string;
}

export type SweepResolution = { readonly sweep: ResolvedSweep } | { readonly problems: readonly Problem[] };

export interface SweepProblem {
  readonly connection: string;
  readonly kind: string;
  readonly message: string;
}

/**
 * What became of everything that was listed.
 *
 * - `unmarked`: no marker of ours, or none that can be read. `elsewhere`: another namespace's.
 * - `live`: its owner is open or Provisioned. `kept`: its owner kept or abandoned it.
 * - `young`: its owner closed less than the grace time ago. `orphan`: longer ago.
 * - `unknown`: its owner cannot be found or not be judged. Never deleted.
 */
export const SWEEP_VERDICTS = ['unmarked', 'elsewhere', 'live', 'kept', 'young', 'orphan', 'unknown'] as const;

export type SweepVerdict = (typeof SWEEP_VERDICTS)[number];
export type SweepCounts = { readonly [verdict in SweepVerdict]: number };

/** A resource that somebody should know of. */
export interface Finding {
  readonly verdict: 'orphan' | 'unknown';
  readonly connection: string;
  readonly kind: string;
  readonly id: string;
  readonly name: string;
  readonly owner: Owner;
  /** Why it is what it is, in a few words. */
  readonly why: string;
}

/** An orphan with what its deletion needs: the run that closed its owner, when, and its place in the owner's order. */
export interface Orphan extends Finding {
  readonly verdict: 'orphan';
  readonly lastRunId: string;
  /** Server time, in ms since 1970. */
  readonly closedAt: number;
  /** Steps that need others are higher than these: they go first. */
  readonly rank: number;
  /** The least of a spec with which the kind finds it again. */
  readonly spec: JsonObject;
}

/** Input of `<kind>.list`. */
export interface SweepPageInput {
  readonly connection: string;
  readonly graceMs: number;
  /** Only ids behind this one. */
  readonly after?: string;
  /** The orphans are to be deleted: the page ends where there is no room for another one. */
  readonly delete: boolean;
  /** At most so many of each are named. */
  readonly room: { readonly orphans: number; readonly unknown: number };
  readonly fingerprint: string;
}

export interface SweepPage {
  /** Of the ids from `after` to `next`. */
  readonly counts: SweepCounts;
  readonly orphans: readonly Orphan[];
  readonly unknown: readonly Finding[];
  /** The last id that this page speaks of. Missing: it was the last page. */
  readonly next?: string;
}

/** Input of `<kind>.sweep`. */
export interface SweepDeleteInput {
  readonly orphan: Orphan;
  readonly fingerprint: string;
}

/** `gone`: there was nothing of this owner left. `left`: its owner is not what it was when it was listed. */
export type SweepDeleteResult =
  | { readonly result: 'deleted' | 'gone' }
  | { readonly result: 'left'; readonly why: string };

/** What came of an orphan that was to be deleted. */
export type SweepOutcome = SweepDeleteResult | { readonly result: 'failed'; readonly cause: Cause };

/** `at` is ISO 8601. */
export type SweepAct = Finding & SweepOutcome & { readonly at: string };

/** Result of `sweepOrphans`, and its query `report` while it runs. Counts are exact; the lists are bounded. */
export interface SweepReport {
  readonly delete: boolean;
  readonly graceMs: number;
  readonly counts: SweepCounts;
  /** Orphans that were not to be deleted. */
  readonly orphans: readonly Finding[];
  readonly unknown: readonly Finding[];
  /** How often each act came out, and the acts themselves. */
  readonly acted: { readonly [result in SweepAct['result']]: number };
  readonly acts: readonly SweepAct[];
  /** What could not be listed: nothing is known of it. */
  readonly problems: readonly SweepProblem[];
  readonly skipped: readonly SweepProblem[];
  readonly simulated: readonly string[];
  /** False while it runs. */
  readonly done: boolean;
}

/** What a continued run is handed. `positions`: for each target the id to go on behind, null where it is done. */
export interface CarriedSweep {
  readonly sweep: ResolvedSweep;
  readonly report: SweepReport;
  readonly positions: readonly (string | null)[];
}
