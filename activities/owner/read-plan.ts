/** What a run was started with: anything, or the plan that it is. */
import type { Client } from '@temporalio/client';
import type { Plan } from '../../contract/plan.js';
import { checkPlanShape } from '../../contract/plan-schema.js';
import { decodePayloads } from './payloads.js';

/** The first argument. */
export async function readInput(client: Client, workflowId: string, runId: string): Promise<unknown> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: { workflowId, runId },
    maximumPageSize: 1,
  });
  const input = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads;
  const [first] = await decodePayloads(client, input);
  return first;
}

/** The first event of every run of a chain holds it. Undefined where the run was started with something else. */
export async function readPlan(client: Client, workflowId: string, runId: string): Promise<Plan | undefined> {
  const checked = checkPlanShape(await readInput(client, workflowId, runId));
  return 'value' in checked ? checked.value : undefined;
}
