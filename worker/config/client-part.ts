/**
 * What commands read of the configuration file that only talk to the server: the queue that the worker polls, whether its
 * namespace has search attributes, and the keys of payloads. No more: the machine that they run on may not have the clouds' secrets.
 */
import { dirname } from 'node:path';
import { checkShape } from '../../contract/check-shape.js';
import { ConfigProblems } from '../../contract/config-problems.js';
import { DEFAULT_TASK_QUEUE } from '../../contract/names.js';
import type { Encryption } from '../../encryption/encryption.js';
import { type Environment, findConfigFile, readConfigText } from './config-file.js';
import { checkEncryption } from './encryption.js';
import { fileSchema } from './schema.js';

export interface ClientPart {
  /** The file's, or `provisioner`. */
  readonly taskQueue: string;
  /** False only where the file says so. */
  readonly searchAttributes: boolean;
  /** Undefined where there is no file, or it asks for none. */
  readonly encryption?: Encryption;
}

/** A misspelt `encryption` would be taken for none, and a plan sent in plain; a misspelt queue is polled by nobody. */
const PARTS = Object.keys(fileSchema.shape);

const plainParts = fileSchema.pick({ taskQueue: true, searchAttributes: true }).strip();

function asMapping(written: unknown, file: string): Readonly<Record<string, unknown>> {
  if (written === null || written === undefined) return {};
  if (typeof written === 'object' && !Array.isArray(written)) return written as Readonly<Record<string, unknown>>;
  const message = `must be keys with values; known here: ${PARTS.join(', ')}`;
  throw new ConfigProblems([{ path: '', message }], file);
}

/** Throws ConfigProblems, also where a file is named that is not there. */
export function loadClientPart(named: string | undefined, env: Environment): ClientPart {
  const file = findConfigFile(named, env);
  const written = file ? asMapping(readConfigText(file), file) : {};
  const unknown = Object.keys(written).filter((name) => !PARTS.includes(name));
  const plain = checkShape(plainParts, written);
  const context = { env, folder: dirname(file ?? '') };
  const { encryption, problems } = checkEncryption(written.encryption, context);
  const all = [
    ...unknown.map((path) => ({ path, message: `unknown field; known here: ${PARTS.join(', ')}` })),
    ...('problems' in plain ? plain.problems : []),
    ...problems,
  ];
  if ('problems' in plain || all.length > 0) throw new ConfigProblems(all, file);
  const { taskQueue = DEFAULT_TASK_QUEUE, searchAttributes = true } = plain.value;
  return { taskQueue, searchAttributes, ...(encryption && { encryption }) };
}
