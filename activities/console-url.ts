/**
 * Where a person sees a step's resource: the page that its kind names in the cloud's console, or the simulator's own, since
 * a real console knows nothing of what the simulator holds.
 */
import type { JsonObject } from '../contract/plan.js';
import type { Connection } from './connection.js';
import type { Kind } from './kind.js';

/** The address goes into Markdown and into attributes, so nothing that ends either may stand in it. */
const PLAIN = /^https?:\/\/[^\s()<>"'`\\]+$/;

/** An address in which `{id}` stands for the resource's id; undefined where none is known. */
export function consoleUrl(kind: Kind, connection: Connection, spec: JsonObject): string | undefined {
  const url = connection.simulator ? simulatorPage(connection) : kind.consoleUrl?.({ region: connection.region, spec });
  return url !== undefined && PLAIN.test(url) && URL.canParse(url) ? url : undefined;
}

/** One port serves all of the simulator's clouds, so any service's endpoint tells where it is. */
function simulatorPage({ endpoint }: Connection): string | undefined {
  const base = typeof endpoint === 'string' ? endpoint : Object.values(endpoint ?? {})[0];
  return base !== undefined && URL.canParse(base) ? `${new URL(base).origin}/__simulator/console/{id}` : undefined;
}
