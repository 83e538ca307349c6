/** How a workflow is started for whoever asked: a client just starts it, a Nexus operation hands its caller's callback on. */
import type { Client, WorkflowStartOptions } from '@temporalio/client';

export type StartWorkflow = (type: string, options: WorkflowStartOptions) => Promise<unknown>;

export function plainStart(client: Client): StartWorkflow {
  return (type, options) => client.workflow.start(type, options);
}
