/** Which of a run's connections reach only the simulator: its resolved plan says so, in a marker among its first events. */
import type { Client } from '@temporalio/client';
import { decodePayloads } from '../activities/owner/payloads.js';
import type { DeprovisionResolution } from '../contract/deprovision.js';
import type { Resolution } from '../contract/steps.js';

/** The marker comes with the first workflow task, a handful of events in; one that failed first adds a few. */
const FIRST_EVENTS = 50;

export async function readSimulated(client: Client, workflowId: string, runId: string): Promise<readonly string[]> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: { workflowId, runId },
    maximumPageSize: FIRST_EVENTS,
  });
  for (const event of history?.events ?? []) {
    const result = event.markerRecordedEventAttributes?.details?.result?.payloads;
    if (!result) continue;
    const [resolution] = (await decodePayloads(client, result)) as [(Resolution | DeprovisionResolution)?];
    if (resolution && 'plan' in resolution) return resolution.plan.simulated;
    if (resolution && 'undo' in resolution) return resolution.undo.carried.plan.simulated;
  }
  return [];
}
