/**
 * What a closed chain says of its steps: from its ledger what it kept, from its plan what each step is and which goes
 * before which. A closed run never changes, so what was read once holds as long as the same run is the chain's last.
 */
import type { Client } from '@temporalio/client';
import type { Ledger, StepState } from '../../contract/ledger.js';
import { WORKFLOW } from '../../contract/names.js';
import type { Plan } from '../../contract/plan.js';
import type { Owner } from '../../contract/steps.js';
import { dependenciesOf, orderSteps } from '../order-steps.js';
import { type ChainRun, findChain, mayHaveProvisioned } from './chain.js';
import { describeRun } from './describe-run.js';
import { queryLedger, readLedger } from './read-ledger.js';
import { readPlan } from './read-plan.js';

export interface OwnedStep {
  readonly kind: string;
  readonly state: StepState;
  /** Steps that need others are higher than these. */
  readonly rank: number;
}

export type OwnerReading =
  | { readonly state: 'open' | 'provisioned' }
  | { readonly state: 'unknown'; readonly why: string }
  | {
      readonly state: 'closed';
      readonly closedAt: number;
      readonly lastRunId: string;
      readonly steps: ReadonlyMap<string, OwnedStep>;
    };

export async function readOwner(client: Client, owner: Owner): Promise<OwnerReading> {
  const describe = (workflowId: string, runId?: string) => describeRun(client, workflowId, runId);
  const chain = await findChain(owner, describe);
  if (chain.state !== 'closed') return chain;
  const { last, closedAt } = chain;
  if (last.workflowType !== WORKFLOW.provision) return unknown(`its workflow is no ${WORKFLOW.provision}`);
  if (await mayHaveProvisioned(owner, last, describe))
    return unknown('it may have been Provisioned before it was reset');
  const plan = await readPlan(client, owner.workflowId, last.runId);
  const ledger = await readClosedLedger(client, owner.workflowId, last);
  if (!plan || !ledger) return unknown('its history does not tell what it kept');
  return { state: 'closed', closedAt, lastRunId: last.runId, steps: stepsOf(plan, ledger) };
}

function unknown(why: string): OwnerReading {
  return { state: 'unknown', why };
}

/** A run that was ended from outside left its ledger nowhere: only its worker can tell what an operator had done in it. */
async function readClosedLedger(client: Client, workflowId: string, last: ChainRun): Promise<Ledger | undefined> {
  const handle = client.workflow.getHandle(workflowId, last.runId);
  const { status, memo = {} } = await handle.describe();
  const forced = status.name === 'TERMINATED' || status.name === 'TIMED_OUT';
  const told = forced ? await queryLedger(client, handle) : undefined;
  return told ?? (await readLedger(client, { handle, status: status.name, memo }))?.ledger;
}

function stepsOf(plan: Plan, ledger: Ledger): ReadonlyMap<string, OwnedStep> {
  const needs = new Map(Object.entries(plan.resources).map(([key, resource]) => [key, dependenciesOf(resource)]));
  const ranks = new Map<string, number>();
  for (const key of orderSteps(needs).order) {
    ranks.set(key, 1 + Math.max(-1, ...(needs.get(key) ?? []).map((needed) => ranks.get(needed) ?? -1)));
  }
  return new Map(
    Object.entries(plan.resources).map(([key, { kind }]) => {
      // A plan that was refused has no steps in its ledger, and made nothing that it could keep.
      const state = Object.hasOwn(ledger.steps, key) ? ledger.steps[key]?.state : undefined;
      return [key, { kind, state: state ?? 'planned', rank: ranks.get(key) ?? 0 }];
    }),
  );
}
