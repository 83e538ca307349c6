/** A worker for those who have none of their own: our workflows, the plugin, and nothing else. */
import type { SimplePlugin } from '@temporalio/plugin';
import { type LogLevel, type NativeConnection, Worker } from '@temporalio/worker';
import type { Connection } from '../activities/connection.js';
import { DEFAULT_TASK_QUEUE } from '../contract/names.js';
import type { Encryption } from '../encryption/encryption.js';
import type { ListenAddress } from './config/listen.js';
import { type Deployment, deploymentOptions } from './deployment.js';
import { freePort } from './embedded-server/free-port.js';
import { ProvisionerPlugin } from './plugin.js';
import { checkSearchAttributes } from './search-attributes.js';
import { installRuntime, type RuntimeSetup } from './telemetry/install-runtime.js';
import { knownSecrets } from './telemetry/known-secrets.js';
import { type Listener, startListener } from './telemetry/listener.js';
import { createMetrics } from './telemetry/metrics.js';
import { planCounts } from './telemetry/plan-counts.js';
import { TRACE_WORKFLOW } from './telemetry/trace-workflow-path.js';
import { startTracing } from './telemetry/tracing.js';
import { connectWorkerToTemporal, type TemporalTarget } from './temporal-connection.js';
import { type SandboxModules, workflowCode } from './workflow-code.js';

export interface RunWorkerOptions {
  readonly connections: readonly Connection[];
  readonly target: TemporalTarget;
  /** Queue to poll for plans. Default `provisioner`. */
  readonly taskQueue?: string;
  /** Ends the worker: creates in flight get their answers first. */
  readonly signal?: AbortSignal;
  /** False for a namespace that cannot have search attributes. Default true. */
  readonly searchAttributes?: boolean;
  /** Payloads are encrypted, by clients alike. Default: they are not. */
  readonly encryption?: Encryption | undefined;
  /** Default `INFO`; the demo shows only what needs attention. */
  readonly logLevel?: LogLevel;
  /** Default `text`: readable lines. */
  readonly logFormat?: RuntimeSetup['logFormat'];
  /** Serves metrics and probes here. Default: nowhere. */
  readonly listen?: ListenAddress | undefined;
  /** Which release it is, for Worker Versioning. Default: none, and it takes every run. */
  readonly deployment?: Deployment;
  /** Called once the worker polls. `tell` says it where the log goes, in the log's own form. */
  readonly onReady?: (started: Started) => void;
}

export interface Started {
  /** Where metrics and probes are served. */
  readonly url: string | undefined;
  tell(text: string): void;
}

/** Resolves when the worker has ended after `signal`, or after SIGINT or SIGTERM. */
export async function runWorker(options: RunWorkerOptions): Promise<void> {
  const {
    connections,
    target,
    listen,
    logLevel = 'INFO',
    logFormat = 'text',
    searchAttributes = true,
    encryption,
  } = options;
  const metricsPort = listen && (await freePort());
  const runtime = installRuntime({ logLevel, logFormat, metricsPort, secrets: knownSecrets(connections) });
  const plugin = new ProvisionerPlugin({ connections, searchAttributes });
  const tracing = await startTracing();
  const connection = await connectWorkerToTemporal(target);
  let listener: Listener | undefined;
  try {
    // The plugin checks them too, but then a worker exists that can neither run nor let go of its connection.
    if (searchAttributes) await checkSearchAttributes(connection, target.namespace, runtime.logger);
    if (listen && metricsPort !== undefined) {
      const { taskQueue = DEFAULT_TASK_QUEUE } = options;
      const metrics = createMetrics(runtime.metricMeter, target.namespace);
      const refresh = planCounts({ connection, namespace: target.namespace, taskQueue, searchAttributes, metrics });
      const health = { plugin, connection, connections };
      listener = await startListener({ address: listen, metricsPort, refresh, health });
    }
    const tell = (text: string) => {
      if (logFormat === 'json') runtime.logger.info(text);
      else process.stderr.write(`${text}\n`);
    };
    const parts = {
      plugins: [...(tracing ? [tracing.plugin] : []), plugin],
      modules: {
        ...(tracing && { workflowInterceptorModules: [TRACE_WORKFLOW] }),
        // What a workflow fails with is made inside.
        ...(encryption && { failureConverterPath: encryption.dataConverter.failureConverterPath }),
      },
    };
    await runUntilStopped(connection, parts, options, () => options.onReady?.({ url: listener?.url, tell }));
  } finally {
    await listener?.close();
    await tracing?.stop();
    // A worker that could not start keeps its reference: that must not hide why it could not.
    await connection.close().catch(() => undefined);
  }
}

interface Parts {
  readonly plugins: SimplePlugin[];
  readonly modules: SandboxModules;
}

async function runUntilStopped(
  connection: NativeConnection,
  { plugins, modules }: Parts,
  { target, taskQueue = DEFAULT_TASK_QUEUE, signal, encryption, deployment }: RunWorkerOptions,
  onReady: () => void,
): Promise<void> {
  const worker = await Worker.create({
    connection,
    namespace: target.namespace,
    taskQueue,
    workflowBundle: await workflowCode(modules),
    plugins,
    ...(encryption && { dataConverter: encryption.dataConverter }),
    // As for the connections' workers: a plan that is being resolved is not cut off.
    shutdownGraceTime: '30 s',
    ...(deployment && { workerDeploymentOptions: deploymentOptions(deployment) }),
  });
  const stop = () => {
    if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  signal?.addEventListener('abort', stop, { once: true });
  const ended = worker.run();
  if (signal?.aborted) stop();
  onReady();
  await ended;
}
