/**
 * The part of the configuration file that says how payloads are encrypted. Commands that only talk to the server read this
 * part alone: they need the keys, and the machine that they run on may not have the clouds' secrets.
 */
import { dirname } from 'node:path';
import { z } from 'zod';
import { checkShape } from '../../contract/check-shape.js';
import { ConfigProblems } from '../../contract/config-problems.js';
import type { Problem } from '../../contract/failures.js';
import { isSecretSource, type SecretContext, type SecretSource } from '../../contract/secrets.js';
import { type Encryption, encryptionWith } from '../../encryption/encryption.js';
import { readKeyRing } from '../../encryption/key-ring.js';
import { type Environment, findConfigFile, readConfigText } from './config-file.js';

const word = z.string({ error: 'must be text' }).min(1, 'must not be empty');

const key = z.custom<SecretSource>(isSecretSource, {
  error: 'must be { env: NAME } or { file: PATH }, never the key itself',
});

export const encryptionSchema = z.strictObject({
  current: word,
  keys: z.record(word, key, { error: 'must be ids of keys, each with { env: NAME } or { file: PATH }' }),
  plain: z.enum(['accept', 'refuse'], { error: 'must be accept or refuse' }).optional(),
});

const BASE = ['encryption'];

/** Either the encryption or what is wrong with it; neither where the file has no such part, or its secrets stay unread. */
export function checkEncryption(
  raw: unknown,
  context: SecretContext,
): { readonly encryption?: Encryption; readonly problems: readonly Problem[] } {
  if (raw === undefined) return { problems: [] };
  const shape = checkShape(encryptionSchema, raw, BASE);
  if ('problems' in shape) return shape;
  if (context.unread) return { problems: [] };
  const { plain, ...keys } = shape.value;
  const read = readKeyRing(keys, context, BASE);
  return 'problems' in read ? read : { encryption: encryptionWith(read.ring, plain), problems: [] };
}

/** A misspelt `encryption` would be taken for none, and a plan sent in plain. Held to the file's schema by a test. */
const OTHERS = ['connections', 'taskQueue', 'searchAttributes', 'listen', 'deployment'];
const KNOWN = ['encryption', ...OTHERS].join(', ');

function asMapping(written: unknown, file: string): Readonly<Record<string, unknown>> {
  if (written === null || written === undefined) return {};
  if (typeof written === 'object' && !Array.isArray(written)) return written as Readonly<Record<string, unknown>>;
  throw new ConfigProblems([{ path: '', message: `must be keys with values; known here: ${KNOWN}` }], file);
}

/**
 * The encryption that the configuration file asks for; undefined where there is no file, or it asks for none.
 * Throws ConfigProblems, also where a file is named that is not there.
 */
export function loadEncryption(named: string | undefined, env: Environment): Encryption | undefined {
  const file = findConfigFile(named, env);
  if (!file) return undefined;
  const written = readConfigText(file);
  const { encryption: part, ...others } = asMapping(written, file);
  const unknown = Object.keys(others).filter((name) => !OTHERS.includes(name));
  const { encryption, problems } = checkEncryption(part, { env, folder: dirname(file) });
  const all = [...unknown.map((path) => ({ path, message: `unknown field; known here: ${KNOWN}` })), ...problems];
  if (all.length > 0) throw new ConfigProblems(all, file);
  return encryption;
}
