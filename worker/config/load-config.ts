/**
 * Checks `provisioner.config.yaml` as a whole and gives connections that are ready to use, or
 * every problem of the whole file at once. Synchronous: it runs once, while a worker starts.
 */
import { dirname } from 'node:path';
import type { Provider } from '../../activities/cloud.js';
import type { Connection } from '../../activities/connection.js';
import { checkShape } from '../../contract/check-shape.js';
import { ConfigProblems } from '../../contract/config-problems.js';
import { DEFAULT_TASK_QUEUE } from '../../contract/names.js';
import type { Encryption } from '../../encryption/encryption.js';
import { DEFAULT_CONFIG_FILE, type Environment, findConfigFile, readConfigText } from './config-file.js';
import { checkConnections } from './connections.js';
import { checkEncryption } from './encryption.js';
import type { ListenAddress } from './listen.js';
import { fileSchema } from './schema.js';

export interface ProvisionerConfig {
  /** Absolute path of the file it came from. */
  readonly file: string;
  readonly connections: readonly Connection[];
  /** The queue that provision workflows are polled from. */
  readonly taskQueue: string;
  /** False: no search attribute is written, and none has to exist. */
  readonly searchAttributes: boolean;
  /** Where a worker serves metrics and probes; undefined: nowhere. */
  readonly listen?: ListenAddress;
  /** How payloads are encrypted; undefined: they are not. */
  readonly encryption?: Encryption;
  /** The release that the file names, or a half of it: variables come before (worker/deployment.ts). */
  readonly deployment?: { readonly name?: string | undefined; readonly buildId?: string | undefined };
}

/**
 * Loads the configuration file. Throws {@link ConfigProblems}, also where there is no file at all.
 *
 *     const config = loadConfig(undefined, process.env, providers);
 *
 * `unread` leaves the secrets alone: for a dry run.
 */
export function loadConfig(
  named: string | undefined,
  env: Environment,
  providers: readonly Provider[],
  { folder = process.cwd(), unread }: { readonly folder?: string; readonly unread?: true } = {},
): ProvisionerConfig {
  const file = findConfigFile(named, env, folder);
  if (!file) {
    const message = `there is no ${DEFAULT_CONFIG_FILE} in this folder; write one, or name it with --config`;
    throw new ConfigProblems([{ path: '', message }]);
  }
  const raw = readConfigText(file);
  const shape = checkShape(fileSchema, raw);
  const written = (typeof raw === 'object' && raw !== null ? raw : {}) as {
    readonly connections?: unknown;
    readonly encryption?: unknown;
  };
  const configs =
    typeof written.connections === 'object' && written.connections !== null ? written.connections : undefined;
  const context = { env, folder: dirname(file), ...(unread && { unread }) };
  const checked = checkConnections({ ...configs }, providers, context);
  const { encryption, problems: ofKeys } = checkEncryption(written.encryption, context);
  const problems = 'problems' in shape ? [...shape.problems] : [];
  // Without connections the schema has said so already.
  if (configs !== undefined) problems.push(...checked.problems);
  // Its shape is the schema's to judge; only of keys that have one is there more to say.
  if (!problems.some(({ path }) => path.startsWith('encryption'))) problems.push(...ofKeys);
  if ('problems' in shape || problems.length > 0) throw new ConfigProblems(problems, file);
  return {
    file,
    connections: checked.connections,
    taskQueue: shape.value.taskQueue ?? DEFAULT_TASK_QUEUE,
    searchAttributes: shape.value.searchAttributes ?? true,
    ...(shape.value.listen && { listen: shape.value.listen }),
    ...(encryption && { encryption }),
    ...(shape.value.deployment && { deployment: shape.value.deployment }),
  };
}
