/**
 * What an operator's move asks the cloud: whether a resource may stand for a step, or, without an id, whether the step's
 * own create made nothing. Never an answer while something of ours may still turn up beside it: it would be nobody's.
 */
import { parseMarker } from '../contract/marker.js';
import type { AdoptInput, AdoptResult } from '../contract/steps.js';
import type { Attempt } from './attempt.js';
import type { Cloud } from './cloud.js';
import { completeSpec } from './complete-spec.js';
import type { Connection } from './connection.js';
import { createFailure, type FailureOptions, toFailure } from './failure.js';
import type { Kind, Sighting } from './kind.js';
import { type AskOwner, isAdoptable, isOurs } from './ownership.js';
import { nextPoll, POLL_FIRST_MS, SEND_WINDOW_MS } from './policies.js';

export interface AdoptTask {
  readonly kind: Kind;
  readonly connection: Connection;
  readonly windowMs: number;
  readonly attempt: Attempt<never>;
  readonly cloud: Cloud;
  readonly askOwner: AskOwner;
  /** The run that asks. */
  readonly by: string;
  /** Takes secrets out of a text on its way into history. */
  readonly redact: (text: string) => string;
}

/**
 * @throws ApplicationFailure: NotFound where there is no such resource, AlreadyExists where it is another's or where the
 *   step's own create made one, NotStabilized where it is on its way in or out.
 */
export async function ensureAdoptable(input: AdoptInput, task: AdoptTask): Promise<AdoptResult> {
  const { kind, redact } = task;
  try {
    return await lookAndJudge(input, task);
  } catch (error) {
    throw toFailure(error, { provider: kind.provider, operation: `${kind.name}.adopt` }, redact);
  }
}

async function lookAndJudge(input: AdoptInput, task: AdoptTask): Promise<AdoptResult> {
  const { kind, connection, attempt, cloud } = task;
  const { id, made: own, owner } = input;
  const spec = completeSpec(kind, connection.scope, input.spec);
  const clearAt = clearOf(input, task);
  for (let pause = POLL_FIRST_MS; ; pause = nextPoll(pause)) {
    attempt.throwIfStopped();
    // Read before the look: what lands while it is under way need not be in its answer.
    const settled = attempt.now() >= clearAt;
    const first = id ?? own;
    const seen = [...(await kind.find(cloud, { spec, ...(first !== undefined && { id: first }) }))];
    // A resource whose marker cannot be read, or that was renamed, only its id tells.
    if (own !== undefined && own !== first) seen.push(...(await kind.find(cloud, { spec, id: own })));
    const others = seen.filter((sighting) => sighting.id !== id && isOurs(sighting, owner, own));
    const made = new Set(others.map((sighting) => sighting.id));
    if (made.size > 0) throw refuse(kind, 'AlreadyExists', ownMade(made));
    const wanted = seen.find((sighting) => sighting.id === id);
    if (id !== undefined) await refuseUnfit(wanted, input, task);
    if (settled) return wanted ? asResult(wanted, input) : {};
    await attempt.pause(Math.min(pause, Math.max(1, clearAt - attempt.now())));
  }
}

/** Handed over by a reset: the run before went on after it had asked, and only now can it send nothing more. */
function clearOf({ uncertain, since, scheduledBy }: AdoptInput, { attempt, by, windowMs }: AdoptTask): number {
  const from = scheduledBy === by ? since : Math.max(since, attempt.scheduledAt);
  return uncertain || scheduledBy !== by ? from + SEND_WINDOW_MS + windowMs : 0;
}

function asResult(wanted: Sighting, { owner, made }: AdoptInput): AdoptResult {
  return { outputs: { ...wanted.outputs, id: wanted.id }, adopted: !isOurs(wanted, owner, made) };
}

async function refuseUnfit(wanted: Sighting | undefined, { owner, made }: AdoptInput, task: AdoptTask): Promise<void> {
  const { kind, askOwner } = task;
  if (!wanted) throw refuse(kind, 'NotFound', `no ${kind.title} of that id and scope is there`);
  if (wanted.status === 'deleting' || wanted.status === 'failed') {
    throw refuse(kind, 'NotStabilized', `it is ${wanted.status === 'failed' ? 'broken' : 'being deleted'}`);
  }
  if (isOurs(wanted, owner, made) || (await isAdoptable(wanted, askOwner))) {
    if (wanted.status === 'ready') return;
    throw refuse(kind, 'NotStabilized', 'it is not ready yet; adopt it when it is');
  }
  const workflowId = parseMarker(wanted.description)?.workflowId ?? '';
  throw refuse(kind, 'AlreadyExists', `it belongs to workflow ${workflowId}, which may still delete it`);
}

function ownMade(ids: ReadonlySet<string>): string {
  return `this step's own create made ${[...ids].join(', ')}: adopt that, or retry, which takes it`;
}

function refuse({ provider, name }: Kind, type: FailureOptions['type'], message: string): unknown {
  return createFailure({ type, message, retryable: false, details: { provider, operation: `${name}.adopt` } });
}
