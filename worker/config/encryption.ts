/** The part of the configuration file that says how payloads are encrypted. */
import { z } from 'zod';
import { checkShape } from '../../contract/check-shape.js';
import type { Problem } from '../../contract/failures.js';
import { isSecretSource, type SecretContext, type SecretSource } from '../../contract/secrets.js';
import { type Encryption, encryptionWith } from '../../encryption/encryption.js';
import { readKeyRing } from '../../encryption/key-ring.js';

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
