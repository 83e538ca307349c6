/** The plan that a run was started with. */
import type { Client } from '@temporalio/client';
import type { Plan } from '../../contract/plan.js';
import { checkPlanShape } from '../../contract/plan-schema.js';
import { decodePayloads } from './payloads.js';

/** The first event of every run of a chain holds it. Undefined where the run was started with something else. */
export async function readPlan(client: Client, workflowId: string, runId: string): Promise<Plan | undefined> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: { workflowId, runId },
    maximumPageSize: 1,
  });
  const input = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads;
  const [plan] = await decodePayloads(client, input);
  const checked = checkPlanShape(plan);
  return 'value' in checked ? checked.value : undefined;
}
