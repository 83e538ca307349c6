/**
 * One verified Temporal CLI for all our processes on a machine. A fetch works in a folder of its own and ends with an
 * atomic rename, so two processes that fetch at once both succeed and nobody ever runs half a file: no lock is needed.
 */
import { chmod, mkdir, mkdtemp, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { CliBuild } from './cli-build.js';
import { EmbeddedServerError } from './embedded-server-error.js';
import { assertSha256 } from './hash.js';
import type { CliSource, OnProgress } from './source.js';

const PARTIAL = 'partial-';
/** Longer than all deadlines of a fetch together: what is older was left by a process that was killed. */
const ABANDONED_AFTER_MS = 3_600_000;

/** `PROVISIONER_CACHE_DIR`, else `temporal-provisioner` in `XDG_CACHE_HOME` or `~/.cache`. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  return env.PROVISIONER_CACHE_DIR || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'temporal-provisioner');
}

function cachedPath(build: CliBuild, folder: string): string {
  return join(folder, `temporal-${build.version}-${build.binarySha256.slice(0, 12)}`);
}

/** The cached CLI, if there is one and it is whole. */
export async function findCached(build: CliBuild, folder: string): Promise<string | undefined> {
  const file = cachedPath(build, folder);
  return assertSha256(file, build.binarySha256).then(
    () => file,
    () => undefined,
  );
}

async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(PARTIAL)) continue;
    const path = join(folder, name);
    const modified = await stat(path).catch(() => undefined);
    if (modified && Date.now() - modified.mtimeMs > ABANDONED_AFTER_MS)
      await rm(path, { recursive: true, force: true });
  }
}

async function makePartial(folder: string): Promise<string> {
  try {
    await mkdir(folder, { recursive: true });
    await removeAbandoned(folder);
    return await mkdtemp(join(folder, PARTIAL));
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
    const message = `The cache folder ${folder} cannot be written (${code}): set PROVISIONER_CACHE_DIR to one that can, or put the Temporal CLI on the PATH.`;
    throw new EmbeddedServerError(message, 'cache-not-writable', { cause });
  }
}

async function keep(binary: string, build: CliBuild, folder: string): Promise<string> {
  await assertSha256(binary, build.binarySha256);
  await chmod(binary, 0o755);
  // Without it a power cut could leave the new name on a file without content.
  const handle = await open(binary, 'r');
  await handle.sync().finally(() => handle.close());
  const target = cachedPath(build, folder);
  await rename(binary, target);
  return target;
}

export interface FetchOptions {
  readonly build: CliBuild;
  readonly folder: string;
  readonly sources: readonly CliSource[];
  readonly env: NodeJS.ProcessEnv;
  readonly onProgress: OnProgress;
}

/** Fetches the CLI into the cache by the first source that works. The reasons of those that did not, otherwise. */
export async function fetchIntoCache(
  options: FetchOptions,
): Promise<{ readonly path: string } | { readonly failures: readonly string[] }> {
  const { build, folder, sources, env, onProgress } = options;
  const failures: string[] = [];
  for (const source of sources) {
    const partial = await makePartial(folder);
    try {
      onProgress(`Downloading the Temporal CLI ${build.version} from ${source.name} (44 MB, once)`);
      const binary = await source.fetch({ build, folder: partial, env, onProgress });
      return { path: await keep(binary, build, folder) };
    } catch (error) {
      failures.push(`${source.name}: ${error instanceof Error ? error.message : 'failed'}`);
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
  }
  return { failures };
}
