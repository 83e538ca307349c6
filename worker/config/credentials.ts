/**
 * Whether every secret can be read when the worker starts, and whether the credentials are what their provider signs
 * with: better a refusal now than a create that fails in the night.
 */
import type { Provider } from '../../activities/cloud.js';
import { checkShape, pathText } from '../../contract/check-shape.js';
import type { Problem } from '../../contract/failures.js';
import { isSecretSource, readSecret, type SecretContext, type SecretSource } from '../../contract/secrets.js';

export type Sources = Readonly<Record<string, SecretSource>>;

/** Unset secrets are found even where other parts of the connection are wrong, so this takes what was written. */
export function secretProblems(raw: unknown, context: SecretContext, base: readonly string[]): Problem[] {
  if (context.unread || typeof raw !== 'object' || raw === null) return [];
  return Object.entries(raw).flatMap(([name, source]): Problem[] => {
    if (!isSecretSource(source)) return [];
    try {
      readSecret(source, context);
      return [];
    } catch (error) {
      return [{ path: pathText(...base, name), message: error instanceof Error ? error.message : 'cannot be read' }];
    }
  });
}

/** The credentials' names and shape, as the provider wants them. Unreadable ones are told elsewhere. */
export function credentialProblems(
  sources: Sources,
  provider: Provider,
  context: SecretContext,
  base: readonly string[],
): Problem[] {
  const unreadable: string[] = [];
  const values = Object.entries(sources).map(([name, source]) => {
    try {
      if (!context.unread) return [name, readSecret(source, context)];
    } catch {
      // Told elsewhere.
    }
    unreadable.push(name);
    return [name, 'unread'];
  });
  const at = [...base, 'credentials'];
  const ignored = unreadable.map((name) => [name]);
  const shape = checkShape(provider.credentials, Object.fromEntries(values), at, ignored);
  return 'problems' in shape ? [...shape.problems] : [];
}
