/**
 * Reads `provisioner.config.yaml` (YAML or JSON, told by its content) and gives connections that are ready to use, or
 * every problem of the whole file at once. Synchronous: it runs once, while a worker starts.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import type { Provider } from '../../activities/cloud.js';
import type { Connection } from '../../activities/connection.js';
import { checkShape } from '../../contract/check-shape.js';
import { DEFAULT_TASK_QUEUE } from '../../contract/names.js';
import { checkConnections } from './connections.js';
import type { ListenAddress } from './listen.js';
import { ConfigProblems } from './problems.js';
import { fileSchema } from './schema.js';

const DEFAULT_CONFIG_FILE = 'provisioner.config.yaml';

/** Variables that configuration is read with; `process.env` as a rule. */
export type Environment = Readonly<Record<string, string | undefined>>;

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
}

/**
 * The configuration file: the one that was named (`--config`), else `PROVISIONER_CONFIG`, else
 * `provisioner.config.yaml` in the current folder if it is there. A named one need not exist; loading it says so.
 */
export function findConfigFile(
  named: string | undefined,
  env: Environment,
  folder = process.cwd(),
): string | undefined {
  const chosen = named || env.PROVISIONER_CONFIG;
  if (chosen) return resolve(folder, chosen);
  const usual = resolve(folder, DEFAULT_CONFIG_FILE);
  return existsSync(usual) ? usual : undefined;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    const message = code === 'ENOENT' ? 'there is no such file' : `cannot be read (${code})`;
    throw new ConfigProblems([{ path: '', message }], file);
  }
}

/** The parser's own messages quote the text, which may be a secret: only its code and place are told. */
function parseText(text: string, file: string): unknown {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: true });
  const problems = document.errors.map(({ code, pos }) => {
    const { line, col } = lineCounter.linePos(pos[0]);
    return { path: '', message: `is neither YAML nor JSON at line ${line}, column ${col} (${code})` };
  });
  if (problems.length > 0) throw new ConfigProblems(problems, file);
  try {
    return document.toJS();
  } catch {
    throw new ConfigProblems([{ path: '', message: 'must not use YAML aliases without an anchor, or too many' }], file);
  }
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
  const raw = parseText(readText(file), file);
  const shape = checkShape(fileSchema, raw);
  const written = (typeof raw === 'object' && raw !== null ? raw : {}) as { readonly connections?: unknown };
  const configs =
    typeof written.connections === 'object' && written.connections !== null ? written.connections : undefined;
  const checked = checkConnections({ ...configs }, providers, {
    env,
    folder: dirname(file),
    ...(unread && { unread }),
  });
  const problems = 'problems' in shape ? [...shape.problems] : [];
  // Without connections the schema has said so already.
  if (configs !== undefined) problems.push(...checked.problems);
  if ('problems' in shape || problems.length > 0) throw new ConfigProblems(problems, file);
  return {
    file,
    connections: checked.connections,
    taskQueue: shape.value.taskQueue ?? DEFAULT_TASK_QUEUE,
    searchAttributes: shape.value.searchAttributes ?? true,
    ...(shape.value.listen && { listen: shape.value.listen }),
  };
}
