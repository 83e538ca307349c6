/** Whether a step's resource is there, asked by a run that was reset. Absent counts only once no create can land any more. */
import type { VerifyInput, VerifyResult } from '../contract/steps.js';
import type { Attempt } from './attempt.js';
import type { Cloud } from './cloud.js';
import { completeSpec } from './complete-spec.js';
import type { Connection } from './connection.js';
import { oldestFirst } from './decisions.js';
import { toFailure } from './failure.js';
import type { Kind, Sighting } from './kind.js';
import { isOurs } from './ownership.js';
import { nextPoll, POLL_FIRST_MS, SEND_WINDOW_MS } from './policies.js';

export interface VerifyTask {
  readonly kind: Kind;
  readonly connection: Connection;
  readonly windowMs: number;
  readonly attempt: Attempt<never>;
  readonly cloud: Cloud;
  /** The run that asks. */
  readonly by: string;
  /** Takes secrets out of a text on its way into history. */
  readonly redact: (text: string) => string;
}

export async function ensureVerified(input: VerifyInput, task: VerifyTask): Promise<VerifyResult> {
  const { by } = task;
  const { kind, connection, windowMs, attempt, cloud } = task;
  const { id, since } = input;
  const spec = completeSpec(kind, connection.scope, input.spec);
  const clearAt = since + SEND_WINDOW_MS + windowMs;
  try {
    for (let pause = POLL_FIRST_MS; ; pause = nextPoll(pause)) {
      attempt.throwIfStopped();
      // Read before the look: what it shows then was so at `clearAt` or later.
      const settled = attempt.now() >= clearAt;
      const seen = await kind.find(cloud, { spec, ...(id !== undefined && { id }) });
      const [found] = seen.filter((sighting) => counts(sighting, input)).sort(oldestFirst);
      // A delete of the run before may still land on what is there; and what is absent may still appear.
      if (found && (settled || input.look === 'anything'))
        return { by, found: true, outputs: { ...found.outputs, id: found.id } };
      if (settled) return { by, found: false };
      await attempt.pause(Math.min(pause, Math.max(1, clearAt - attempt.now())));
    }
  } catch (error) {
    throw toFailure(error, { provider: kind.provider, operation: `${kind.name}.verify` }, task.redact);
  }
}

/** An adopted resource carries no marker of ours: for a live step its id is all that counts. */
function counts(sighting: Sighting, { look, id, owner }: VerifyInput): boolean {
  if (look === 'anything') return isOurs(sighting, owner, id);
  return sighting.id === id && (sighting.status === 'ready' || sighting.status === 'pending');
}
