/**
 * A PostgreSQL cluster of a test's own: data in a temporary folder, loopback and a password, a port of its own. A cluster of
 * the machine's is never touched. Run by root it runs as another user, since PostgreSQL refuses root.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { stablePorts } from './ports.js';

const run = promisify(execFile);
const USER = 'temporal';
const READY_DEADLINE_MS = 60_000;

/** Who may run it: undefined for whoever runs the tests. */
interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

async function systemUser(): Promise<SystemUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const users = await readFile('/etc/passwd', 'utf8');
  for (const name of ['postgres', 'nobody']) {
    const [, uid, gid] = new RegExp(`^${name}:[^:]*:(\\d+):(\\d+):`, 'm').exec(users) ?? [];
    if (uid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error('PostgreSQL refuses to run as root: there must be a user postgres or nobody');
}

export class Postgres {
  private process: ChildProcess | undefined;

  private constructor(
    private readonly bin: string,
    private readonly folder: string,
    private readonly user: SystemUser | undefined,
    readonly port: number,
    readonly password: string,
  ) {}

  readonly userName = USER;

  /** An empty cluster that answers. */
  static async create(bin: string): Promise<Postgres> {
    const user = await systemUser();
    const folder = await mkdtemp(join(tmpdir(), 'provisioner-postgres-'));
    const [port] = await stablePorts(1);
    const password = randomBytes(12).toString('hex');
    const postgres = new Postgres(bin, folder, user, port as number, password);
    const passwordFile = join(folder, 'password');
    await writeFile(passwordFile, password);
    if (user) for (const path of [folder, passwordFile]) await chown(path, user.uid, user.gid);
    const secured = ['--username', USER, '--pwfile', passwordFile, '--auth', 'scram-sha-256'];
    await run(join(bin, 'initdb'), ['--pgdata', postgres.data, '--encoding', 'UTF8', '--locale', 'C', ...secured], {
      ...user,
      cwd: folder,
    });
    await postgres.start();
    return postgres;
  }

  private get data(): string {
    return join(this.folder, 'data');
  }

  async start(): Promise<void> {
    const listens = ['-D', this.data, '-h', '127.0.0.1', '-p', String(this.port), '-k', this.folder];
    const child = spawn(join(this.bin, 'postgres'), [...listens, '-c', 'max_connections=200'], {
      ...this.user,
      cwd: this.folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.process = child;
    process.once('exit', this.end);
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-2_000);
    });
    const deadline = performance.now() + READY_DEADLINE_MS;
    while (!(await this.answers())) {
      if (child.exitCode !== null || performance.now() > deadline)
        throw new Error(`PostgreSQL did not start:\n${said}`);
      await sleep(100);
    }
  }

  /** Cuts every client off and writes no checkpoint, as a power cut would: the next start recovers from its log. */
  async stopAtOnce(): Promise<void> {
    const child = this.process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGQUIT');
    await ended;
    process.off('exit', this.end);
  }

  async remove(): Promise<void> {
    await this.stopAtOnce();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** What a statement answers, a line for each row. */
  async query(sql: string, database = 'postgres'): Promise<string> {
    const to = ['-h', '127.0.0.1', '-p', String(this.port), '-U', USER, '-d', database];
    const env = { ...process.env, PGPASSWORD: this.password };
    return (await run(join(this.bin, 'psql'), [...to, '-XAtc', sql], { env })).stdout;
  }

  private readonly end = (): void => {
    this.process?.kill('SIGQUIT');
  };

  private answers(): Promise<boolean> {
    return this.query('select 1').then(
      () => true,
      () => false,
    );
  }
}
