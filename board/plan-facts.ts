/** Everything one plan's page tells, read through the client's own handle, so that the board knows nothing more than it. */
import type { LedgerReading } from '../activities/owner/read-ledger.js';
import type { ProvisionerClient } from '../client/client.js';
import { type ProvisionFailedError, ProvisionNotFoundError } from '../client/errors.js';
import { failureOf } from '../client/failure-of.js';
import type { ProvisionHandle } from '../client/handle.js';
import type { Run } from '../client/run.js';
import type { Outcome } from '../contract/failures.js';
import type { Ledger } from '../contract/ledger.js';
import { WORKFLOW } from '../contract/names.js';
import type { Plan } from '../contract/plan.js';

/** Where a run is in the Temporal UI; undefined where none is known. */
export type UiOf = (run: { readonly workflowId: string; readonly runId: string }) => Promise<string | undefined>;

export interface PlanFacts {
  /** As it was asked for. */
  readonly name: string;
  readonly handle: ProvisionHandle;
  readonly run: Run;
  readonly ledger: Ledger | undefined;
  readonly source: LedgerReading['source'] | undefined;
  /** Undefined while it is open, also of a managed plan. */
  readonly outcome: Outcome | undefined;
  readonly plan: Plan | undefined;
  /** Consoles of the clouds, by step. */
  readonly links: Readonly<Record<string, string>>;
  readonly simulated: readonly string[];
  /** It ended, and not as Provisioned. */
  readonly failure: ProvisionFailedError | undefined;
  /** What it provisioned was given up since, or is about to be. */
  readonly givenUp: 'done' | 'under way' | undefined;
  readonly ui: string | undefined;
}

export async function readPlanFacts(provisioner: ProvisionerClient, uiOf: UiOf, name: string): Promise<PlanFacts> {
  const handle = await provisioner.acting(name);
  const run = await handle.describe();
  // Asked once: each look is a query of the run, and the page is refreshed as long as it is open.
  const read = handle.findLedger();
  const [reading, outcome, plan, links, simulated, ui] = await Promise.all([
    read,
    handle.outcome(),
    planOf(provisioner, handle, run, name),
    // A link is a comfort: the page is worth as much without.
    read.then((found) => handle.links(found?.ledger)).catch(() => ({})),
    handle.simulated(),
    uiOf(run),
  ]);
  const ended = outcome !== undefined;
  return {
    name,
    handle,
    run,
    ledger: reading?.ledger,
    source: reading?.source,
    outcome,
    plan,
    links,
    simulated,
    failure: ended && outcome !== 'Provisioned' ? await failureOf(handle) : undefined,
    givenUp:
      outcome === 'Provisioned' ? await provisioner.givenUp(reading?.ledger.plan ?? name, handle.runId) : undefined,
    ui,
  };
}

/** A deprovisioning was started with a request: what needs what stands in the plan that it undoes. */
async function planOf(
  provisioner: ProvisionerClient,
  handle: ProvisionHandle,
  { type }: Run,
  name: string,
): Promise<Plan | undefined> {
  if (type === WORKFLOW.provision) return await handle.plan();
  try {
    return await (await provisioner.get(name)).plan();
  } catch (error) {
    if (error instanceof ProvisionNotFoundError) return undefined;
    throw error;
  }
}

/** Provisioned, open and nobody's to wait for: a managed plan, which can be told to give up what it owns. */
export function isOwned({ outcome, ledger }: Pick<PlanFacts, 'outcome' | 'ledger'>): boolean {
  return outcome === undefined && ledger?.outcome === 'Provisioned';
}
