/** `{ "$ref": "step.output" }` and `{ "$secret": "name" }` in a spec, replaced. The workflow bundle holds no more of them. */
import type { Json, JsonObject, ProvisionResult } from './plan.js';

/** What stands under `key` in an object, or undefined where the value is no such object. */
export function marked(value: Json, key: '$ref' | '$secret'): Json | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, key) ? (value as JsonObject)[key] : undefined;
}

function replace(value: Json, key: '$ref' | '$secret', by: (target: string) => Json): Json {
  const target = marked(value, key);
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
