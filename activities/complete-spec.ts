/** A spec with the ids that its connection's scope knows, in the fields where the kind wants them. */
import type { JsonObject } from '../contract/plan.js';
import type { Kind } from './kind.js';

export function completeSpec(kind: Kind, scope: Readonly<Record<string, string>>, spec: JsonObject): JsonObject {
  const fromScope = Object.entries(kind.scopeFields)
    .filter(([field, key]) => spec[field] === undefined && scope[key] !== undefined)
    .map(([field, key]) => [field, scope[key] as string] as const);
  return { ...spec, ...Object.fromEntries(fromScope) };
}
