import type { Connection } from './connection.js';

/** Every secret of the connection that can be read now; one that cannot says nothing of the others. None may stand in a failure or a log. */
export function secretsOf(connection: Connection): string[] {
  const reads = [
    () => Object.values(connection.readCredentials()),
    ...connection.secretNames.map((name) => () => [connection.readSecret(name)]),
  ];
  return reads.flatMap((read) => {
    try {
      return read().filter((secret) => secret !== undefined);
    } catch {
      return [];
    }
  });
}
