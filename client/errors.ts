/**
 * What ProvisionerClient throws. Each says what happened and what to do next, and carries the data a program needs.
 * No message holds a value of the plan: only paths and names.
 */
import type { Outcome, Problem } from '../contract/failures.js';
import type { Cause, Ledger } from '../contract/ledger.js';
import type { MoveName } from '../contract/moves.js';

/**
 * What all of them are: `catch (error) { if (error instanceof ProvisionerError) … }` takes what this package says, and leaves
 * to the caller what Temporal's SDK throws (no server, a wait that was given up).
 */
export abstract class ProvisionerError extends Error {
  /** The record of every step, where the error is about a run. */
  readonly ledger: Ledger | undefined = undefined;
}

/** The plan cannot be started: every problem at once. Nothing was called, not even the Temporal server. */
export class InvalidPlanError extends ProvisionerError {
  override readonly name = 'InvalidPlanError';

  constructor(readonly problems: readonly Problem[]) {
    super(
      `The plan has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}: ${problemList(problems)}`,
    );
  }
}

/** What was asked cannot be done: every problem at once. Nothing was started. */
export class InvalidRequestError extends ProvisionerError {
  override readonly name = 'InvalidRequestError';

  constructor(readonly problems: readonly Problem[]) {
    super(
      `The request has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}: ${problemList(problems)}`,
    );
  }
}

/** Something else holds this plan's name. The message says what it is and what would work. */
export class PlanConflictError extends ProvisionerError {
  override readonly name = 'PlanConflictError';

  constructor(
    readonly workflowId: string,
    message: string,
  ) {
    super(message);
  }
}

/** There is no workflow for this plan, or its history is past the namespace's retention. */
export class ProvisionNotFoundError extends ProvisionerError {
  override readonly name = 'ProvisionNotFoundError';

  constructor(readonly workflowId: string) {
    super(`There is no workflow ${workflowId}: start one with the plan, or see what there is with provisioner list.`);
  }
}

/** A move that would be possible, of a step or of the whole plan. */
export interface PossibleMove {
  readonly move: MoveName;
  readonly step?: string;
}

/** A move was refused, or what it needed did not hold. Nothing was changed; `possible` is what the run takes now. */
export class MoveRefusedError extends ProvisionerError {
  override readonly name = 'MoveRefusedError';

  constructor(
    message: string,
    readonly possible: readonly PossibleMove[],
    /** Only of a move that says not what it must: then it was not even sent. */
    readonly problems: readonly Problem[] = [],
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}

/** How a plan ended that is not provisioned, as {@link ProvisionFailedError} carries it. */
export interface ProvisionFailure {
  readonly outcome: Exclude<Outcome, 'Provisioned'>;
  readonly message: string;
  /** Missing only where the server has no trace of one: a run that was terminated from outside and is past retention. */
  readonly ledger: Ledger | undefined;
  /** The first thing that went wrong, in the provider's own evidence. A cancel has none. */
  readonly facts?: Cause;
  /** Only NotStarted: what was wrong with the plan or with the worker's configuration. */
  readonly problems?: readonly Problem[];
}

/** The workflow closed and not as Provisioned. `outcome` says what is left in the clouds, `ledger` names it. */
export class ProvisionFailedError extends ProvisionerError {
  override readonly name = 'ProvisionFailedError';
  readonly outcome: ProvisionFailure['outcome'];
  override readonly ledger: Ledger | undefined;
  readonly facts: Cause | undefined;
  readonly problems: readonly Problem[];

  constructor(failure: ProvisionFailure, options?: { readonly cause?: unknown }) {
    super(failure.message, options);
    this.outcome = failure.outcome;
    this.ledger = failure.ledger;
    this.facts = failure.facts;
    this.problems = failure.problems ?? [];
  }
}

function problemList(problems: readonly Problem[]): string {
  const shown = problems.slice(0, 5).map(({ path, message }) => (path ? `${path}: ${message}` : message));
  const more = problems.length > shown.length ? [`and ${problems.length - shown.length} more`] : [];
  return [...shown, ...more].join('; ');
}
