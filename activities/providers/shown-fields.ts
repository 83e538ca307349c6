/** What a row of an answer shows of a spec whose fields go by the cloud's own names. */
import type { Json, JsonObject } from '../../contract/plan.js';

/** As parsed, `null` included: what a cloud returns without a value is known to have none. */
export function shownFields(row: Readonly<Record<string, unknown>>, names: readonly string[]): JsonObject {
  const shown = names.filter((name) => row[name] !== undefined);
  return Object.fromEntries(shown.map((name) => [name, row[name] as Json]));
}
