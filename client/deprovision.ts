/**
 * Starts the deprovisioning of a plan, or attaches to it. Idempotent: what was deprovisioned already is told again, and a
 * managed plan that is open is asked to give its resources up itself.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { checkDeprovisionRequest } from '../activities/deprovision/check-request.js';
import { inWhoseName, wasDeprovisioned } from '../activities/deprovision/server-sources.js';
import { readPlan } from '../activities/owner/read-plan.js';
import type { Ledger } from '../contract/ledger.js';
import type { DeprovisionRequest } from '../contract/manifest.js';
import type { MoveRequest } from '../contract/moves.js';
import { deprovisionIdOf, MEMO, WORKFLOW, workflowIdOf } from '../contract/names.js';
import { isManaged } from '../contract/plan.js';
import {
  InvalidRequestError,
  MoveRefusedError,
  PlanConflictError,
  ProvisionFailedError,
  ProvisionNotFoundError,
} from './errors.js';
import { ProvisionHandle } from './handle.js';
import { describeRun, isProvision, type Run } from './run.js';
import { isSameRequest, refuseOtherType } from './same-request.js';
import type { StartWorkflow } from './start-workflow.js';
import { eachRun, memoOf, toldOf } from './visibility.js';

/** A deprovisioning under way or over. */
export class DeprovisionHandle {
  /** Its run shows the ledger and takes moves: a `deprovision`, or the managed plan's own. */
  constructor(readonly run: ProvisionHandle) {}

  /**
   * Waits for the end and returns the ledger, which names what is kept. Throws {@link ProvisionFailedError}: NotStarted
   * with every problem, or Abandoned where an operator let go of something.
   */
  async result(options: { readonly signal?: AbortSignal } = {}): Promise<Ledger> {
    const end = await this.run.result(options).catch((error: unknown) => error);
    const given = end instanceof ProvisionFailedError && end.outcome === 'Deprovisioned' ? end.ledger : undefined;
    if (given) return given;
    throw end instanceof Error ? end : new Error(`${this.run.workflowId} ended without giving anything up.`);
  }
}

/** A worker has just answered: it takes milliseconds. */
const GIVING_UP_POLL_MS = 100;

export async function startDeprovision(
  client: Client,
  taskQueue: string,
  request: DeprovisionRequest,
  start: StartWorkflow,
): Promise<DeprovisionHandle> {
  const checked = checkDeprovisionRequest(request, client.options.namespace);
  if ('problems' in checked) throw new InvalidRequestError(checked.problems);
  const { plan, by, why, manifest, discover, includeProtected } = checked.value;
  const provisioned = await latestOf(client, workflowIdOf(plan));
  if (provisioned && !manifest && !discover && (await isManagedAndOpen(client, provisioned))) {
    const { workflowId, firstRunId } = provisioned;
    const run = new ProvisionHandle(client, workflowId, firstRunId);
    await giveUp(run, { by, why, ...(includeProtected && { includeProtected }) });
    // For a moment it is Provisioned still, and whoever waits for its result would be told that.
    while ((await run.liveLedger())?.outcome === 'Provisioned') await sleep(GIVING_UP_POLL_MS);
    return new DeprovisionHandle(run);
  }
  const workflowId = deprovisionIdOf(plan);
  const before = await latestOf(client, workflowId);
  const owner = manifest?.owner.runId ?? provisioned?.firstRunId;
  // Whoever has the clouds looked through wants to know what is there now.
  const done = !discover && before && inWhoseName(before.memo).includes(owner) && endedAfter(before, provisioned);
  if (before && done) return attach(client, before);
  if (before?.status === 'RUNNING') return await join(client, before, checked.value);
  await start(WORKFLOW.deprovision, {
    workflowId,
    taskQueue,
    args: [checked.value],
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: `deprovision ${plan}`,
  });
  // It may be somebody else's, who came a moment before.
  return await join(client, await describeRun(client, workflowId), checked.value);
}

/** Asked again, or where its time is over, it is given up already: then there is only the end to wait for. */
async function giveUp(run: ProvisionHandle, request: MoveRequest): Promise<void> {
  try {
    await run.move('deprovision', request);
  } catch (error) {
    if (!(error instanceof MoveRefusedError) || !isGivenUp(await run.liveLedger())) throw error;
  }
}

