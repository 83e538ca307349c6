/** What is asked of the Temporal server to resolve a request: a plan's run, a chain's state, and what was deprovisioned. */
import type { Client } from '@temporalio/client';
import { deprovisionIdOf, MEMO, WORKFLOW } from '../../contract/names.js';
import { findChain } from '../owner/chain.js';
import { describeRun } from '../owner/describe-run.js';
import { readManifest } from '../owner/read-manifest.js';
import type { DeprovisionSources } from './resolve-deprovision.js';

export function serverSources(client: Client): DeprovisionSources {
  return {
    namespace: client.options.namespace,
    readManifest: (workflowId) => readManifest(client, workflowId),
    findChain: (owner) =>
      findChain({ ...owner, step: '' }, (workflowId, runId) => describeRun(client, workflowId, runId)),
    wasDeprovisioned: (plan, runId) => wasDeprovisioned(client, plan, runId),
  };
}

/**
 * Whether a `deprovision` of this plan ended well in the name of this first run. The latest one is asked from the server
 * itself; those before it only visibility tells, a second late: whoever comes within it finds nothing left, and is told so.
 */
export async function wasDeprovisioned(client: Client, plan: string, runId: string): Promise<boolean> {
  const workflowId = deprovisionIdOf(plan);
  const latest = await describeRun(client, workflowId);
  if (!latest) return false;
  if (latest.status === 'completed') {
    const { memo } = await client.workflow.getHandle(workflowId, latest.runId).describe();
    if (inWhoseName(memo).includes(runId)) return true;
  }
  const query = `WorkflowId = "${workflowId}" AND WorkflowType = "${WORKFLOW.deprovision}" AND ExecutionStatus = "Completed"`;
  for await (const { memo } of client.workflow.list({ query })) {
    if (inWhoseName(memo).includes(runId)) return true;
  }
  return false;
}

/** The first run ids that a `deprovision` acts for, as its memo tells. */
export function inWhoseName(memo: Readonly<Record<string, unknown>> | undefined): readonly unknown[] {
  const ids = memo?.[MEMO.provisionRunIds];
  return Array.isArray(ids) ? ids : [];
}
