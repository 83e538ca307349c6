/**
 * The ledger: the record of every step's life in one workflow, and the one table of what may follow what.
 * It is what the query `ledger`, the RolledBack failure and the memo of a cancelled run show.
 */
import type { Verified } from './drift.js';
import type { FailureType, Outcome } from './failures.js';
import type { MoveName } from './moves.js';

export const STEP_STATES = [
  'planned',
  'creating',
  'live',
  'refused',
  'uncertain',
  'deleting',
  'deleted',
  'kept',
  'abandoned',
] as const;

/**
 * One of the states of a step. `creating` stands before anything is sent; `uncertain`: something may have been made, so its undo
 * looks; `refused`: nothing was made; `kept`: retained or adopted, and still there; `abandoned`: an operator let go of it.
 */
export type StepState = (typeof STEP_STATES)[number];

/** Why a step, or the whole plan, waits for a person, and what that person can do. `since` is ISO 8601. */
export interface Attention {
  readonly reason: string;
  readonly since: string;
  readonly moves: readonly MoveName[];
  /** The provider's id of the request that was refused last, where it gave one. */
  readonly requestId?: string;
}

/** What made a step fail, in data. */
export interface Cause {
  readonly type: FailureType;
  readonly message: string;
  readonly provider?: string;
  readonly operation?: string;
  readonly status?: number;
  readonly code?: string;
  readonly requestId?: string;
}

/** One step's life so far. */
export interface LedgerStep {
  readonly kind: string;
  readonly connection: string;
  readonly state: StepState;
  /** When it entered that state, ISO 8601. Missing while it is planned. */
  readonly since?: string;
  readonly id?: string;
  readonly adopted?: boolean;
  /** An operator gave its outputs instead: it is never read, and never deleted. Such a step is `adopted` too. */
  readonly skipped?: boolean;
  /** The provider's id of the request that made the resource. */
  readonly requestId?: string;
  readonly attention?: Attention;
  readonly cause?: Cause;
  /** Only of a managed plan: what the last look at the cloud showed. */
  readonly verified?: Verified;
}

/** An operator's act, in order. `at` is ISO 8601. */
export interface Move {
  readonly step?: string;
  readonly move: MoveName;
  readonly by: string;
  readonly why: string;
  readonly at: string;
  /** The id that was given, with `adopt`. */
  readonly id?: string;
  /** Missing while it is being carried out. `failed`: it was accepted, and what it needed did not hold. */
  readonly result?: 'done' | 'failed';
  /** Why it failed. */
  readonly error?: string;
}

/** The record of a plan's run: every step, what waits for a person, and what operators did. */
export interface Ledger {
  readonly plan: string;
  readonly outcome?: Outcome;
  readonly steps: { readonly [step: string]: LedgerStep };
  /** Something waits that is no single step's: the approval of the plan. */
  readonly attention?: Attention;
  /** The latest 200; the run's history has all. */
  readonly moves: readonly Move[];
}

/**
 * Every allowed transition. `creating` stands before the activity is scheduled (undo is armed before the call);
 * only `refused` and `planned` skip the undo, so nothing leads to them once something may have been made.
 */
const TRANSITIONS: Readonly<Record<StepState, readonly StepState[]>> = {
  // After a workflow reset the history may lie about what was never started or refused: then the step is uncertain.
  planned: ['creating', 'uncertain'],
  creating: ['live', 'refused', 'uncertain'],
  // A live step turns uncertain when a reset run finds it missing.
  live: ['deleting', 'kept', 'uncertain'],
  // An operator makes a failed step again, or names what stands for it (`live`).
  uncertain: ['deleting', 'kept', 'creating', 'live', 'abandoned'],
  refused: ['uncertain', 'creating', 'live'],
  // `kept`: an operator adopts what cannot be deleted.
  deleting: ['deleted', 'abandoned', 'kept'],
  // Only in a run that was reset on its way: another run may have made it again.
  deleted: ['uncertain'],
  kept: [],
  abandoned: [],
};

/** The step in its next state. Throws on a transition that is not in the table: that is a defect, not an outcome. */
export function moveStep(step: LedgerStep, to: StepState, facts: Partial<LedgerStep> = {}): LedgerStep {
  if (!TRANSITIONS[step.state].includes(to)) throw new Error(`Ledger: ${step.state} cannot become ${to}`);
  return { ...step, ...facts, state: to };
}
