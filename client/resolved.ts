/** A run's resolved plan: in a marker among its first events, so that it can be read with no worker alive. */
import type { Client } from '@temporalio/client';
import { decodePayloads } from '../activities/owner/payloads.js';
import type { DeprovisionResolution } from '../contract/deprovision.js';
import type { Resolution, ResolvedPlan } from '../contract/steps.js';

/** The marker comes with the first workflow task, a handful of events in; one that failed first adds a few. */
const FIRST_EVENTS = 50;

/** Undefined where the plan was not resolved (yet). */
export async function readResolved(
  client: Client,
  workflowId: string,
  runId: string,
): Promise<ResolvedPlan | undefined> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: { workflowId, runId },
    maximumPageSize: FIRST_EVENTS,
  });
  for (const event of history?.events ?? []) {
    const result = event.markerRecordedEventAttributes?.details?.result?.payloads;
    if (!result) continue;
    const [resolution] = (await decodePayloads(client, result)) as [(Resolution | DeprovisionResolution)?];
    if (resolution && 'plan' in resolution) return resolution.plan;
    if (resolution && 'undo' in resolution) return resolution.undo.carried.plan;
  }
  return undefined;
}
