/** A worker for those who have none of their own: our workflows, the plugin, and nothing else. */
import { DefaultLogger, type LogLevel, Runtime, Worker } from '@temporalio/worker';
import type { Connection } from '../activities/connection.js';
import { DEFAULT_TASK_QUEUE } from '../contract/names.js';
import type { ConnectionConfigs } from './config/connections.js';
import { ProvisionerPlugin } from './plugin.js';
import { checkSearchAttributes } from './search-attributes.js';
import { connectWorkerToTemporal, type TemporalTarget } from './temporal-connection.js';
import { workflowCode } from './workflow-code.js';

export interface RunWorkerOptions {
  readonly connections: ConnectionConfigs | readonly Connection[];
  readonly target: TemporalTarget;
  /** Queue to poll for plans. Default `provisioner`. */
  readonly taskQueue?: string;
  /** Ends the worker: creates in flight get their answers first. */
  readonly signal?: AbortSignal;
  /** False for a namespace that cannot have search attributes. Default true. */
  readonly searchAttributes?: boolean;
  /** Default `INFO`; the demo shows only what needs attention. */
  readonly logLevel?: LogLevel;
  /** Called once the worker polls. */
  readonly onReady?: () => void;
}

/** Resolves when the worker has ended after `signal`, or after SIGINT or SIGTERM. */
export async function runWorker(options: RunWorkerOptions): Promise<void> {
  const {
    connections,
    target,
    taskQueue = DEFAULT_TASK_QUEUE,
    signal,
    searchAttributes = true,
    logLevel = 'INFO',
  } = options;
  const plugin = new ProvisionerPlugin({ connections, searchAttributes });
  const logger = new DefaultLogger(logLevel);
  Runtime.install({ logger });
  const connection = await connectWorkerToTemporal(target);
  try {
    // The plugin checks them too, but then a worker exists that can neither run nor let go of its connection.
    if (searchAttributes) await checkSearchAttributes(connection, target.namespace, logger);
    const worker = await Worker.create({
      connection,
      namespace: target.namespace,
      taskQueue,
      workflowBundle: await workflowCode(),
      plugins: [plugin],
      // As for the connections' workers: a plan that is being resolved is not cut off.
      shutdownGraceTime: '30 s',
    });
    const stop = () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
    };
    signal?.addEventListener('abort', stop, { once: true });
    const ended = worker.run();
    if (signal?.aborted) stop();
    options.onReady?.();
    await ended;
  } finally {
    // A worker that could not start keeps its reference: that must not hide why it could not.
    await connection.close().catch(() => undefined);
  }
}
