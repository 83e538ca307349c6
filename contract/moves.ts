/** Operators' moves: the updates that a run takes, and what each must say. Their rules are in workflows/moves.ts. */
import type { StepOutputs } from './plan.js';

/**
 * - `retry` a step: make it again, or try its undo now.
 * - `adopt` a step with an `id`: that resource stands for it, after a look at the cloud; in an undo, it is kept.
 * - `skip` a step with its `outputs`: the plan goes on without making it.
 * - `rollback`: undo everything. `abandon` a step: let go of what cannot be undone; `confirm` holds the resource's name.
 * - `approve`, `reject`: a plan with `approval: required`.
 * - `deprovision`: a managed plan gives its resources up.
 */
export const MOVES = ['retry', 'adopt', 'skip', 'rollback', 'abandon', 'approve', 'reject', 'deprovision'] as const;

export type MoveName = (typeof MOVES)[number];

/** The one argument of every move's update. */
export interface MoveRequest {
  /** Who: at most {@link MOVE_LIMITS}.by characters. */
  readonly by: string;
  readonly why: string;
  /** The step's key; not with rollback, approve, reject and deprovision. */
  readonly step?: string;
  /** With adopt. */
  readonly id?: string;
  /** With skip: `id`, and every output that another step refers to. */
  readonly outputs?: StepOutputs;
  /** With abandon: the resource's name, typed by who knows what is let go. */
  readonly confirm?: string;
  /** With deprovision: what is protected goes too. */
  readonly includeProtected?: boolean;
}

export const MOVE_LIMITS = {
  /** A name or an address of a person, or of a program. */
  by: 100,
  /** A sentence or two, with a ticket's address: it stands in the ledger and in the Temporal UI. */
  why: 500,
  /** Longer than any id or name of the clouds. */
  text: 256,
  /** Of `outputs` as JSON: they travel in the ledger's run and in the result. */
  outputsBytes: 4_000,
  /** In the ledger, which has to fit into a failure's details, and beside the plan into what the next run is handed. */
  listed: 200,
  /** Of a provider's words on why a move failed. */
  error: 300,
} as const;

/** `type` of the failure with which a move is refused, or fails after it was accepted. */
export const MOVE_REFUSED = 'MoveRefused';
