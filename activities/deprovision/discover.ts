/** Everything of a kind on one connection that carries the marker of a plan's workflow, whichever of its runs made it. */
import type { Discovered, DiscoverInput } from '../../contract/deprovision.js';
import { parseMarker } from '../../contract/marker.js';
import type { Attempt } from '../attempt.js';
import type { Cloud } from '../cloud.js';
import { createFailure, toFailure } from '../failure.js';
import type { Kind } from '../kind.js';
import { MOST_DISCOVERED } from '../policies.js';

export interface DiscoverTask {
  readonly kind: Kind;
  /** The worker's own: markers of another are none of its business. */
  readonly namespace: string;
  readonly attempt: Attempt<never>;
  readonly cloud: Cloud;
  /** Takes secrets out of a text on its way into history. */
  readonly redact: (text: string) => string;
}

export async function discover(input: DiscoverInput, task: DiscoverTask): Promise<readonly Discovered[]> {
  const { kind, namespace, attempt, cloud, redact } = task;
  // Lists that shift while they are read show a resource twice.
  const found = new Map<string, Discovered>();
  try {
    for await (const sighting of kind.list(cloud)) {
      attempt.throwIfStopped();
      const marker = parseMarker(sighting.description);
      if (marker?.namespace !== namespace || marker.workflowId !== input.workflowId) continue;
      const { step, runId, keep } = marker;
      const { id, name, outputs } = sighting;
      const spec = kind.specOf?.(sighting) ?? { ...outputs, name };
      found.set(id, { connection: input.connection, kind: kind.name, id, name, step, runId, keep, spec });
      if (found.size > MOST_DISCOVERED) throw tooMany(kind);
    }
    return [...found.values()];
  } catch (error) {
    throw toFailure(error, { provider: kind.provider, operation: `${kind.name}.discover` }, redact);
  }
}

function tooMany(kind: Kind): unknown {
  return createFailure({
    type: 'InvalidRequest',
    message: `more than ${MOST_DISCOVERED} resources carry the marker of this plan, which no plan makes; look at them first`,
    retryable: false,
    details: { provider: kind.provider, operation: `${kind.name}.discover` },
  });
}
