/**
 * Secrets by reference: `{ env: NAME }` or `{ file: PATH }`, read again on each use so that files can rotate. A program
 * may give a function instead; a file cannot hold one, so that needs no rule. No message here holds a value.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** The value of an environment variable. */
export interface SecretFromEnv {
  readonly env: string;
}

/** The content of a file, without the line break at its end. */
export interface SecretFromFile {
  /** Relative to the folder of the configuration file. */
  readonly file: string;
}

/** Where a secret comes from. The function is for programs (tests, the simulator's generated keys). */
export type SecretSource = SecretFromEnv | SecretFromFile | (() => string);

/** What secrets are read with. */
export interface SecretContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
  /** For a dry run, which signs nothing: references are checked for their form only. */
  readonly unread?: true;
}

/** A secret that cannot be read now. The message names the variable or the file. */
export class SecretUnavailable extends Error {
  override readonly name = 'SecretUnavailable';
}

const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Longer than any key, token or certificate chain; a mistaken path to a big file is refused, not read into a header. */
const MAX_SECRET_LENGTH = 65_536;

export function isSecretSource(value: unknown): value is SecretSource {
  if (typeof value === 'function') return true;
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 1) return false;
  if ('env' in value) return typeof value.env === 'string' && ENV_NAME.test(value.env);
  return 'file' in value && typeof value.file === 'string' && value.file !== '';
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new SecretUnavailable(`cannot read the secret file ${path} (${code})`);
  }
}

/** The secret as it is now. Throws {@link SecretUnavailable}. */
export function readSecret(source: SecretSource, context: SecretContext): string {
  if (typeof source === 'function') return source();
  if ('env' in source) {
    const value = context.env[source.env];
    if (value) return value;
    const state = value === undefined ? 'not set' : 'empty';
    throw new SecretUnavailable(`the environment variable ${source.env} is ${state}`);
  }
  const path = resolve(context.folder, source.file);
  const value = readFile(path);
  if (value === '') throw new SecretUnavailable(`the secret file ${path} is empty`);
  if (value.length > MAX_SECRET_LENGTH) throw new SecretUnavailable(`the secret file ${path} is too long for a secret`);
  return value;
}
