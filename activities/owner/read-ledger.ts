/**
 * Where a run's ledger is found. In order: the query, which only a live worker answers; the failure or the memo that
 * the run closed with; its events. So it can be read with no worker alive, and says which of them it was.
 */
import { type Client, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Ledger } from '../../contract/ledger.js';
import { MEMO, QUERY } from '../../contract/names.js';
import type { ProvisionResult } from '../../contract/plan.js';
import { ledgerFromHistory } from './ledger-from-history.js';

/** `history`: rebuilt from events, since no worker answered; attention is not in it. */
export type LedgerSource = 'query' | 'failure' | 'memo' | 'history';

/** A ledger, and where it was found. */
export interface LedgerReading {
  readonly ledger: Ledger;
  readonly source: LedgerSource;
}

export interface ReadableRun {
  readonly handle: WorkflowHandle;
  readonly status: string;
  readonly memo: Readonly<Record<string, unknown>>;
}

/** A worker that is alive answers within a workflow task; without one the server would hold the query for 10 s. */
const QUERY_DEADLINE_MS = 3_000;

/** Undefined only where the server has nothing: a run whose input is no plan. */
export async function readLedger(client: Client, run: ReadableRun): Promise<LedgerReading | undefined> {
  // Only an open run's worker knows attention, and a completed run has neither failure nor memo.
  if (run.status === 'RUNNING' || run.status === 'COMPLETED') {
    const ledger = await queryLedger(client, run.handle);
    if (ledger) return { ledger, source: 'query' };
  }
  if (run.status === 'FAILED') {
    const ledger = await ledgerOfFailure(run.handle);
    if (ledger) return { ledger, source: 'failure' };
  }
  const kept = asLedger(run.memo[MEMO.ledger]);
  if (kept) return { ledger: kept, source: 'memo' };
  const rebuilt = await ledgerFromHistory(client, (await run.handle.fetchHistory()).events ?? []);
  if (!rebuilt) return undefined;
  const outcome = run.status === 'COMPLETED' ? ({ outcome: 'Provisioned' } as const) : {};
  return { ledger: { ...rebuilt, ...outcome }, source: 'history' };
}

/** The ledger as a worker tells it, or undefined where none answered in time. */
export async function queryLedger(client: Client, handle: WorkflowHandle): Promise<Ledger | undefined> {
  try {
    return asLedger(await client.withDeadline(Date.now() + QUERY_DEADLINE_MS, () => handle.query(QUERY.ledger)));
  } catch {
    // No worker, a worker without our workflows, an evicted query: all mean that the ledger has to come from elsewhere.
    return undefined;
  }
}

/** What is live by now, as a worker tells it, or undefined where none answered in time. */
export async function queryOutputs(client: Client, handle: WorkflowHandle): Promise<ProvisionResult | undefined> {
  try {
    return await client.withDeadline(Date.now() + QUERY_DEADLINE_MS, () => handle.query(QUERY.outputs));
  } catch {
    return undefined;
  }
}

/** The first of a failure's details that is a ledger. */
function ledgerIn(failure: unknown): Ledger | undefined {
  if (!(failure instanceof ApplicationFailure)) return undefined;
  return failure.details?.map(asLedger).find((ledger) => ledger !== undefined);
}

async function ledgerOfFailure(handle: WorkflowHandle): Promise<Ledger | undefined> {
  try {
    await handle.result();
  } catch (error) {
    if (error instanceof WorkflowFailedError) return ledgerIn(error.cause);
    throw error;
  }
  return undefined;
}

/** What a memo or a failure holds, where it is a ledger. */
export function asLedger(value: unknown): Ledger | undefined {
  const ledger = value as Partial<Ledger> | null | undefined;
  if (typeof ledger !== 'object' || ledger === null) return undefined;
  return typeof ledger.plan === 'string' && typeof ledger.steps === 'object' ? (ledger as Ledger) : undefined;
}
