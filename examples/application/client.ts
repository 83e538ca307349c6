import { Client, WorkflowFailedError } from '@temporalio/client';
import type { borrowLab, onboardTenant } from './workflows.js';

const client = new Client();
const taskQueue = 'application';

const workspace = await client.workflow.execute<typeof onboardTenant>('onboardTenant', {
  taskQueue,
  workflowId: 'onboard-acme',
  args: ['acme'],
});
console.log(workspace);

try {
  await client.workflow.execute<typeof borrowLab>('borrowLab', { taskQueue, workflowId: 'lab-1', args: ['lab-1'] });
} catch (error) {
  if (!(error instanceof WorkflowFailedError)) throw error;
  console.error(error.cause?.message);
}
