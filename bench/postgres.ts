/** A PostgreSQL cluster of the run's own, for DBOS: in a temporary folder, on loopback, gone afterwards. */
import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../worker/embedded-server/free-port.js';
import { endProgram, startBinary } from './stage.js';

export interface Postgres {
  readonly url: string;
  readonly pid: number;
  close(): Promise<void>;
}

/** Debian's place for its versions. */
const VERSIONS = '/usr/lib/postgresql';

export async function startPostgres(): Promise<Postgres> {
  const bin = binaries();
  const folder = mkdtempSync(join(tmpdir(), 'bench-postgres-'));
  const data = join(folder, 'data');
  const port = await freePort();
  // PostgreSQL refuses to run as root: then Debian's own user for it does.
  const as = process.getuid?.() === 0 ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : [];
  if (as.length > 0) chownSync(folder, idOf('-u'), idOf('-g'));
  const run = (program: string, ...args: string[]) => [...as, join(bin, program), ...args] as [string, ...string[]];
  const [init, ...initArgs] = run('initdb', '--pgdata', data, '--auth', 'trust', '--username', 'bench');
  execFileSync(init, initArgs, { stdio: 'ignore' });
  const [file, ...args] = run('postgres', '-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder);
  const server = startBinary(file, args, {});
  const [probe, ...probeArgs] = run('pg_isready', '-h', '127.0.0.1', '-p', String(port));
  await untilReady(probe, probeArgs);
  return {
    url: `postgresql://bench@127.0.0.1:${port}/bench`,
    pid: server.pid as number,
    close: async () => {
      // "Fast": it ends its clients' sessions itself.
      await endProgram(server, 'SIGINT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Its major version; undefined where Debian's package is not installed. */
export function newestPostgres(): string | undefined {
  if (!existsSync(VERSIONS)) return undefined;
  return readdirSync(VERSIONS).toSorted((a, b) => Number(b) - Number(a))[0];
}

function binaries(): string {
  const newest = newestPostgres();
  if (!newest) throw new Error('DBOS needs PostgreSQL: install it (on Debian: apt-get install postgresql)');
  return join(VERSIONS, newest, 'bin');
}

function idOf(flag: '-u' | '-g'): number {
  return Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
}

async function untilReady(file: string, args: readonly string[]): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      execFileSync(file, args, { stdio: 'ignore' });
      return;
    } catch (error) {
      if (tries >= 100) throw error;
      await sleep(100);
    }
  }
}
