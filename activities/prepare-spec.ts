/** The spec as it will be sent: ids from the scope, secrets read, marker in the description, checked once more as a whole. */
import { checkShape, pathText } from '../contract/check-shape.js';
import type { FailureType } from '../contract/failures.js';
import { findReferences, findSecrets } from '../contract/find-references.js';
import { describeWithMarker } from '../contract/marker.js';
import type { JsonObject } from '../contract/plan.js';
import { resolveSecrets } from '../contract/references.js';
import type { Owner } from '../contract/steps.js';
import { completeSpec } from './complete-spec.js';
import type { Connection } from './connection.js';
import type { Kind } from './kind.js';
import { ProviderError } from './provider-error.js';
import { misplacedSecret } from './secret-places.js';

export interface PrepareOptions {
  readonly kind: Kind;
  readonly connection: Connection;
  readonly spec: JsonObject;
  readonly owner: Owner;
  readonly retain: boolean;
}

/** Throws InvalidRequest with every problem; nothing was sent then. */
export function prepareSpec({ kind, connection, spec, owner, retain }: PrepareOptions): object {
  const refuse = (message: string, type: FailureType = 'InvalidRequest') =>
    new ProviderError(message, {
      type,
      retryable: false,
      sent: 'never',
      provider: kind.provider,
      operation: `${kind.name}.create`,
    });
  if (findReferences(spec).length > 0)
    throw refuse('a reference has no value: the step it refers to has no such output');
  // A plan was refused for it before; a workflow of somebody's own asks nobody else.
  for (const { path } of findSecrets(spec)) {
    const misplaced = misplacedSecret(kind, path);
    if (misplaced !== undefined) throw refuse(`${pathText(...path)}: ${misplaced}`);
  }
  const read = (name: string): string => {
    try {
      return connection.readSecret(name);
    } catch (error) {
      // Its message names the variable or the file, never a value.
      throw refuse(error instanceof Error ? error.message : 'a secret cannot be read', 'Misconfigured');
    }
  };
  const complete = resolveSecrets(completeSpec(kind, connection.scope, spec), read);
  const checked = checkShape(kind.spec, complete);
  if ('problems' in checked)
    throw refuse(checked.problems.map(({ path, message }) => `${path}: ${message}`).join('; '));
  const { maxLength, path, write } = kind.description;
  const description = describeWithMarker(kind.description.read(checked.value), { ...owner, keep: retain });
  if (description.length > maxLength) throw refuse(`${path}: at most ${maxLength} characters together with the marker`);
  return write(checked.value, description);
}