function isGivenUp(ledger: Ledger | undefined): boolean {
  if (!ledger || ledger.outcome !== undefined) return false;
  const wasOwned = Object.values(ledger.steps).some(({ verified }) => verified !== undefined);
  return wasOwned || ledger.moves.some(({ move, result }) => move === 'deprovision' && result === 'done');
}

/** Whether a deprovisioning ended well, and nothing of the plan was made since by a run that was reset. */
function endedAfter({ status, startTime }: Run, provisioned: Run | undefined): boolean {
  if (status !== 'COMPLETED') return false;
  return !provisioned || (provisioned.closeTime !== undefined && startTime >= provisioned.closeTime);
}

/** Whether what this run provisioned is given up, is being given up by a `deprovision`, or neither. */
export async function givenUp(client: Client, plan: string, runId: string): Promise<'done' | 'under way' | undefined> {
  const latest = await latestOf(client, deprovisionIdOf(plan));
  if (latest?.status === 'RUNNING') {
    const whose = inWhoseName(latest.memo);
    // Until it knows whose name it acts in, it may be this one's.
    if (whose.length === 0 || whose.includes(runId)) return 'under way';
  }
  return (await wasDeprovisioned(client, plan, runId)) ? 'done' : undefined;
}

export async function latestDeprovision(client: Client, plan: string): Promise<Run | undefined> {
  const latest = await latestOf(client, deprovisionIdOf(plan));
  return latest?.type === WORKFLOW.deprovision ? latest : undefined;
}

/** Bounds what a list reads beside its own runs. */
const MOST_LISTED = 10_000;

/**
 * First run ids of what was given up, with the latest time at which that began, from visibility. Those whose memo does not open
 * are left out.
 * @param among Only of these plans; default of all.
 */
export async function deprovisionedRuns(
  client: Client,
  among?: readonly string[],
): Promise<ReadonlyMap<unknown, Date>> {
  const runs = new Map<unknown, Date>();
  if (among?.length === 0) return runs;
  const ids = among?.map((plan) => `"${deprovisionIdOf(plan)}"`).join(', ');
  const some = ids === undefined ? '' : ` AND WorkflowId IN (${ids})`;
  const query = `WorkflowType = "${WORKFLOW.deprovision}" AND ExecutionStatus = "Completed"${some}`;
  for await (const run of eachRun(client, query, 1_000)) {
    const { startTime } = toldOf(run);
    const whose = inWhoseName({ [MEMO.provisionRunIds]: await memoOf(client, run, MEMO.provisionRunIds) });
    for (const runId of whose) if (startTime >= (runs.get(runId) ?? startTime)) runs.set(runId, startTime);
    if (runs.size >= MOST_LISTED) break;
  }
  return runs;
}

async function join(client: Client, run: Run, request: DeprovisionRequest): Promise<DeprovisionHandle> {
  const handle = attach(client, run);
  if (await isSameRequest(client, run, request, checkDeprovisionRequest)) return handle;
  const { plan } = request;
  const remedy = `wait for it, or watch it with provisioner deprovision ${plan} as it was asked`;
  throw new PlanConflictError(run.workflowId, `A different deprovisioning of ${plan} is running: ${remedy}.`);
}

function attach(client: Client, run: Run): DeprovisionHandle {
  refuseOtherType(run, WORKFLOW.deprovision);
  return new DeprovisionHandle(new ProvisionHandle(client, run.workflowId, run.firstRunId));
}

async function latestOf(client: Client, workflowId: string): Promise<Run | undefined> {
  try {
    return await describeRun(client, workflowId);
  } catch (error) {
    if (error instanceof ProvisionNotFoundError) return undefined;
    throw error;
  }
}

async function isManagedAndOpen(client: Client, run: Run): Promise<boolean> {
  if (run.status !== 'RUNNING' || !isProvision(run)) return false;
  const plan = await readPlan(client, run.workflowId, run.runId);
  return plan !== undefined && isManaged(plan);
}
