/** The Temporal server as a worker would find it: reachable, with its namespace and search attributes, and somebody polling. */
import type { Connection as TemporalConnection } from '@temporalio/client';
// A CommonJS module whose names Node does not see.
import proto from '@temporalio/proto';
import { unreachable } from '../../client/unreachable.js';
import { connectionTaskQueue } from '../../contract/names.js';
import { missingSearchAttributes, SearchAttributeError } from '../../worker/ensure-search-attributes.js';
import { connectToTemporal, TemporalServerError, type TemporalTarget } from '../../worker/temporal-connection.js';
import type { Finding } from './finding.js';
import { type Unserved, unserved } from './unserved-version.js';

export interface ServerSetup {
  readonly target: TemporalTarget;
  readonly taskQueue: string;
  /** Names of the connections, each of which has a queue of its own. */
  readonly connections: readonly string[];
  readonly searchAttributes: boolean;
}

const AREA = 'server';
const DEADLINE_MS = 10_000;
const AFTER_SERVER = ['namespace', 'search attributes', 'workers'];

const { TaskQueueType } = proto.temporal.api.enums.v1;

export async function examineServer(setup: ServerSetup): Promise<readonly Finding[]> {
  let connection: TemporalConnection;
  try {
    connection = await connectToTemporal(setup.target);
  } catch (error) {
    if (error instanceof TemporalServerError) return withoutServer(error, setup.target);
    throw error;
  }
  try {
    return await connection.withDeadline(Date.now() + DEADLINE_MS, () => examine(connection, setup));
  } catch (error) {
    const says = unreachable(error) ?? 'it answered at first, and then no more';
    return [{ area: AREA, check: 'server', level: 'failure', says, remedy: 'look at the server’s own log' }];
  } finally {
    await connection.close();
  }
}

function withoutServer({ reason, message }: TemporalServerError, { address }: TemporalTarget): readonly Finding[] {
  const unchecked = (check: string): Finding => ({ area: AREA, check, level: 'unchecked', says: 'not looked at' });
  if (reason !== 'no-namespace') {
    return [{ area: AREA, check: 'server', level: 'failure', says: message }, ...AFTER_SERVER.map(unchecked)];
  }
  return [
    { area: AREA, check: 'server', level: 'fine', says: `answers at ${address}` },
    { area: AREA, check: 'namespace', level: 'failure', says: message },
    ...AFTER_SERVER.slice(1).map(unchecked),
  ];
}

async function examine(connection: TemporalConnection, setup: ServerSetup): Promise<readonly Finding[]> {
  const { address, namespace } = setup.target;
  const { serverVersion } = await connection.workflowService.getSystemInfo({});
  const version = serverVersion ? `, version ${serverVersion}` : '';
  return [
    { area: AREA, check: 'server', level: 'fine', says: `answers at ${address}${version}` },
    { area: AREA, check: 'namespace', level: 'fine', says: `${namespace} is there` },
    await examineAttributes(connection, setup),
    ...(await examineWorkers(connection, setup)),
  ];
}

async function examineAttributes(
  connection: TemporalConnection,
  { target: { namespace }, searchAttributes }: ServerSetup,
): Promise<Finding> {
  const of = { area: AREA, check: 'search attributes' };
  if (!searchAttributes) return { ...of, level: 'fine', says: 'turned off by the configuration' };
  try {
    const check = await missingSearchAttributes(connection, namespace);
    if (check.unknown) {
      const remedy = 'make sure that they exist: a run fails to start where one is missing';
      return { ...of, level: 'warning', says: 'the server does not tell which ones it has', remedy };
    }
    if (check.missing.length === 0) return { ...of, level: 'fine', says: 'all are there, with their types' };
    const says = `missing: ${check.missing.join(', ')}`;
    return { ...of, level: 'failure', says, remedy: 'create them with `provisioner setup`' };
  } catch (error) {
    if (error instanceof SearchAttributeError) return { ...of, level: 'failure', says: error.message };
    throw error;
  }
}

/** A queue without a poller is no error: the worker may not have been started yet. */
async function examineWorkers(
  connection: TemporalConnection,
  { target: { namespace }, taskQueue, connections }: ServerSetup,
): Promise<readonly Finding[]> {
  const queues = [
    { name: taskQueue, type: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW },
    ...connections.map((each) => ({
      name: connectionTaskQueue(taskQueue, each),
      type: TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
    })),
  ];
  const polled = await Promise.all(
    queues.map(async ({ name, type }) => {
      const request = { namespace, taskQueue: { name }, taskQueueType: type };
      return { name, ...(await connection.workflowService.describeTaskQueue(request)) };
    }),
  ).catch(() => undefined);
  const of = { area: AREA, check: 'workers' };
  if (!polled) return [{ ...of, level: 'unchecked', says: 'the server does not tell who polls' }];
  const idle = polled.filter(({ pollers }) => !pollers?.length).map(({ name }) => name);
  const found: Finding[] = [];
  if (idle.length > 0) {
    const remedy = 'start `provisioner worker`, or give a running one this configuration';
    found.push({ ...of, level: 'warning', says: `nobody polls ${idle.join(', ')}`, remedy });
  }
  for (const queue of polled) {
    const waits = unserved(queue);
    if (!waits) continue;
    found.push({ ...of, level: 'warning', ...tellUnserved(queue.name, waits, namespace) });
  }
  if (found.length > 0) return found;
  return [{ ...of, level: 'fine', says: `poll ${queues.map(({ name }) => name).join(', ')}` }];
}

function tellUnserved(
  queue: string,
  { missing, polling }: Unserved,
  namespace: string,
): Pick<Finding, 'says' | 'remedy'> {
  if (missing !== 'none') {
    const { deploymentName, buildId } = missing;
    const says = `nobody of version ${buildId} of ${deploymentName} polls ${queue}: new work that it is given waits`;
    return { says, remedy: 'start a worker of that version, or make one current that polls' };
  }
  const says = `no version is current, and all who poll ${queue} have one: new work waits`;
  const of = `--deployment-name ${polling?.deploymentName} --build-id ${polling?.buildId}`;
  const command = `temporal worker deployment set-current-version --namespace ${namespace} ${of}`;
  return { says, remedy: `make one current: \`${command}\`` };
}
