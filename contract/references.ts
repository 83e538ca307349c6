/** `{ "$ref": "step.output" }` and `{ "$secret": "name" }` in a spec: found, checked and replaced in one place. */
import type { Json, JsonObject, ProvisionResult } from './plan.js';

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

function single(value: Json, key: '$ref' | '$secret'): Json | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, key) ? (value as JsonObject)[key] : undefined;
}

function* walk(value: Json, path: readonly (string | number)[]): Generator<[Json, readonly (string | number)[]]> {
  yield [value, path];
  if (value === null || typeof value !== 'object') return;
  if (single(value, '$ref') !== undefined || single(value, '$secret') !== undefined) return;
  for (const [key, inner] of Object.entries(value)) {
    yield* walk(inner as Json, [...path, Array.isArray(value) ? Number(key) : key]);
  }
}

/** All references of a spec. A `$ref` that is not `step.output` comes back with an empty output. */
export function findReferences(spec: JsonObject): Reference[] {
  const found: Reference[] = [];
  for (const [value, path] of walk(spec, [])) {
    const target = single(value, '$ref');
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
    const name = single(value, '$secret');
    if (name === undefined) continue;
    const exact = typeof name === 'string' && Object.keys(value as JsonObject).length === 1;
    found.push({ path, name: exact ? name : '' });
  }
  return found;
}

function replace(value: Json, key: '$ref' | '$secret', by: (target: string) => Json): Json {
  const target = single(value, key);
  if (typeof target === 'string') return by(target);
  if (Array.isArray(value)) return value.map((inner: Json) => replace(inner, key, by));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, replace(inner as Json, key, by)]));
}

/** The spec with every reference replaced. A reference whose step has no such output yet stays as it is. */
export function resolveReferences(spec: JsonObject, outputs: ProvisionResult): JsonObject {
  return replace(spec, '$ref', (target) => {
    const [step = '', output = ''] = target.split('.');
    return outputs[step]?.[output] ?? { $ref: target };
  }) as JsonObject;
}

/** The spec with every secret replaced by what `read` answers for its name. */
export function resolveSecrets(spec: JsonObject, read: (name: string) => string): JsonObject {
  return replace(spec, '$secret', read) as JsonObject;
}
