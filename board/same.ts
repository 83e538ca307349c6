/** Whether two secrets are the same, in a time that tells nothing about either, their lengths included. */
import { createHash, timingSafeEqual } from 'node:crypto';

export function isSame(one: string, other: string): boolean {
  return timingSafeEqual(digest(one), digest(other));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
