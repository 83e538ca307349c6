/**
 * Every payload in an answer of the server that is not encrypted, by its path. Left out is what docs/security.md says stays
 * in plain: search attributes, which the server has to search, and the notes that the SDK's core and the SDK itself write into markers.
 */
import type { Payload } from '@temporalio/common';
import { isEncrypted } from '../../encryption/codec.js';

/** Names of fields and of entries below them. */
const IN_PLAIN = ['indexedFields', 'data', 'patch-data'];

export function plainPayloads(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  if (isPayload(value)) return isEncrypted(value) ? [] : [path];
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = `${path}/${key}`;
    return isLeftOut(path, key) ? [] : plainPayloads(inner, here);
  });
}

export function countPayloads(value: unknown): number {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return 0;
  if (isPayload(value)) return 1;
  return Object.values(value).reduce<number>((sum, inner) => sum + countPayloads(inner), 0);
}

function isPayload(value: object): value is Payload {
  return 'metadata' in value && 'data' in value && value.data instanceof Uint8Array;
}

function isLeftOut(path: string, key: string): boolean {
  if (key === 'indexedFields') return true;
  return path.endsWith('markerRecordedEventAttributes/details') && IN_PLAIN.includes(key);
}
