/** Whether a step's resource is there, asked by a run that was reset. Absent counts only once no create can land any more. */
import type { VerifyInput, VerifyResult } from '../contract/steps.js';
import type { Attempt } from './attempt.js';
import type { Cloud } from './cloud.js';
import { completeSpec } from './complete-spec.js';
import type { Connection } from './connection.js';
import { oldestFirst } from './decisions.js';
import { toFailure } from './failure.js';
import type { Kind } from './kind.js';
import { isOurs } from './ownership.js';
import { nextPoll, POLL_FIRST_MS, SEND_WINDOW_MS } from './policies.js';

export interface VerifyTask {
  readonly kind: Kind;
  readonly connection: Connection;
  readonly windowMs: number;
  readonly attempt: Attempt<never>;
  readonly cloud: Cloud;
  /** Takes secrets out of a text on its way into history. */
  readonly redact: (text: string) => string;
}

export async function ensureVerified(input: VerifyInput, task: VerifyTask): Promise<VerifyResult> {
  const { kind, connection, windowMs, attempt, cloud } = task;
  const { owner, id } = input;
  const spec = completeSpec(kind, connection.scope, input.spec);
  const clearAt = attempt.firstScheduledAt + SEND_WINDOW_MS + windowMs;
  try {
    for (let pause = POLL_FIRST_MS; ; pause = nextPoll(pause)) {
      attempt.throwIfStopped();
      const seen = await kind.find(cloud, { spec, ...(id !== undefined && { id }) });
      // An adopted resource carries no marker of ours: its id is what the ledger knows.
      const [found] = seen
        .filter((sighting) => sighting.id === id || isOurs(sighting, owner))
        .filter(({ status }) => status === 'ready' || status === 'pending')
        .sort(oldestFirst);
      if (found) return { found: true, outputs: { ...found.outputs, id: found.id } };
      if (attempt.now() >= clearAt) return { found: false };
      await attempt.pause(Math.min(pause, clearAt - attempt.now()));
    }
  } catch (error) {
    throw toFailure(error, { provider: kind.provider, operation: `${kind.name}.verify` }, task.redact);
  }
}
