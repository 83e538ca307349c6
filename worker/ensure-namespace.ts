/**
 * Creates a namespace where a cluster lacks it: a server of one's own begins without any, unlike a dev server. Its
 * retention is how long a closed plan's history can be read, which is what `deprovision` goes by at first.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, isGrpcServiceError } from '@temporalio/client';
import { TemporalServerError } from './temporal-connection.js';

type Services = Pick<Connection, 'workflowService'>;

/** gRPC status codes. */
const NOT_FOUND = 5;
const ALREADY_EXISTS = 6;
/** PERMISSION_DENIED, UNIMPLEMENTED, UNAUTHENTICATED. */
const NOT_OURS: readonly number[] = [7, 12, 16];

/** A cluster's services read their namespaces anew every 2 s (`system.namespaceCacheRefreshInterval`), older ones every 10 s. */
const USABLE_DEADLINE_MS = 60_000;
const USABLE_INTERVAL_MS = 250;

export interface NamespaceSetup {
  readonly namespace: string;
  /** How long closed runs are kept. The server takes no less than a day. */
  readonly retentionMs: number;
}

/**
 * Creates it, and waits until it can be used. May be called any number of times: an existing one stays as it is. True if it
 * was created. Throws {@link TemporalServerError} `denied` where the server does not let us, as Temporal Cloud does not.
 */
export async function ensureNamespace(
  { workflowService }: Services,
  { namespace, retentionMs }: NamespaceSetup,
): Promise<boolean> {
  let created = true;
  try {
    const seconds = Math.ceil(retentionMs / 1000);
    await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: { seconds } as never });
  } catch (error) {
    if (!isGrpcServiceError(error)) throw error;
    if (NOT_OURS.includes(error.code)) {
      const message = `The server does not let us create namespace ${namespace}: create it in its console, or ask who runs it.`;
      throw new TemporalServerError(message, 'denied', { cause: error });
    }
    if (error.code !== ALREADY_EXISTS) throw error;
    created = false;
  }
  const deadline = performance.now() + USABLE_DEADLINE_MS;
  while (!(await isUsable({ workflowService }, namespace))) {
    if (performance.now() > deadline) {
      const message = `Namespace ${namespace} was created and cannot be used yet: try again in a minute.`;
      throw new TemporalServerError(message, 'no-namespace');
    }
    await sleep(USABLE_INTERVAL_MS);
  }
  return created;
}

async function isUsable({ workflowService }: Services, namespace: string): Promise<boolean> {
  try {
    await workflowService.countWorkflowExecutions({ namespace });
    return true;
  } catch (error) {
    if (isGrpcServiceError(error) && error.code === NOT_FOUND) return false;
    throw error;
  }
}
