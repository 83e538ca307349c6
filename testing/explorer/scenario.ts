/** What is explored: a plan on model clouds, what may go wrong, and how much of it in one schedule. */
import type { OwnerState } from '../../activities/ownership.js';
import type { MoveName, MoveRequest } from '../../contract/moves.js';
import type { Plan } from '../../contract/plan.js';
import type { CloudModel } from './model-cloud.js';

/** Everything that may go wrong; each use of one counts against {@link Bounds.adversities}. */
export const ADVERSITIES = [
  /** A request is refused, throttled, never sent, or its answer is lost. */
  'requests',
  /** Of those only what is final: a create, a delete or a look-up that is refused, a create or a delete that nobody knows of. */
  'refusals',
  /** What was made does not show yet, is pending, or failed; a delete takes a while. */
  'slow-clouds',
  /** A list shows what was there before the last change. */
  'stale-lists',
  'cancel',
  /** The server gives an attempt up, which goes on all the same. */
  'lost-attempts',
  /** A worker shuts down, or cannot reach the server for a while; no worker takes an activity. */
  'workers',
  'activity-reset',
  'workflow-reset',
  'continue-as-new',
  /** Somebody else makes something of the same name. */
  'bystanders',
  /** Kills without undoing. */
  'terminate',
  /** A sweep that deletes runs beside the saga. */
  'sweep',
] as const;

/** One of what may go wrong. */
export type Adversity = (typeof ADVERSITIES)[number];

/** How much may go wrong, and how far to look. */
export interface Bounds {
  /** How many things may go wrong in one schedule. */
  readonly adversities: number;
  /** How often a schedule may leave the order in which things would happen by themselves. Undefined: without bound. */
  readonly preemptions?: number;
  /** How many moves operators may make in one schedule. Default: none. */
  readonly decisions?: number;
  /** Choices in one schedule: a longer one is reported as stuck. */
  readonly depth: number;
}

/** Something that was there before, and is not ours. */
export interface Bystander {
  readonly name: string;
  readonly marker: 'none' | 'other-run';
  /** In whose cloud, where it is named like no step. */
  readonly beside?: string;
}

/** A move that an operator may make wherever the ledger offers it. */
export interface Decision extends Pick<MoveRequest, 'step' | 'outputs' | 'includeProtected'> {
  readonly move: MoveName;
  /** With adopt: what the step's own create made, or what somebody else did. */
  readonly id?: 'own' | 'foreign';
}

/** Goes wrong in every schedule, once, and counts as nothing: what leads to where people decide. */
export interface Given {
  readonly operation: 'Create' | 'Delete';
  readonly step: string;
  /** `unclear`: for good, and its effect may still land. */
  readonly how: 'refused' | 'unclear';
}

/** A plan, its clouds, and what may happen to them. */
export interface Scenario {
  readonly name: string;
  readonly plan: Plan;
  /** By kind name, as the plan uses them. */
  readonly clouds: { readonly [kind: string]: CloudModel };
  readonly bystanders?: readonly Bystander[];
  /** What Temporal says of the owner that a bystander's marker names. */
  readonly ownerState?: OwnerState;
  readonly adversities: readonly Adversity[];
  readonly given?: readonly Given[];
  readonly decisions?: readonly Decision[];
  readonly bounds: Bounds;
  readonly restarts?: 'everywhere' | 'at-branches';
}
