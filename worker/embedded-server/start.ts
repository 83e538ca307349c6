/**
 * Starts `temporal server start-dev` with our search attributes and settings, and waits until it really answers: the
 * frontend, the namespace and the search attributes. The SDK's own starter gives up after five seconds (sdk-core,
 * ephemeral_server/mod.rs), too few for a slow machine.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../../contract/names.js';
import { missingSearchAttributes } from '../ensure-search-attributes.js';
import { EmbeddedServerError } from './embedded-server-error.js';
import { type FindCliOptions, findTemporalCli } from './find-cli.js';
import { freePort, isFree } from './free-port.js';
import { type ServerProcess, startServerProcess } from './server-process.js';

export interface EmbeddedServerOptions extends FindCliOptions {
  /** gRPC port. Default 7233, Temporal's own; 0 for any that is free. */
  readonly port?: number;
  /** Default: 1000 above the port, or any free one where that was chosen freely. `none`: no UI. */
  readonly uiPort?: number | 'none';
  /** Default `default`. */
  readonly namespace?: string;
  /** Keeps histories in this file. Default: in memory, gone with the server. */
  readonly dbFilename?: string;
  readonly extraArgs?: readonly string[];
}

export interface EmbeddedServer {
  /** `127.0.0.1:7233`. */
  readonly address: string;
  readonly namespace: string;
  /** Undefined where no UI was wanted. */
  readonly uiUrl: string | undefined;
  readonly pid: number;
  readonly logFile: string;
  /** Resolves when the server has ended, whoever ended it. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** Measured: 3 s on two cores; slow disks and cold caches take longer. */
const START_DEADLINE_MS = 60_000;
const PROBE_INTERVAL_MS = 100;
/**
 * Somebody may take a port after it was found free: one of ours, or one that the server chose for itself. It logs
 * that then, and crashes over it.
 */
const PORT_ATTEMPTS = 3;
const PORT_LOST = /address already in use|Only one usage of each socket address/;

const TYPE_NAMES = { KEYWORD: 'Keyword', BOOL: 'Bool', KEYWORD_LIST: 'KeywordList' } as const;

interface Ports {
  readonly port: number;
  readonly uiPort: number | 'none';
}

async function takePort(wanted: number, option: string): Promise<number> {
  if (wanted === 0) return freePort();
  if (await isFree(wanted)) return wanted;
  const message = `Port ${wanted} is taken: stop what listens there, or choose another with ${option}.`;
  throw new EmbeddedServerError(message, 'port-taken');
}

async function takePorts({ port = 7233, uiPort }: EmbeddedServerOptions): Promise<Ports> {
  const taken = await takePort(port, '--port');
  if (uiPort === 'none') return { port: taken, uiPort };
  const ui = await takePort(uiPort ?? (port === 0 ? 0 : port + 1000), '--ui-port');
  return { port: taken, uiPort: ui };
}

function serverArgs({ port, uiPort }: Ports, options: EmbeddedServerOptions): string[] {
  const { namespace = 'default', dbFilename, extraArgs = [] } = options;
  const attributes = Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => `${name}=${TYPE_NAMES[type]}`);
  // The dev server has one history shard and lets it poll 20 times a second: each step would wait up to 50 ms.
  const polls = ['history.transferProcessorMaxPollRPS=2000', 'history.timerProcessorMaxPollRPS=2000'];
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'warn'],
    ...['--namespace', namespace],
    ...(uiPort === 'none' ? ['--headless'] : ['--ui-ip', '127.0.0.1', '--ui-port', String(uiPort)]),
    ...(dbFilename === undefined ? [] : ['--db-filename', dbFilename]),
    ...polls.flatMap((poll) => ['--dynamic-config-value', poll]),
    ...attributes.flatMap((attribute) => ['--search-attribute', attribute]),
    ...extraArgs,
  ];
}

async function answers(address: string, namespace: string): Promise<boolean> {
  const connection = Connection.lazy({ address });
  try {
    return await connection.withDeadline(Date.now() + 2_000, async () => {
      await connection.workflowService.getSystemInfo({});
      await connection.workflowService.describeNamespace({ namespace });
      const found = await missingSearchAttributes(connection, namespace);
      return found.unknown || found.missing.length === 0;
    });
  } catch {
    return false;
  } finally {
    await connection.close();
  }
}

async function waitUntilReady(server: ServerProcess, address: string, namespace: string): Promise<boolean> {
  const deadline = performance.now() + START_DEADLINE_MS;
  while (performance.now() < deadline && !server.hasEnded()) {
    // A server that ends while it is asked would leave the question open until its deadline.
    const ready = await Promise.race([answers(address, namespace), server.ended.then(() => false)]);
    if (ready) return !server.hasEnded();
    await sleep(PROBE_INTERVAL_MS);
  }
  return false;
}

async function startOnce(cli: string, ports: Ports, options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const { namespace = 'default' } = options;
  const address = `127.0.0.1:${ports.port}`;
  const server = startServerProcess(cli, serverArgs(ports, options));
  if (await waitUntilReady(server, address, namespace)) {
    const uiUrl = ports.uiPort === 'none' ? undefined : `http://127.0.0.1:${ports.uiPort}`;
    const { pid, logFile, ended, stop } = server;
    return { address, namespace, uiUrl, pid, logFile, ended, stop };
  }
  const lastWords = server.lastWords();
  const lost = PORT_LOST.test(server.log());
  const what = server.hasEnded() ? 'ended while starting' : `did not answer within ${START_DEADLINE_MS / 1000} s`;
  await server.stop();
  throw new EmbeddedServerError(
    `The Temporal server ${what}. Its last words:\n${lastWords}`,
    lost ? 'port-taken' : 'start-failed',
  );
}

/**
 * A Temporal server on this machine, found or downloaded first (see {@link findTemporalCli}). Throws
 * {@link EmbeddedServerError}.
 *
 *     const server = await startEmbeddedServer({ port: 0, onProgress: console.error });
 *     try { … } finally { await server.stop(); }
 */
export async function startEmbeddedServer(options: EmbeddedServerOptions = {}): Promise<EmbeddedServer> {
  if (options.port) await takePorts(options);
  const cli = await findTemporalCli(options);
  for (let attempt = 1; ; attempt += 1) {
    // Chosen anew each time; one that was named and is taken by now says so.
    const ports = await takePorts(options);
    try {
      return await startOnce(cli, ports, options);
    } catch (error) {
      const lost = error instanceof EmbeddedServerError && error.reason === 'port-taken';
      if (!lost || attempt >= PORT_ATTEMPTS) throw error;
    }
  }
}
