/**
 * Encrypts whole payloads with AES-256-GCM in the form of Temporal's own samples, so that a codec in any language can be
 * written after them: `binary/encrypted`, the key's id beside it, 12 bytes of nonce, ciphertext, 16 bytes of tag.
 * There is no additional data: the id only chooses a key, and under any other key the tag does not hold.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { METADATA_ENCODING_KEY, type Payload, type PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import { isKeyId, type KeyRing } from './key-ring.js';

const { Payload: PayloadMessage } = proto.temporal.api.common.v1;

/** Names of Temporal's samples (samples-python encryption/codec.py). */
export const ENCRYPTED = 'binary/encrypted';
const KEY_ID_FIELD = 'encryption-key-id';

/** NIST SP 800-38D, 8.2.2: with random nonces of 96 bits a key may encrypt 2^32 payloads. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** How the encoding begins that says why. */
export const UNDECIPHERABLE = 'binary/undecipherable; ';

/** What was wrong: `unknown-key`, and adding the key mends it; `not-authentic`; `plain` where only ciphertext is taken. */
export type UndecipherableReason = 'unknown-key' | 'not-authentic' | 'plain';

/** A payload that cannot be decrypted here. The message names the key's id, never anything of the payload. */
export class UndecipherablePayloadError extends Error {
  override readonly name = 'UndecipherablePayloadError';

  constructor(
    readonly reason: UndecipherableReason,
    message: string,
  ) {
    super(message);
  }
}

/** What is done with a payload that comes in plain. */
export type PlainPayloads = 'accept' | 'refuse';

/** Encrypts under the current key, and opens what any of the keys has encrypted. Made by {@link createEncryption}. */
export class EncryptionCodec implements PayloadCodec {
  readonly #ring: KeyRing;
  readonly #plain: PlainPayloads;
  #tell: (error: UndecipherablePayloadError) => void = () => undefined;

  constructor(ring: KeyRing, plain: PlainPayloads) {
    this.#ring = ring;
    this.#plain = plain;
  }

  /** Somebody who hears of what does not open; the last one who was named. */
  tellTo(listener: (error: UndecipherablePayloadError) => void): void {
    this.#tell = listener;
  }

  async encode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => this.#encrypt(payload));
  }

  /**
   * What does not open comes back as a payload that no converter reads, with the reason as its encoding. An error here would fail
   * a whole workflow task: whoever sends a move under a wrong key would stop the plan, its undo included. From the
   * converter the same error rejects the one update, fails the one attempt, and still stops a workflow whose own history does not open.
   */
  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => {
      try {
        return this.open(payload);
      } catch (error) {
        if (!(error instanceof UndecipherablePayloadError)) throw error;
        this.#tell(error);
        return closed(error);
      }
    });
  }

  #encrypt(payload: Payload): Payload {
    const { current, keys } = this.#ring;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', keys.get(current) as Buffer, nonce);
    const sealed = cipher.update(PayloadMessage.encode(payload).finish());
    return {
      metadata: { [METADATA_ENCODING_KEY]: Buffer.from(ENCRYPTED), [KEY_ID_FIELD]: Buffer.from(current) },
      data: Buffer.concat([nonce, sealed, cipher.final(), cipher.getAuthTag()]),
    };
  }

  /** One payload, decrypted. Throws {@link UndecipherablePayloadError}. */
  open(payload: Payload): Payload {
    if (!isEncrypted(payload)) {
      if (this.#plain === 'accept') return payload;
      throw new UndecipherablePayloadError('plain', 'A payload came in plain, and encryption.plain says refuse');
    }
    const { id, key } = this.#keyOf(payload);
    const data = Buffer.from(payload.data ?? []);
    try {
      const tagAt = data.length - TAG_BYTES;
      const opener = createDecipheriv('aes-256-gcm', key, data.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
      opener.setAuthTag(data.subarray(Math.max(tagAt, NONCE_BYTES)));
      const opened = Buffer.concat([opener.update(data.subarray(NONCE_BYTES, tagAt)), opener.final()]);
      return PayloadMessage.decode(opened);
    } catch {
      throw new UndecipherablePayloadError(
        'not-authentic',
        `A payload does not open with the key ${id}: it was changed, or encrypted with another key of that id`,
      );
    }
  }

  #keyOf({ metadata }: Payload): { readonly id: string; readonly key: Buffer } {
    const id = Buffer.from(metadata?.[KEY_ID_FIELD] ?? []).toString();
    const key = this.#ring.keys.get(id);
    if (key) return { id, key };
    // It came with the payload, so it may be anything.
    const named = isKeyId(id)
      ? `the key ${id}, which is not among encryption.keys here: add it`
      : 'a key without a name';
    throw new UndecipherablePayloadError('unknown-key', `A payload is encrypted with ${named}`);
  }
}

function closed({ message }: UndecipherablePayloadError): Payload {
  return { metadata: { [METADATA_ENCODING_KEY]: Buffer.from(UNDECIPHERABLE + message) }, data: new Uint8Array() };
}

export function isEncrypted({ metadata }: Payload): boolean {
  return Buffer.from(metadata?.[METADATA_ENCODING_KEY] ?? []).toString() === ENCRYPTED;
}
