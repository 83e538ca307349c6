/** `temporal-provisioner/encryption`: payloads that only who has the keys can read. */
export type { SecretFromEnv, SecretFromFile, SecretSource } from '../contract/secrets.js';
export { EncryptionCodec, type PlainPayloads, UndecipherablePayloadError, type UndecipherableReason } from './codec.js';
export { createEncryption, type Encryption, type EncryptionOptions } from './encryption.js';
export type { EncryptionKeys, KeyRing } from './key-ring.js';
