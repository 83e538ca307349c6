/**
 * The Temporal server as its own operators run it: one process with all four services, configured by the variables of its
 * embedded template, on a PostgreSQL that holds its state and its visibility. It can be killed and started again.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Connection, type ConnectionOptions } from '@temporalio/client';
import { stablePorts } from './ports.js';
import type { Postgres } from './postgres.js';
import type { ServerPrograms } from './server-programs.js';

const run = promisify(execFile);
const READY_DEADLINE_MS = 90_000;
const SERVICES = ['FRONTEND', 'HISTORY', 'MATCHING', 'WORKER'] as const;
const deployed = (name: string) => fileURLToPath(new URL(`../../deploy/temporal/${name}`, import.meta.url));
const DYNAMIC_CONFIG = deployed('dynamic-config.yaml');
const UPDATE_SCHEMA = deployed('update-schema.sh');

/**
 * Makes both databases, or brings them to this version's schema, by the script that docker-compose.yml runs at each start: so it
 * is run twice here.
 */
export async function updateSchema(postgres: Postgres, { sql }: ServerPrograms): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'update-schema-'));
  // As the tool is called in the server's image.
  symlinkSync(sql, join(folder, 'temporal-sql-tool'));
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, `${postgres.password}\n`);
  const env = {
    PATH: `${folder}:${process.env.PATH}`,
    SQL_PLUGIN: 'postgres12',
    SQL_HOST: '127.0.0.1',
    SQL_PORT: String(postgres.port),
    SQL_USER: postgres.userName,
    SQL_PASSWORD_FILE: passwordFile,
  };
  try {
    for (const _time of ['first', 'again']) await run('/bin/sh', [UPDATE_SCHEMA], { env });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export interface TemporalServerOptions {
  readonly postgres: Postgres;
  readonly programs: ServerPrograms;
  /** Further variables of the server's template, such as those of TLS. */
  readonly env?: Readonly<Record<string, string>>;
  /** How to ask it whether it is up. Default: without TLS. */
  readonly tls?: ConnectionOptions['tls'];
}

export class TemporalServer {
  private process: ChildProcess | undefined;
  private said = '';

  private constructor(
    private readonly options: TemporalServerOptions,
    private readonly ports: readonly number[],
  ) {}

  /** Its schema must be there. Resolves once it answers. */
  static async start(options: TemporalServerOptions): Promise<TemporalServer> {
    const server = new TemporalServer(options, await stablePorts(2 * SERVICES.length + 1));
    await server.start();
    return server;
  }

  get address(): string {
    return `127.0.0.1:${this.ports[0]}`;
  }

  async start(): Promise<void> {
    const { programs } = this.options;
    const child = spawn(programs.server, ['--allow-no-auth', 'start'], {
      env: this.environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.process = child;
    process.once('exit', this.end);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.said = (this.said + text).slice(-10_000);
      });
    }
    const deadline = performance.now() + READY_DEADLINE_MS;
    while (!(await this.answers())) {
      if (child.exitCode !== null || performance.now() > deadline) {
        throw new Error(`The Temporal server did not start:\n${this.said}`);
      }
      await sleep(200);
    }
  }

  async kill(): Promise<void> {
    const child = this.process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await ended;
    process.off('exit', this.end);
  }

  private readonly end = (): void => {
    this.process?.kill('SIGKILL');
  };

  private environment(): Record<string, string> {
    const { postgres, env } = this.options;
    const ports = SERVICES.flatMap((service, index) => [
      [`${service}_GRPC_PORT`, String(this.ports[2 * index])],
      [`${service}_MEMBERSHIP_PORT`, String(this.ports[2 * index + 1])],
    ]);
    return {
      DB: 'postgres12',
      POSTGRES_SEEDS: '127.0.0.1',
      DB_PORT: String(postgres.port),
      POSTGRES_USER: postgres.userName,
      POSTGRES_PWD: postgres.password,
      DBNAME: 'temporal',
      VISIBILITY_DBNAME: 'temporal_visibility',
      NUM_HISTORY_SHARDS: '4',
      BIND_ON_IP: '127.0.0.1',
      DYNAMIC_CONFIG_FILE_PATH: DYNAMIC_CONFIG,
      LOG_LEVEL: 'warn',
      ...Object.fromEntries(ports),
      FRONTEND_HTTP_PORT: String(this.ports[2 * SERVICES.length]),
      ...env,
    };
  }

  /** A health check is answered before the services have found each other: a list needs them all. */
  private async answers(): Promise<boolean> {
    const { tls } = this.options;
    const connection = Connection.lazy({ address: this.address, ...(tls !== undefined && { tls }) });
    try {
      const deadline = Date.now() + 2_000;
      await connection.withDeadline(deadline, () => connection.workflowService.listNamespaces({}));
      return true;
    } catch {
      return false;
    } finally {
      await connection.close();
    }
  }
}
