/**
 * The run's book: the ledger with everything the saga must remember beside it, and everything an operator sees of it
 * (query, current details, search attributes). Each change goes through here, so that no view lags behind.
 */
import type { SearchAttributeUpdatePair } from '@temporalio/common';
import { defineQuery, setCurrentDetails, setHandler, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { Outcome } from '../contract/failures.js';
import { type Attention, type Ledger, type LedgerStep, moveStep, type StepState } from '../contract/ledger.js';
import { QUERY, SEARCH_ATTRIBUTES } from '../contract/names.js';
import type { Plan, StepOutputs } from '../contract/plan.js';
import { resolveReferences } from '../contract/references.js';
import type { Carried, CreateTrace, Owner, ResolvedPlan, ResolvedStep, StopCause } from '../contract/steps.js';
import { ledgerAsMarkdown } from './display.js';

const ledgerQuery = defineQuery<Ledger>(QUERY.ledger);

/** By name, with the types that `setup` created them with. */
function upsert(values: Partial<Record<keyof typeof SEARCH_ATTRIBUTES, string | boolean | readonly string[]>>): void {
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

export class Book {
  // Without a prototype: a step may be called `constructor`.
  readonly steps: Record<string, LedgerStep> = Object.create(null);
  readonly outputs: Record<string, StepOutputs> = Object.create(null);
  readonly traces: Record<string, CreateTrace> = Object.create(null);
  readonly failedUndos: Record<string, number> = Object.create(null);
  /** Why the run stopped creating. The first cause wins, so it is written once. */
  stop: StopCause | undefined;
  /** The run that continued as this one had been reset. */
  readonly resetBefore: boolean;
  private outcome: Outcome | undefined;
  private shownAttention = false;

  constructor(
    readonly plan: Plan,
    readonly resolved: ResolvedPlan,
    carried?: Carried,
  ) {
    this.resetBefore = carried?.reset ?? false;
    for (const { key, kind, connection } of resolved.steps) {
      this.steps[key] = carried?.ledger.steps[key] ?? { kind, connection, state: 'planned' };
    }
    if (carried) {
      Object.assign(this.outputs, carried.outputs);
      Object.assign(this.traces, carried.traces);
      Object.assign(this.failedUndos, carried.failedUndos);
      this.stop = carried.stop;
      this.shownAttention = this.needsAttention();
    } else if (resolved.searchAttributes) {
      upsert({
        ProvisionerPlan: resolved.name,
        ProvisionerConnections: [...resolved.connections],
        ProvisionerAttention: false,
      });
    }
    setHandler(ledgerQuery, () => this.ledger());
    this.show();
  }

  ledger(): Ledger {
    return { plan: this.resolved.name, ...(this.outcome && { outcome: this.outcome }), steps: this.steps, moves: [] };
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
    this.steps[key] = moveStep({ ...rest, ...(cause && !attention && { cause }) }, to, facts);
    this.show();
  }

  /** The step waits for a person; cleared by its next move or by {@link calm}. */
  park(key: string, attention: Omit<Attention, 'since'>, facts: Partial<LedgerStep> = {}): void {
    const since = this.step(key).attention?.since ?? new Date().toISOString();
    this.steps[key] = { ...this.step(key), ...facts, attention: { ...attention, since } };
    this.show();
  }

  /** Nobody needs to look at the step any more. */
  calm(key: string): void {
    const { attention: _gone, ...rest } = this.step(key);
    this.steps[key] = rest;
    this.show();
  }

  /** First cause wins: a cancel during a rollback changes nothing. */
  stopFor(cause: StopCause): void {
    this.stop ??= cause;
  }

  close(outcome: Outcome): void {
    this.outcome = outcome;
    this.show();
    if (this.resolved.searchAttributes) upsert({ ProvisionerOutcome: outcome });
  }

  /** Whose this step's resource is. */
  owner(key: string): Owner {
    const { namespace, workflowId, firstExecutionRunId } = workflowInfo();
    return { namespace, workflowId, step: key, runId: firstExecutionRunId };
  }

  /** The step's spec with everything replaced that is known by now. */
  spec({ key }: ResolvedStep): Plan['resources'][string]['spec'] {
    return resolveReferences(this.plan.resources[key]?.spec ?? {}, this.outputs);
  }

  private needsAttention(): boolean {
    return Object.values(this.steps).some(({ attention }) => attention !== undefined);
  }

  private show(): void {
    setCurrentDetails(ledgerAsMarkdown(this.ledger(), this.resolved.simulated));
    const attention = this.needsAttention();
    if (attention === this.shownAttention) return;
    this.shownAttention = attention;
    if (this.resolved.searchAttributes) upsert({ ProvisionerAttention: attention });
  }
}
