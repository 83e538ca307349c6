/** What crosses a boundary of `deprovision` and `verifyPlan` beside their requests: what there is to undo, or to read. */
import type { Drift } from './drift.js';
import type { Problem } from './failures.js';
import type { LedgerStep } from './ledger.js';
import type { JsonObject, Plan, ProvisionResult } from './plan.js';
import type { Carried, ResolvedPlan, RunFacts } from './steps.js';
import type { SweepTarget } from './sweep.js';

/** What resolving is told of the run that asks. */
export interface LaterFacts extends RunFacts {
  /** Server time, in ms since 1970. */
  readonly now: number;
}

/** Input of `<kind>.discover`: who made what is looked for. */
export interface DiscoverInput {
  readonly connection: string;
  readonly workflowId: string;
  readonly fingerprint: string;
}

/** A resource that carries a marker of the plan's workflow. */
export interface Discovered {
  readonly connection: string;
  readonly kind: string;
  readonly id: string;
  readonly name: string;
  /** The marker's words. */
  readonly step: string;
  readonly runId: string;
  readonly keep: boolean;
  /** The least of a spec with which the kind finds it again. */
  readonly spec: JsonObject;
}

/**
 * - `undo`: the specs, and a book to go on with as if another run had handed it over.
 * - `discover`: look there first, then ask again with what was found.
 */
export type DeprovisionResolution =
  | { readonly undo: { readonly source: Plan; readonly carried: Carried } }
  | { readonly discover: { readonly targets: readonly SweepTarget[]; readonly fingerprint: string } }
  | { readonly problems: readonly Problem[]; readonly searchAttributes: boolean };

/** What there is to read: the specs, and of each step what the ledger says. */
export interface PlanToVerify {
  readonly source: Plan;
  readonly resolved: ResolvedPlan;
  readonly steps: { readonly [step: string]: LedgerStep };
  readonly outputs: ProvisionResult;
  readonly outcome?: 'Abandoned';
}

export type VerifyResolution = { readonly verify: PlanToVerify } | { readonly problems: readonly Problem[] };

/** Result of `verifyPlan`. Steps that are not there by the plan's own word (`planned`, `deleted`) are left out. */
export interface VerifyReport {
  readonly plan: string;
  readonly simulated: readonly string[];
  readonly steps: { readonly [step: string]: VerifiedStep };
  /** It was ended before it was provisioned, or let go of: only what its ledger says is left was looked at. */
  readonly outcome?: 'Abandoned';
}

/** What was seen of one step's resource. */
export interface VerifiedStep extends Drift {
  readonly kind: string;
  readonly connection: string;
  readonly id?: string;
}

/**
 * What the owners did since then: `open`: one of them is open. `ran`: one was, and may have made again what was deleted.
 * `closed`: none. One that the server knows no more is closed.
 */
export type OwnersState = 'open' | 'ran' | 'closed';
