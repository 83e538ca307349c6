/**
 * Whether a run was asked for the same as somebody asks for now: joined otherwise, its success would be told of what it
 * never did. Its first event tells, whoever started it; who asks and why makes no difference.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Client } from '@temporalio/client';
import { readInput } from '../activities/owner/read-plan.js';
import type { Checked } from '../contract/check-shape.js';
import type { DeprovisionRequest, VerifyRequest } from '../contract/manifest.js';
import { PlanConflictError } from './errors.js';
import type { Run } from './run.js';

type Request = VerifyRequest & Partial<DeprovisionRequest>;

/** @param check Brings what any starter wrote into one form. */
export async function isSameRequest(
  client: Client,
  { workflowId, firstRunId }: Run,
  request: Request,
  check: (input: unknown, namespace: string) => Checked<Request>,
): Promise<boolean> {
  const checked = check(await readInput(client, workflowId, firstRunId), client.options.namespace);
  return 'value' in checked && isDeepStrictEqual(asked(checked.value), asked(request));
}

/** Refuses a workflow id that something else has. */
export function refuseOtherType({ workflowId, type }: Run, wanted: string): void {
  if (type === wanted) return;
  throw new PlanConflictError(workflowId, `The workflow id ${workflowId} belongs to a workflow of another type.`);
}

/** As it travels: order of keys is none of the content, and what is left out is `false`. */
function asked({ plan, manifest, discover = false, includeProtected = false }: Request): unknown {
  return JSON.parse(JSON.stringify({ plan, manifest, discover, includeProtected }));
}
