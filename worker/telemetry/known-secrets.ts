/** Every secret that the connections of this process read, those of a moment ago too: files rotate while a line is written. */
import type { Connection } from '../../activities/connection.js';
import { secretsOf } from '../../activities/connection-secrets.js';

/** Secrets are files as a rule: not read for every line. */
const READ_EVERY_MS = 10_000;
const MOST_REMEMBERED = 1_000;

export function knownSecrets(connections: readonly Connection[]): () => readonly string[] {
  const known = new Set<string>();
  let readAt = Number.NEGATIVE_INFINITY;
  return () => {
    if (performance.now() - readAt < READ_EVERY_MS) return [...known];
    readAt = performance.now();
    for (const secret of connections.flatMap(secretsOf)) known.add(secret);
    for (const oldest of known) if (known.size > MOST_REMEMBERED) known.delete(oldest);
    return [...known];
  };
}
