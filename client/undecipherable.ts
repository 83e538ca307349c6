/** Whether an error says that payloads could not be decrypted, in words for people. */
import { ENCRYPTED, UNDECIPHERABLE } from '../encryption/codec.js';

/** Far more than the SDK nests. */
const MOST_CAUSES = 10;

/** Undefined for every other error. */
export function undecipherable(error: unknown): string | undefined {
  let cause: unknown = error;
  for (let depth = 0; cause instanceof Error && depth < MOST_CAUSES; depth++) {
    const [, why] = cause.message.split(UNDECIPHERABLE);
    if (why !== undefined) return `${why}.`;
    // Without a codec the SDK's converter meets an encoding of which it has never heard.
    if (cause.message.includes(ENCRYPTED)) {
      return 'What was found is encrypted: give the keys, in the encryption part of the configuration (--config FILE).';
    }
    cause = cause.cause;
  }
  return undefined;
}
