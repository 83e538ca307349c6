/** What makes two plans the same: their content, whatever the order of their keys. */
import { createHash } from 'node:crypto';
import type { Json, Plan } from './plan.js';

function canonical(value: Json): Json {
  if (Array.isArray(value)) return value.map(canonical);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, canonical(inner as Json)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** SHA-256 of the canonical JSON, in hex. */
export function planHash(plan: Plan): string {
  return createHash('sha256')
    .update(JSON.stringify(canonical(plan as unknown as Json)))
    .digest('hex');
}
