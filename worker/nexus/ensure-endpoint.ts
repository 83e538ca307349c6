/** The Nexus endpoint under which callers reach this namespace's worker. Created once; may be asked for any number of times. */
import { type Connection, isGrpcServiceError } from '@temporalio/client';

type ServiceError = Error & { readonly code: number };

export interface EndpointTarget {
  readonly namespace: string;
  readonly taskQueue: string;
}

/** An endpoint of this name leads elsewhere, or the server lets nobody create one. One line that says what to do. */
export class NexusEndpointError extends Error {
  override readonly name = 'NexusEndpointError';

  constructor(
    message: string,
    readonly reason: 'not-offered' | 'bad-name' | 'elsewhere',
  ) {
    super(message);
  }
}

/** gRPC: PERMISSION_DENIED, UNIMPLEMENTED, UNAUTHENTICATED. */
const NOT_OFFERED: readonly number[] = [7, 12, 16];
const INVALID_ARGUMENT = 3;
const ALREADY_EXISTS = 6;

/** Returns whether it was created now. Throws {@link NexusEndpointError}. */
export async function ensureNexusEndpoint(
  { operatorService }: Pick<Connection, 'operatorService'>,
  name: string,
  target: EndpointTarget,
): Promise<boolean> {
  try {
    await operatorService.createNexusEndpoint({ spec: { name, target: { worker: { ...target } } } });
    return true;
  } catch (error) {
    if (!isGrpcServiceError(error)) throw error;
    if (error.code !== ALREADY_EXISTS) throw endpointError(error, name, target);
  }
  const { endpoints } = await operatorService.listNexusEndpoints({ name });
  const worker = endpoints?.[0]?.spec?.target?.worker;
  if (worker?.namespace === target.namespace && worker?.taskQueue === target.taskQueue) return false;
  const message = `The Nexus endpoint ${name} leads elsewhere: choose another name, or delete that one.`;
  throw new NexusEndpointError(message, 'elsewhere');
}

function endpointError(error: ServiceError, name: string, { namespace, taskQueue }: EndpointTarget): Error {
  if (NOT_OFFERED.includes(error.code)) {
    const todo = `create ${name} in its console, with target namespace ${namespace} and task queue ${taskQueue}`;
    return new NexusEndpointError(`The server does not let us create Nexus endpoints: ${todo}.`, 'not-offered');
  }
  if (error.code !== INVALID_ARGUMENT) return error;
  const rule = 'letters, digits and -, the first a letter, the last a letter or digit';
  return new NexusEndpointError(`A Nexus endpoint cannot be named like that: ${rule}.`, 'bad-name');
}
