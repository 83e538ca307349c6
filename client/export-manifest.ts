/** A plan's run as a manifest, for programs and people. Needs no worker, and knows more with one. */
import type { Client } from '@temporalio/client';
import { readManifest } from '../activities/owner/read-manifest.js';
import type { Manifest } from '../contract/manifest.js';
import { PlanConflictError, ProvisionNotFoundError } from './errors.js';

/** Throws ProvisionNotFoundError, or PlanConflictError where the workflow is something else's. */
export async function exportManifest(client: Client, workflowId: string): Promise<Manifest> {
  const answer = await readManifest(client, workflowId);
  if ('manifest' in answer) return answer.manifest;
  if (answer.none === 'absent') throw new ProvisionNotFoundError(workflowId);
  throw new PlanConflictError(
    workflowId,
    `The workflow ${workflowId} was not started with a plan; it has no manifest.`,
  );
}
