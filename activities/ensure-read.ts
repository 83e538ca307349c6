/**
 * How a step's resource is now, beside its plan. It is the one of the step's id: one that was replaced, or handed to
 * another owner, is missing, whatever it looks like. A marker that is gone is a difference, since the id still tells.
 */
import type { Drift } from '../contract/drift.js';
import type { JsonObject } from '../contract/plan.js';
import type { ReadInput } from '../contract/steps.js';
import type { Cloud } from './cloud.js';
import { compareSpec } from './compare-spec.js';
import { completeSpec } from './complete-spec.js';
import type { Connection } from './connection.js';
import { MOST_COMPARED, MOST_DIFFERENCES, shortName, tellDifference } from './difference.js';
import { toFailure } from './failure.js';
import type { Kind, Sighting } from './kind.js';
import { isOurs } from './ownership.js';
import { plannedSpec } from './planned-spec.js';
import { ProviderError } from './provider-error.js';

export interface ReadTask {
  readonly kind: Kind;
  readonly connection: Connection;
  readonly cloud: Cloud;
  /** Takes secrets out of a text on its way into history. */
  readonly redact: (text: string) => string;
  /** Whether a text holds a secret of the connection, in any spelling. */
  readonly holdsSecret: (text: string) => boolean;
}

export async function ensureRead(input: ReadInput, task: ReadTask): Promise<Drift> {
  const { kind, connection, cloud, redact } = task;
  const spec = completeSpec(kind, connection.scope, input.spec);
  try {
    const seen = await kind.find(cloud, { spec, id: input.id });
    const sighting = seen.find(({ id }) => id === input.id);
    const why = whyMissing(sighting, input);
    if (!sighting || why !== undefined) return { verdict: 'missing', differences: [], compared: [], why: why ?? '' };
    return judge(await shownBy(task, sighting, spec), input, task);
  } catch (error) {
    throw toFailure(error, { provider: kind.provider, operation: `${kind.name}.read` }, redact);
  }
}

function whyMissing(sighting: Sighting | undefined, { owner, id, adopted }: ReadInput): string | undefined {
  if (!sighting) return 'no resource has its id';
  if (!adopted && !isOurs(sighting, owner, id)) return 'the marker of another owner is on it';
  if (sighting.status === 'deleting') return 'it is being deleted';
  // Of no use to the plan, but whoever reads it must know that there is something to delete.
  return sighting.status === 'failed' ? 'it is there, but its cloud calls it failed' : undefined;
}

async function shownBy({ kind, cloud }: ReadTask, sighting: Sighting, spec: JsonObject): Promise<JsonObject> {
  if (!kind.observe) return sighting.fields ?? nameAndDescription(kind, sighting);
  try {
    return await kind.observe(cloud, sighting, spec);
  } catch (error) {
    const gone = error instanceof ProviderError && error.facts.type === 'NotFound';
    // It was there just now: the next attempt's look decides.
    throw gone ? new ProviderError(error.message, { ...error.facts, retryable: true }) : error;
  }
}

function nameAndDescription(kind: Kind, sighting: Sighting): JsonObject {
  const named = kind.specOf?.(sighting) ?? { name: sighting.name };
  return kind.description.write(named, sighting.description ?? '') as JsonObject;
}

function judge(shown: JsonObject, input: ReadInput, { kind, connection, holdsSecret }: ReadTask): Drift {
  const planned = plannedSpec(input, { kind, connection });
  const fields = compareSpec(planned.spec, shown);
  const secret = [...planned.secret, ...kind.secretFields, ...kind.sensitiveFields];
  const differing = fields.filter(({ same }) => !same);
  return {
    verdict: differing.length > 0 ? 'differs' : 'same',
    differences: differing.slice(0, MOST_DIFFERENCES).map((one) => tellDifference(one, { secret, holdsSecret })),
    compared: fields.slice(0, MOST_COMPARED).map(({ field }) => shortName(field)),
  };
}
