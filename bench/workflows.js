/** The subjects of the smoke bench: our saga, and the least a Temporal user could write for the same two requests. */
import { proxyActivities } from '@temporalio/workflow';

export { provision } from '../dist/workflows/index.js';

const { createWorkspace, createWorkflow } = proxyActivities({ startToCloseTimeout: '1 min' });

/** No plan, no ledger, no undo: two activities, one after the other. */
export async function bare(name) {
  const workspace = await createWorkspace(name);
  const workflow = await createWorkflow(name);
  return { workspace, workflow };
}
