/** From keys to what every client and worker of one namespace is given, so that all of them read what each of them writes. */
import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import { ConfigProblems } from '../contract/config-problems.js';
import type { SecretContext } from '../contract/secrets.js';
import { EncryptionCodec, type PlainPayloads } from './codec.js';
import { type EncryptionKeys, type KeyRing, readKeyRing } from './key-ring.js';

/** The keys, and what is done with what comes in plain. */
export interface EncryptionOptions extends EncryptionKeys {
  /**
   * `accept` (default): a payload that is not encrypted is read as it is, such as one of a program without a codec, or of a run
   * that is older than the keys. `refuse`: it is an error, so that nobody who can write to the server can pass plain text off as ours.
   */
  readonly plain?: PlainPayloads;
}

/** What a client and a worker are given. */
export interface Encryption {
  /** For `new Client({ dataConverter })` and `Worker.create({ dataConverter })`. */
  readonly dataConverter: DataConverter & { readonly failureConverterPath: string };
  /** The codec alone, for a server of yours, or to be composed with others: it goes last in `payloadCodecs`. */
  readonly codec: EncryptionCodec;
}

/**
 * Encryption of everything that goes into Temporal's history, with failures' messages and stack traces, under keys of yours.
 *
 * Bundle workflows beforehand with `failureConverterPath` as well, or the messages of failed workflows stay in plain; a worker
 * with `workflowsPath` does so by itself.
 *
 * @param context Where references are looked up. Default: this process's environment, and the current folder.
 * @throws ConfigProblems with every problem of the keys, none of which holds a key.
 *
 * @example
 * ```typescript
 * const { dataConverter } = createEncryption({ current: '2026-11', keys: { '2026-11': { env: 'PAYLOAD_KEY' } } });
 * const client = new Client({ connection, namespace, dataConverter });
 * const worker = await Worker.create({ connection, namespace, dataConverter, taskQueue, workflowsPath, plugins });
 * ```
 */
export function createEncryption(
  options: EncryptionOptions,
  context: SecretContext = { env: process.env, folder: process.cwd() },
): Encryption {
  const read = readKeyRing(options, context);
  if ('problems' in read) throw new ConfigProblems(read.problems);
  return encryptionWith(read.ring, options.plain);
}

export function encryptionWith(ring: KeyRing, plain: PlainPayloads = 'accept'): Encryption {
  const codec = new EncryptionCodec(ring, plain);
  const failureConverterPath = fileURLToPath(new URL('./failure-converter.cjs', import.meta.url));
  return { codec, dataConverter: { payloadCodecs: [codec], failureConverterPath } };
}
