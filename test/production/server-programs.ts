/**
 * The Temporal server itself and its SQL tool, built once from the Go module proxy and kept beside the Temporal CLI. Go
 * checks each module against its public checksum database. No release of them is on a registry that we use otherwise.
 */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../../worker/embedded-server/cli-cache.js';
import { isExecutable } from '../support/debian.js';

const SERVER_VERSION = '1.31.0';
const MODULES = ['go.temporal.io/server/cmd/server', 'go.temporal.io/server/cmd/tools/sql'];
const PROGRESS_EVERY_MS = 30_000;

export interface ServerPrograms {
  readonly server: string;
  /** Makes and updates the schema. */
  readonly sql: string;
}

function programsIn(folder: string): ServerPrograms {
  return { server: join(folder, 'server'), sql: join(folder, 'sql') };
}

/** Their paths. Builds them where the cache lacks them: about seven minutes on two cores. */
export async function provideServer(): Promise<ServerPrograms> {
  const cache = cacheFolder(process.env);
  const folder = join(cache, `temporal-server-${SERVER_VERSION}`);
  const programs = programsIn(folder);
  if (isExecutable(programs.server) && isExecutable(programs.sql)) return programs;
  await mkdir(cache, { recursive: true });
  // Named at once when both are whole, so that two runs that build at once both succeed.
  const partial = await mkdtemp(join(cache, 'partial-'));
  try {
    await build(partial);
    await rename(partial, folder).catch((error: unknown) => {
      if (!isExecutable(programs.server)) throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return programs;
}

async function build(folder: string): Promise<void> {
  process.stderr.write(`Building the Temporal server ${SERVER_VERSION} (once, about 7 minutes on two cores)\n`);
  const startedAt = performance.now();
  const telling = setInterval(() => {
    process.stderr.write(`Still building: ${Math.round((performance.now() - startedAt) / 1000)} s\n`);
  }, PROGRESS_EVERY_MS);
  try {
    await goInstall(folder);
  } finally {
    clearInterval(telling);
  }
}

function goInstall(folder: string): Promise<void> {
  const env = { ...process.env, GOBIN: folder };
  const modules = MODULES.map((name) => `${name}@v${SERVER_VERSION}`);
  const child = spawn('go', ['install', ...modules], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2_000);
  });
  return new Promise((resolve, reject) => {
    child.on('error', () => {
      reject(new Error('Go is not installed. Install Go 1.26 or later (https://go.dev/dl), which builds the server.'));
    });
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`The Temporal server could not be built (Go 1.26 or later is needed):\n${said}`));
    });
  });
}
