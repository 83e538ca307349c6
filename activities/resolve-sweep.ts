/** A sweep's request in, targets or problems out: which kinds are listed on which connections. Calls no cloud. */
import { z } from 'zod';
import { checkShape, pathText } from '../contract/check-shape.js';
import { connectionTaskQueue } from '../contract/names.js';
import type { SweepProblem, SweepRequest, SweepResolution, SweepTarget } from '../contract/sweep.js';
import type { Catalog } from './catalog.js';
import type { Connection } from './connection.js';
import type { Kind } from './kind.js';

/** Longer than any late-commit window, and than anybody who terminated a saga needs to think better of it. */
const DEFAULT_GRACE_MS = 3_600_000;

const requestSchema = z.strictObject({
  delete: z.boolean({ error: 'must be true or false' }).optional(),
  graceMs: z.int({ error: 'must be a whole number of milliseconds' }).min(0).optional(),
  connections: z.array(z.string()).min(1, 'must name a connection; leave it out to sweep all').optional(),
});

export function resolveSweep(input: unknown, catalog: Catalog): SweepResolution {
  const checked = checkShape(requestSchema as z.ZodType<SweepRequest>, input);
  if ('problems' in checked) return checked;
  const request = checked.value;
  const known = [...(catalog.connections?.values() ?? [])];
  const names = request.connections ?? known.map(({ name }) => name);
  const problems = names.flatMap((name, index) =>
    known.some((connection) => connection.name === name)
      ? []
      : [{ path: pathText('connections', index), message: `unknown connection; known: ${listed(known)}` }],
  );
  if (problems.length > 0) return { problems };
  const connections = known.filter(({ name }) => names.includes(name));
  const { targets, skipped } = listTargets(connections, catalog);
  return {
    sweep: {
      delete: request.delete ?? false,
      graceMs: request.graceMs ?? DEFAULT_GRACE_MS,
      targets,
      skipped,
      simulated: connections
        .filter(({ simulator }) => simulator)
        .map(({ name }) => name)
        .sort(),
      fingerprint: catalog.fingerprint,
    },
  };
}

/** Each kind on each connection, but where the connection's scope does not say where to list. */
export function listTargets(
  connections: readonly Connection[],
  { kinds, taskQueue }: Catalog,
): { readonly targets: readonly SweepTarget[]; readonly skipped: readonly SweepProblem[] } {
  const targets: SweepTarget[] = [];
  const skipped: SweepProblem[] = [];
  for (const connection of connections) {
    for (const kind of kinds.values()) {
      if (kind.provider !== connection.provider) continue;
      const missing = missingScope(kind, connection);
      const at = { connection: connection.name, kind: kind.name };
      const queue = connectionTaskQueue(taskQueue, connection.name);
      if (missing.length === 0) targets.push({ ...at, provider: kind.provider, taskQueue: queue });
      else
        skipped.push({ ...at, message: `the connection has no ${missing.map((key) => `scope.${key}`).join(' and ')}` });
    }
  }
  return { targets, skipped };
}

/** A plan may give such an id itself; a list has nothing but the scope. */
function missingScope(kind: Kind, { scope }: Connection): string[] {
  return Object.values(kind.scopeFields).filter((key) => scope[key] === undefined);
}

function listed(connections: readonly Connection[]): string {
  return (
    connections
      .map(({ name }) => name)
      .sort()
      .join(', ') || 'none'
  );
}
