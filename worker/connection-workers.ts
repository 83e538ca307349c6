/** One activity-only worker for each connection: same server, namespace, data converter and grace as the main one. */
import { Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { createConnectionActivities } from '../activities/activities.js';
import { type Catalog, kindsOf } from '../activities/catalog.js';
import type { Provider } from '../activities/cloud.js';
import type { Connection } from '../activities/connection.js';
import { type Line, openLine } from '../activities/http/line.js';
import { HEARTBEAT_EVERY_MS } from '../activities/policies.js';
import type { Watch } from '../activities/watch.js';
import { connectionTaskQueue } from '../contract/names.js';
import { watchConnection } from './telemetry/connection-watch.js';
import { describeActivity } from './telemetry/log-attributes.js';
import { createMetrics } from './telemetry/metrics.js';

/** Longer than the 20 s deadline of a request, so that a create in flight gets its answer. */
const DEFAULT_GRACE = '30 s';

export interface ConnectionWorkersOptions {
  readonly catalog: Catalog;
  readonly providers: readonly Provider[];
  readonly worker: Worker;
  /** What the main worker was created with. */
  readonly options: WorkerOptions;
}

export interface ConnectionWorkers {
  readonly workers: readonly { readonly connection: string; readonly worker: Worker }[];
  close(): Promise<void>;
}

export async function createConnectionWorkers(setup: ConnectionWorkersOptions): Promise<ConnectionWorkers> {
  // Core refuses a worker without activities: a cloud none of whose kinds is offered needs none.
  const connections = [...(setup.catalog.connections?.values() ?? [])].filter(
    (connection) => kindsOf(setup.catalog, connection).length > 0,
  );
  const metrics = createMetrics(Runtime.instance().metricMeter, setup.worker.options.namespace);
  const lines = connections.map((connection) => {
    const watch = watchConnection(connection, kindsOf(setup.catalog, connection), metrics);
    return { watch, line: openLine(connection, providerOf(connection, setup.providers), { watch }) };
  });
  const close = async () => {
    await Promise.all(lines.map(({ line }) => line.close()));
  };
  try {
    const workers = await Promise.all(
      connections.map(async (connection, index) => ({
        connection: connection.name,
        worker: await createWorker(connection, lines[index] as WatchedLine, setup),
      })),
    );
    return { workers, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function providerOf({ provider }: Connection, providers: readonly Provider[]): Provider {
  const found = providers.find(({ name }) => name === provider);
  if (!found) throw new Error(`No provider ${provider}`);
  return found;
}

interface WatchedLine {
  readonly line: Line;
  readonly watch: Watch;
}

function createWorker(
  connection: Connection,
  { line, watch }: WatchedLine,
  { catalog, providers, worker, options }: ConnectionWorkersOptions,
): Promise<Worker> {
  const { limits } = providerOf(connection, providers);
  const { dataConverter, shutdownGraceTime, shutdownForceTime, workerDeploymentOptions } = options;
  const requestsPerMinute = connection.limits.requestsPerMinute ?? limits.requestsPerMinute;
  return Worker.create({
    ...(worker.connection && { connection: worker.connection }),
    namespace: worker.options.namespace,
    taskQueue: connectionTaskQueue(catalog.taskQueue, connection.name),
    activities: createConnectionActivities(connection, line, catalog, watch),
    // The main worker's own come along, plugins' included: a trace would break off here without them.
    interceptors: { activity: [...worker.options.interceptors.activity, describeActivity(connection.name)] },
    maxConcurrentActivityTaskExecutions: connection.limits.concurrency ?? limits.concurrency,
    // The server dispatches no more activities than the account may make requests; the limiter counts the requests.
    maxTaskQueueActivitiesPerSecond: requestsPerMinute / 60,
    // Bounds how late a cancel is heard; the SDK's own default is a minute.
    maxHeartbeatThrottleInterval: HEARTBEAT_EVERY_MS,
    shutdownGraceTime: shutdownGraceTime ?? DEFAULT_GRACE,
    ...(shutdownForceTime !== undefined && { shutdownForceTime }),
    ...(dataConverter !== undefined && { dataConverter }),
    // A queue that a version's workers poll gets that version's activities alone; one that they do not, those of all versions.
    ...(workerDeploymentOptions !== undefined && { workerDeploymentOptions }),
  });
}
