/** A caller's workflow module, in a namespace of its own: it knows the service and an endpoint, nothing of ours besides. */
import { createNexusServiceClient } from '@temporalio/workflow';
import { operation, service } from 'nexus-rpc';
import { provisionerService } from '../../contract/nexus-service.js';

export { train } from '../../examples/nexus-caller/workflows.js';

/** One operation, whose end is the workflow's. */
export async function call(
  endpoint: string,
  name: keyof typeof provisionerService.operations,
  input: unknown,
  patience?: `${number} ms`,
): Promise<unknown> {
  const provisioner = createNexusServiceClient({ endpoint, service: provisionerService });
  const options = patience === undefined ? {} : { scheduleToCloseTimeout: patience };
  return await provisioner.executeOperation(name, input as never, options);
}

/** A service that a user registers beside ours. */
export const greeter = service('greeter', { greet: operation<string, string>() });

export async function callGreeter(endpoint: string, name: string): Promise<string> {
  return await createNexusServiceClient({ endpoint, service: greeter }).executeOperation('greet', name);
}
