/** What is asked of the Temporal server to resolve a request: a plan's run, a chain's state, and what was deprovisioned. */
import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { deprovisionIdOf, MEMO, WORKFLOW, workflowIdOf } from '../../contract/names.js';
import { findChain } from '../owner/chain.js';
import { describeRun } from '../owner/describe-run.js';
import { readManifest } from '../owner/read-manifest.js';
import { readPlan } from '../owner/read-plan.js';
import type { DeprovisionSources } from './resolve-deprovision.js';

export function serverSources(client: Client): DeprovisionSources {
  return {
    namespace: client.options.namespace,
    readManifest: (workflowId) => readManifest(client, workflowId),
    hasMade: async (plan, { workflowId, runId }) => {
      if (!(await describeRun(client, workflowId, runId))) return undefined;
      return (await readPlan(client, workflowId, runId))?.name === plan;
    },
    findChain: (owner) =>
      findChain({ ...owner, step: '' }, (workflowId, runId) => describeRun(client, workflowId, runId)),
    wasDeprovisioned: (plan, runId) => wasDeprovisioned(client, plan, runId),
  };
}

/**
 * Whether a `deprovision` of this plan ended well in the name of this first run, and after its last one: a chain that was
 * reset since may have made everything again. The latest one is asked from the server
 * itself; those before it only visibility tells, a second late: whoever comes within it finds nothing left, and is told so.
 */
export async function wasDeprovisioned(client: Client, plan: string, runId: string): Promise<boolean> {
  const workflowId = deprovisionIdOf(plan);
  const latest = await describeRun(client, workflowId);
  if (!latest) return false;
  const madeUntil = await lastMade(client, plan, runId);
  const counts = ({ memo, startTime }: Told) => inWhoseName(memo).includes(runId) && startTime.getTime() >= madeUntil;
  if (latest.status === 'completed') {
    if (counts(await client.workflow.getHandle(workflowId, latest.runId).describe())) return true;
  }
  const query = `WorkflowId = "${workflowId}" AND WorkflowType = "${WORKFLOW.deprovision}" AND ExecutionStatus = "Completed"`;
  for await (const listed of client.workflow.list({ query })) if (counts(listed)) return true;
  return false;
}

type Told = Pick<WorkflowExecutionInfo, 'memo' | 'startTime'>;

/** Until when the chain made something, as far as its name tells: one that another chain has by now is not reset any more. */
async function lastMade(client: Client, plan: string, runId: string): Promise<number> {
  const run = await describeRun(client, workflowIdOf(plan));
  if (run?.firstRunId !== runId) return 0;
  return run.closedAt ?? Number.POSITIVE_INFINITY;
}

/** The first run ids that a `deprovision` acts for, as its memo tells. */
export function inWhoseName(memo: Readonly<Record<string, unknown>> | undefined): readonly unknown[] {
  const ids = memo?.[MEMO.provisionRunIds];
  return Array.isArray(ids) ? ids : [];
}
