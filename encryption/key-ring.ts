/**
 * The keys by their ids: one that encrypts, and all that decrypt. They are read once, by reference, when a process starts: a
 * key never changes under its id, so there is nothing to read again. No message here holds a key.
 */
import { pathText } from '../contract/check-shape.js';
import type { Problem } from '../contract/failures.js';
import { isSecretSource, readSecret, type SecretContext, type SecretSource } from '../contract/secrets.js';

/** AES-256. */
const KEY_BYTES = 32;

/** It stands in every payload in plain, and in messages: a word without anything to escape. */
const KEY_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Where the keys are. */
export interface EncryptionKeys {
  /** Id of the key that encrypts. */
  readonly current: string;
  /** Every key that may still have to decrypt, by its id: each 32 bytes, in base64 or in hex. */
  readonly keys: Readonly<Record<string, SecretSource>>;
}

/** Keys that are read and sound. */
export interface KeyRing {
  readonly current: string;
  readonly keys: ReadonlyMap<string, Buffer>;
}

export function isKeyId(text: string): boolean {
  return KEY_ID.test(text);
}

/** Reads every key, or tells every problem, each with its path below `base`. */
export function readKeyRing(
  { current, keys }: EncryptionKeys,
  context: SecretContext,
  base: readonly string[] = [],
): { readonly ring: KeyRing } | { readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const read = new Map<string, Buffer>();
  const say = (path: readonly string[], message: string) =>
    problems.push({ path: pathText(...base, ...path), message });
  for (const [id, source] of Object.entries(keys)) {
    if (!isKeyId(id)) say(['keys'], 'each id must be at most 64 letters, digits, dots, dashes and underscores');
    else if (!isSecretSource(source))
      say(['keys', id], 'must be { env: NAME } or { file: PATH }, never the key itself');
    else {
      const key = readKey(source, context);
      if (typeof key === 'string') say(['keys', id], key);
      else read.set(id, key);
    }
  }
  if (!Object.hasOwn(keys, current)) say(['current'], 'must be the id of one of the keys');
  for (const [one, other] of twins(read)) say(['keys', other], `must not be the same key as ${one}`);
  return problems.length > 0 ? { problems } : { ring: { current, keys: read } };
}

/** The key, or what is wrong with it. */
function readKey(source: SecretSource, context: SecretContext): Buffer | string {
  try {
    return parseKey(readSecret(source, context)) ?? `must be ${KEY_BYTES} bytes, in base64 or in hex`;
  } catch (error) {
    return error instanceof Error ? error.message : 'cannot be read';
  }
}

/** 32 bytes in hex have 64 digits, in base64 43 and at most one more: no text is both. */
function parseKey(text: string): Buffer | undefined {
  const written = text.trim();
  if (/^[0-9a-fA-F]{64}$/.test(written)) return Buffer.from(written, 'hex');
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(written)) return undefined;
  const bytes = Buffer.from(written, 'base64');
  return bytes.length === KEY_BYTES ? bytes : undefined;
}

/** A key under two ids would be used for twice as many payloads as is counted for it. */
function twins(keys: ReadonlyMap<string, Buffer>): [string, string][] {
  const seen = new Map<string, string>();
  return [...keys].flatMap(([id, key]): [string, string][] => {
    const text = key.toString('hex');
    const one = seen.get(text);
    seen.set(text, one ?? id);
    return one === undefined ? [] : [[one, id]];
  });
}
