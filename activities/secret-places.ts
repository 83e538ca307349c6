/** Where a secret may stand in a kind's spec: nowhere that an answer of the cloud, and so a history, could repeat it. */
import { pathText } from '../contract/check-shape.js';
import type { SecretUse } from '../contract/find-references.js';
import type { Kind } from './kind.js';

/** What would be right; undefined where it may stand there. */
export function misplacedSecret(
  { secretFields }: Pick<Kind, 'secretFields'>,
  path: SecretUse['path'],
): string | undefined {
  const field = pathText(...path);
  if (secretFields.some((prefix) => field === prefix || field.startsWith(`${prefix}.`))) return undefined;
  return `a secret may stand only below: ${secretFields.join(', ') || 'no field of this kind'}`;
}
