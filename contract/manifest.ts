/** A manifest: what a plan made and in whose name, so that it can be verified and deprovisioned without its history. */
import type { Outcome } from './failures.js';
import type { StepState } from './ledger.js';
import type { Plan, StepOutputs } from './plan.js';
import type { Owner } from './steps.js';

/** What a manifest says of one step. */
export interface ManifestStep {
  readonly state: StepState;
  readonly id?: string;
  readonly adopted?: boolean;
  readonly skipped?: boolean;
  readonly outputs?: StepOutputs;
}

/** What `export` writes. Plain JSON, and no secret: keep it where the plan is kept. */
export interface Manifest {
  /** Of this shape. */
  readonly manifest: 1;
  /** With which specs it was made; `$secret` stays a reference. */
  readonly plan: Plan;
  /** Whose marker the resources carry; each step adds its own key. */
  readonly owner: Omit<Owner, 'step'>;
  /** Missing where the run was open. */
  readonly outcome?: Outcome;
  readonly steps: { readonly [step: string]: ManifestStep };
}

/** Input of the workflow `deprovision`. Without `manifest` and `discover` the plan's run on this server is read. */
export interface DeprovisionRequest {
  /** The plan's name. */
  readonly plan: string;
  /** Who asks: 1 to 100 characters, one line. */
  readonly by: string;
  /** The reason: 1 to 500 characters, one line. */
  readonly why: string;
  /** What was exported, where the server knows the run no more. */
  readonly manifest?: Manifest;
  /** Neither history nor manifest: find by their markers what the plan made, on every connection. */
  readonly discover?: boolean;
  /** What is protected goes too. Default: the request is refused when something is. */
  readonly includeProtected?: boolean;
}

/** Input of the workflow `verify`: reads each resource at its cloud, changes nothing. */
export interface VerifyRequest {
  /** The plan's name. */
  readonly plan: string;
  /** What was exported, where the server knows the run no more. */
  readonly manifest?: Manifest;
}
