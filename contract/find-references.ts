/** `{ "$ref": "step.output" }` and `{ "$secret": "name" }` in a spec, found with their place. */
import type { Json, JsonObject } from './plan.js';
import { marked } from './references.js';

export interface Reference {
  /** Where it stands in the spec, as keys and indexes. */
  readonly path: readonly (string | number)[];
  readonly step: string;
  readonly output: string;
}

export interface SecretUse {
  readonly path: readonly (string | number)[];
  readonly name: string;
}

function* walk(value: Json, path: readonly (string | number)[]): Generator<[Json, readonly (string | number)[]]> {
  yield [value, path];
  if (value === null || typeof value !== 'object') return;
  if (marked(value, '$ref') !== undefined || marked(value, '$secret') !== undefined) return;
  for (const [key, inner] of Object.entries(value)) {
    yield* walk(inner as Json, [...path, Array.isArray(value) ? Number(key) : key]);
  }
}

/** All references of a spec. A `$ref` that is not `step.output` comes back with an empty output. */
export function findReferences(spec: JsonObject): Reference[] {
  const found: Reference[] = [];
  for (const [value, path] of walk(spec, [])) {
    const target = marked(value, '$ref');
    if (target === undefined) continue;
    const [step = '', output = '', ...rest] = typeof target === 'string' ? target.split('.') : [];
    const exact = Object.keys(value as JsonObject).length === 1 && rest.length === 0;
    found.push({ path, step, output: exact ? output : '' });
  }
  return found;
}

/** All uses of secrets in a spec. A `$secret` that is not a plain name comes back with an empty one. */
export function findSecrets(spec: JsonObject): SecretUse[] {
  const found: SecretUse[] = [];
  for (const [value, path] of walk(spec, [])) {
    const name = marked(value, '$secret');
    if (name === undefined) continue;
    const exact = typeof name === 'string' && Object.keys(value as JsonObject).length === 1;
    found.push({ path, name: exact ? name : '' });
  }
  return found;
}
