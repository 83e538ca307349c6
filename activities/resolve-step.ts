/** One resource of a plan as the workflow sees it, and whether this worker has its kind and its connection at all. */
import { pathText } from '../contract/check-shape.js';
import type { Problem } from '../contract/failures.js';
import { connectionTaskQueue } from '../contract/names.js';
import type { JsonObject, PlanResource } from '../contract/plan.js';
import type { ResolvedStep } from '../contract/steps.js';
import type { Catalog } from './catalog.js';
import { completeSpec } from './complete-spec.js';
import { consoleUrl } from './console-url.js';
import type { Kind } from './kind.js';
import { dependenciesOf } from './order-steps.js';

export function resolveStep(key: string, resource: PlanResource, catalog: Catalog): ResolvedStep {
  const kind = catalog.kinds.get(resource.kind);
  const connection = catalog.connections?.get(resource.connection);
  const spec = kind && completeSpec(kind, connection?.scope ?? {}, resource.spec);
  const name = kind && spec && nameOf(kind, spec);
  const console = kind && spec && connection && consoleUrl(kind, connection, spec);
  return {
    key,
    kind: resource.kind,
    provider: kind?.provider ?? '',
    connection: resource.connection,
    taskQueue: connectionTaskQueue(catalog.taskQueue, resource.connection),
    dependsOn: dependenciesOf(resource),
    ifExists: resource.ifExists ?? 'fail',
    retain: resource.retain ?? false,
    ...(resource.protect && { protect: true }),
    ...(name !== undefined && { name }),
    ...(console !== undefined && { console }),
  };
}

/** Unknown where a reference stands for it. Elsewhere in the spec references do not matter, so it need not be whole. */
function nameOf(kind: Kind, spec: JsonObject): string | undefined {
  try {
    const name: unknown = kind.nameOf(spec);
    return typeof name === 'string' ? name : undefined;
  } catch {
    return undefined;
  }
}

/** Without connections (a dry run without a configuration) only the kind is checked. */
export function checkPlace(key: string, resource: PlanResource, { kinds, connections }: Catalog): Problem[] {
  const at = ['resources', key] as const;
  const kind = kinds.get(resource.kind);
  const connection = connections?.get(resource.connection);
  const problems: Problem[] = [];
  if (!kind) problems.push({ path: pathText(...at, 'kind'), message: `unknown kind; known: ${listed(kinds)}` });
  if (connections && !connection) {
    problems.push({
      path: pathText(...at, 'connection'),
      message: `unknown connection; known: ${listed(connections)}`,
    });
  }
  if (kind && connection && kind.provider !== connection.provider) {
    problems.push({
      path: pathText(...at, 'connection'),
      message: `must be a connection of provider ${kind.provider}`,
    });
  }
  return problems;
}

function listed(names: ReadonlyMap<string, unknown>): string {
  return [...names.keys()].sort().join(', ') || 'none';
}
