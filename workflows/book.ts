/**
 * The run's book: the ledger with everything the saga must remember beside it, and everything an operator sees of it
 * (queries, current details, search attributes). Each change goes through here, so that no view lags behind.
 */
import type { SearchAttributeUpdatePair } from '@temporalio/common';
import {
  defineQuery,
  log,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { Outcome } from '../contract/failures.js';
import {
  type Attention,
  type Ledger,
  type LedgerStep,
  type Move,
  moveStep,
  type StepState,
} from '../contract/ledger.js';
import { MOVE_LIMITS } from '../contract/moves.js';
import { QUERY, SEARCH_ATTRIBUTES } from '../contract/names.js';
import type { Plan, ProvisionResult, StepOutputs } from '../contract/plan.js';
import { resolveReferences } from '../contract/references.js';
import type { Carried, CreateTrace, Owner, ResolvedPlan, ResolvedStep, StopCause } from '../contract/steps.js';
import { ledgerAsMarkdown } from './display.js';
import { Turns } from './turns.js';

const ledgerQuery = defineQuery<Ledger>(QUERY.ledger);
const outputsQuery = defineQuery<ProvisionResult>(QUERY.outputs);

type AttributeValue = string | boolean | readonly string[] | null;

/** By name, with the types that `setup` created them with. `null` takes one away. */
function upsert(values: Partial<Record<keyof typeof SEARCH_ATTRIBUTES, AttributeValue>>): void {
  const named = Object.entries(values) as [keyof typeof SEARCH_ATTRIBUTES, unknown][];
  const pairs = named.map(([name, value]) => ({ key: { name, type: SEARCH_ATTRIBUTES[name] }, value }));
  upsertSearchAttributes(pairs as SearchAttributeUpdatePair[]);
}

/** What can be told before there is a book, and what remains where there never is one. */
export function showUnstarted(
  plan: Partial<Plan> | null | undefined,
  end?: { readonly searchAttributes: boolean },
): void {
  const name = typeof plan?.name === 'string' ? plan.name : '';
  const ledger: Ledger = { plan: name, ...(end && { outcome: 'NotStarted' }), steps: {}, moves: [] };
  setHandler(ledgerQuery, () => ledger);
  if (end?.searchAttributes)
    upsert({ ProvisionerOutcome: 'NotStarted', ...(name && { ProvisionerPlan: name.slice(0, 255) }) });
}

export interface Decision {
  readonly move: 'approve' | 'reject';
  readonly by: string;
  readonly why: string;
}

export class Book {
  // Without a prototype: a step may be called `constructor`.
  readonly steps: Record<string, LedgerStep> = Object.create(null);
  readonly outputs: Record<string, StepOutputs> = Object.create(null);
  readonly traces: Record<string, CreateTrace> = Object.create(null);
  readonly failedUndos: Record<string, number> = Object.create(null);
  readonly turns = new Turns();
  /** Parked steps that an operator wants tried again now. */
  readonly asked = new Set<string>();
  /** Why the run stopped creating, or owning. The first cause wins, so it is written once. */
  stop: StopCause | undefined;
  decision: Decision | undefined;
  /** Server time at which a managed plan was provisioned. */
  provisionedAt: number | undefined;
  /** What another run of the owner's chain made has to be looked for at the end: that it was reset is known. */
  resetBefore: boolean;
  private moves: readonly Move[] = [];
  private attention: Attention | undefined;
  private outcome: Outcome | undefined;
  private shownAttention = false;
  private readonly onStop: (() => void)[] = [];

  constructor(
    readonly plan: Plan,
    readonly resolved: ResolvedPlan,
    carried?: Carried,
  ) {
    this.resetBefore = carried?.reset ?? false;
    for (const { key, kind, connection } of resolved.steps) {
      this.steps[key] = carried?.ledger.steps[key] ?? { kind, connection, state: 'planned' };
    }
    if (carried) this.takeUp(carried);
    else this.announce();
    setHandler(ledgerQuery, () => this.ledger());
    setHandler(outputsQuery, () => this.outputs);
    this.show();
  }

  /** A chain of runs says once what it is about. */
  announce(): void {
    const { name, connections, searchAttributes } = this.resolved;
    if (!searchAttributes) return;
    upsert({ ProvisionerPlan: name, ProvisionerConnections: [...connections], ProvisionerAttention: false });
  }

  private takeUp(carried: Carried): void {
    Object.assign(this.outputs, carried.outputs);
    Object.assign(this.traces, carried.traces);
    Object.assign(this.failedUndos, carried.failedUndos);
    this.moves = carried.ledger.moves;
    this.outcome = carried.ledger.outcome;
    this.stop = carried.stop;
    this.provisionedAt = carried.provisionedAt;
    this.shownAttention = this.needsAttention();
  }

  /** What the next run of this workflow is handed. */
  carry({ reset }: Pick<Carried, 'reset'>): Carried {
    const { resolved: plan, outputs, traces, failedUndos, stop, provisionedAt } = this;
    const carried = { plan, ledger: this.ledger(), outputs, traces, failedUndos, reset };
    return { ...carried, ...(stop && { stop }), ...(provisionedAt !== undefined && { provisionedAt }) };
  }

  ledger(): Ledger {
    const { outcome, attention, steps, moves } = this;
    return { plan: this.resolved.name, ...(outcome && { outcome }), steps, ...(attention && { attention }), moves };
  }

  state(key: string): StepState {
    return this.step(key).state;
  }

  step(key: string): LedgerStep {
    const step = this.steps[key];
    if (!step) throw new Error(`Ledger: no step ${key}`);
    return step;
  }

  move(key: string, to: StepState, facts: Partial<LedgerStep> = {}): void {
    const { attention, cause, ...rest } = this.step(key);
    // What parked a step is over with it; what made its create fail stays.
    const since = new Date().toISOString();
    this.steps[key] = moveStep({ ...rest, ...(cause && !attention && { cause }) }, to, { ...facts, since });
    this.show();
  }

  /** The step waits for a person; cleared by its next move or by {@link calm}. */
  park(key: string, attention: Omit<Attention, 'since'>, facts: Partial<LedgerStep> = {}): void {
    const { kind, connection, attention: before } = this.step(key);
    const since = before?.since ?? new Date().toISOString();
    this.steps[key] = { ...this.step(key), ...facts, attention: { ...attention, since } };
    const { moves: _, ...why } = attention;
    if (!before) log.warn('Parked', { plan: this.resolved.name, step: key, kind, connection, ...why });
    this.show();
  }

  /** Nobody needs to look at the step any more. */
  calm(key: string): void {
    const { attention: _gone, ...rest } = this.step(key);
    this.steps[key] = rest;
    this.show();
  }

  /** The step is tried again: what made it wait is over. */
  resume(key: string): void {
    const { attention: _gone, cause: _over, ...rest } = this.step(key);
    this.steps[key] = rest;
    this.show();
  }

  /** What is known of a step besides its state. */
  note(key: string, facts: Partial<LedgerStep>): void {
    this.steps[key] = { ...this.step(key), ...facts };
    this.show();
  }

  /** The whole plan waits for a person, or, without one, does so no more. */
  parkPlan(attention?: Omit<Attention, 'since'>): void {
    this.attention = attention && { ...attention, since: new Date().toISOString() };
    this.show();
  }

  /** Keeps an operator's move; answers how to say what became of it. */
  record(move: Omit<Move, 'at' | 'result' | 'error'>): (end: Pick<Move, 'result' | 'error'>) => void {
    let entry: Move = { ...move, at: new Date().toISOString() };
    this.moves = [...this.moves, entry].slice(-MOVE_LIMITS.listed);
    this.show();
    return (end) => {
      const before = entry;
      entry = { ...entry, ...end };
      this.moves = this.moves.map((one) => (one === before ? entry : one));
      this.show();
    };
  }

  /** An operator's word on a plan that waits for approval; the first one counts. */
  decide(decision: Decision): void {
    this.decision ??= decision;
    this.parkPlan();
  }

  /** First cause wins: a cancel during a rollback changes nothing. */
  stopFor(cause: StopCause): void {
    if (this.stop) return;
    this.stop = cause;
    for (const act of this.onStop) act();
  }

  whenStopped(act: () => void): void {
    this.onStop.push(act);
  }

  close(outcome: Outcome): void {
    this.outcome = outcome;
    this.show();
    if (this.resolved.searchAttributes) upsert({ ProvisionerOutcome: outcome });
  }

  /** A managed plan is given up: what comes of it is not known yet. */
  reopen(): void {
    this.outcome = undefined;
    this.show();
    if (this.resolved.searchAttributes) upsert({ ProvisionerOutcome: null });
  }

  /** Whose this step's resource is. */
  owner(key: string): Owner {
    const { namespace, workflowId, firstExecutionRunId: runId } = workflowInfo();
    const found = this.resolved.steps.find((step) => step.key === key)?.owner;
    return found ?? { ...(this.resolved.owner ?? { namespace, workflowId, runId }), step: key };
  }

  /** The step's spec with everything replaced that is known by now. */
  spec({ key }: ResolvedStep): Plan['resources'][string]['spec'] {
    return resolveReferences(this.plan.resources[key]?.spec ?? {}, this.outputs);
  }

  private needsAttention(): boolean {
    return this.attention !== undefined || Object.values(this.steps).some(({ attention }) => attention !== undefined);
  }

  private show(): void {
    setCurrentDetails(ledgerAsMarkdown(this.ledger(), this.resolved));
    const attention = this.needsAttention();
    if (attention === this.shownAttention) return;
    this.shownAttention = attention;
    if (this.resolved.searchAttributes) upsert({ ProvisionerAttention: attention });
  }
}
