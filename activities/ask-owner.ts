/** What the workflow that a marker names is doing now, asked from the server itself, not from visibility, which lags. */
import type { Client } from '@temporalio/client';
import type { Marker } from '../contract/marker.js';
import { findChain } from './owner/chain.js';
import { describeRun } from './owner/describe-run.js';
import type { OwnerState } from './ownership.js';

export async function askOwner(client: Client, namespace: string, marker: Marker): Promise<OwnerState> {
  if (marker.namespace !== namespace) return 'unknown';
  const { state } = await findChain(marker, (workflowId, runId) => describeRun(client, workflowId, runId));
  return state;
}
