/**
 * Everything on this machine, for `up` and the demo: the embedded server, the simulator where no connection is
 * configured, and a worker. They end together, the worker first, so that creates in flight still get their answers.
 */
import { dirname, join } from 'node:path';
import { BUILT_IN_PROVIDERS } from '../activities/providers/built-in.js';
import { type Simulator, startSimulator } from '../simulator/start.js';
import { toConnections } from '../worker/config/connections.js';
import type { ProvisionerConfig } from '../worker/config/load-config.js';
import { simulatorConnections } from '../worker/config/simulator-connections.js';
import { type EmbeddedServer, startEmbeddedServer } from '../worker/embedded-server/start.js';
import type { RunWorkerOptions, Started } from '../worker/run-worker.js';

export interface StackOptions {
  /** Undefined: the simulator, and connections huawei, naver and alibaba to it. */
  readonly config?: ProvisionerConfig | undefined;
  readonly port: number;
  readonly uiPort?: number | undefined;
  readonly simulatorPort: number;
  readonly namespace?: string | undefined;
  /** Keeps histories in this file. Default: in memory, or beside the configuration if a connection is real. */
  readonly dbFilename?: string | undefined;
  /** What the worker logs. */
  readonly logLevel: NonNullable<RunWorkerOptions['logLevel']>;
  /** Default `text`. */
  readonly logFormat?: RunWorkerOptions['logFormat'];
  /** Where the worker serves metrics and probes. Default: nowhere. */
  readonly listen?: RunWorkerOptions['listen'];
  readonly onProgress: (text: string) => void;
}

export interface Stack {
  readonly server: EmbeddedServer;
  readonly simulator: Simulator | undefined;
  /** Where metrics and probes are served. */
  readonly telemetryUrl: string | undefined;
  /** Connections of the configuration that say `simulator: true`. */
  readonly simulated: readonly string[];
  /** Where histories are kept; undefined: in memory. */
  readonly dbFilename: string | undefined;
  /** Rejects when server or worker end by themselves; resolves after {@link stop}. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** Beside the configuration, since a history of real resources must outlive the server. */
const DB_FILE = 'provisioner-temporal.db';

export async function startStack(options: StackOptions): Promise<Stack> {
  const { config, port, uiPort, namespace, onProgress } = options;
  const dbFilename = options.dbFilename ?? usualDatabase(config);
  const simulator = config ? undefined : await startSimulator({ port: options.simulatorPort });
  let server: EmbeddedServer;
  try {
    server = await startEmbeddedServer({
      port,
      onProgress,
      ...(uiPort !== undefined && { uiPort }),
      ...(namespace !== undefined && { namespace }),
      ...(dbFilename !== undefined && { dbFilename }),
    });
  } catch (error) {
    await simulator?.close();
    throw error;
  }
  const stopping = new AbortController();
  let ready: (started: Started) => void = () => {};
  const polling = new Promise<Started>((resolve) => {
    ready = resolve;
  });
  const working = work(server, simulator, options, { signal: stopping.signal, ready });
  const ended = Promise.race([working, unlessStopped(server.ended, stopping.signal)]);
  // Whoever waits for `ended` hears of it; nobody has to wait.
  ended.catch(() => undefined);
  const stop = async () => {
    stopping.abort();
    await working.catch(() => undefined);
    await server.stop();
    await simulator?.close();
  };
  let telemetryUrl: string | undefined;
  try {
    telemetryUrl = (await Promise.race([polling, ended]))?.url;
  } catch (error) {
    await stop();
    throw error;
  }
  const simulated = config?.connections.filter((each) => each.simulator).map(({ name }) => name) ?? [];
  return { server, simulator, simulated, telemetryUrl, dbFilename, ended, stop };
}

async function work(
  server: EmbeddedServer,
  simulator: Simulator | undefined,
  { config, logLevel, logFormat, listen }: StackOptions,
  { signal, ready }: { readonly signal: AbortSignal; readonly ready: (started: Started) => void },
): Promise<void> {
  // The native part of the SDK takes a while to load: only for commands that run a worker.
  const { runWorker } = await import('../worker/run-worker.js');
  const { address, namespace } = server;
  await runWorker({
    connections: config
      ? config.connections
      : toConnections(simulatorConnections((simulator as Simulator).description), BUILT_IN_PROVIDERS),
    target: { address, namespace, options: { address } },
    signal,
    onReady: ready,
    logLevel,
    listen,
    ...(logFormat && { logFormat }),
    ...(config && {
      taskQueue: config.taskQueue,
      searchAttributes: config.searchAttributes,
      encryption: config.encryption,
    }),
  });
}

async function unlessStopped(ended: Promise<void>, stopping: AbortSignal): Promise<void> {
  await ended;
  if (!stopping.aborted) throw new Error('The Temporal server ended by itself.');
}

function usualDatabase(config: ProvisionerConfig | undefined): string | undefined {
  const real = config?.connections.some(({ simulator }) => !simulator);
  return config && real ? join(dirname(config.file), DB_FILE) : undefined;
}
