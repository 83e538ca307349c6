/**
 * A stored FlowSpec as a plan writes one. The server adds ids and metadata, in the place of any that were sent, and may
 * write the document in another version: none of these says what the workflow is.
 */
import type { Json, JsonObject } from '../../../contract/plan.js';
import { asRecord, parseJson } from '../../http/json.js';

const OF_THE_SERVER: readonly string[] = ['id', 'metadata'];

/** Undefined where the text is no document. */
export function shownFlowSpec(text: string | null | undefined): JsonObject | undefined {
  const { version: _, ...document } = asRecord(parseJson(text ?? '')) as JsonObject;
  return document.spec === undefined ? undefined : (withoutServers(document) as JsonObject);
}

function withoutServers(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutServers);
  if (value === null || typeof value !== 'object') return value;
  const ours = Object.entries(value).filter(([key]) => !OF_THE_SERVER.includes(key));
  return Object.fromEntries(ours.map(([key, inner]) => [key, withoutServers(inner as Json)]));
}
