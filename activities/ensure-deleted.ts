/**
 * Gone, verified, for every kind: find by id and by marker, delete each, look again until absent. Absent counts only for
 * what was seen before, or once no create can take effect any more: a fresh id may answer `not found` before it shows.
 */
import type { DeleteInput, DeleteResult } from '../contract/steps.js';
import type { Attempt } from './attempt.js';
import type { Cloud } from './cloud.js';
import { completeSpec } from './complete-spec.js';
import type { Caller, Connection } from './connection.js';
import { type DeleteProgress, doubtAbsenceFor } from './decisions.js';
import { createFailure, toFailure } from './failure.js';
import type { Kind, Sighting } from './kind.js';
import { isOurs } from './ownership.js';
import { DELETE_AGAIN_AFTER_MS, GONE_WITHIN_MS, nextPoll, POLL_FIRST_MS } from './policies.js';
import { ProviderError } from './provider-error.js';

/** What of its input the deletion itself needs. */
export type DeleteOrder = Omit<DeleteInput, 'step' | 'fingerprint'>;

export interface DeleteTask {
  readonly kind: Kind;
  readonly connection: Connection;
  readonly windowMs: number;
  readonly attempt: Attempt<DeleteProgress>;
  readonly openCloud: (caller: Pick<Caller, 'beforeChange'>) => Cloud;
  /** Takes secrets out of a text on its way into history. */
  readonly redact: (text: string) => string;
}

/**
 * Deletes every resource of ours for this step and returns once none can be found any more.
 *
 * @throws ApplicationFailure; NotEmpty, AccessDenied and Misconfigured are for a person, the others are tried again.
 */
export async function ensureDeleted(input: DeleteOrder, task: DeleteTask): Promise<DeleteResult> {
  try {
    return await new Deletion(input, task).run();
  } catch (error) {
    throw toFailure(error, { provider: task.kind.provider, operation: `${task.kind.name}.delete` }, task.redact);
  }
}

class Deletion {
  private progress: DeleteProgress;
  private requestId: string | undefined;
  private readonly spec: object;
  private readonly cloud: Cloud;
  /** When each id was last asked to go. */
  private readonly askedAt = new Map<string, number>();

  constructor(
    private readonly input: DeleteOrder,
    private readonly task: DeleteTask,
  ) {
    const { attempt } = task;
    this.progress = attempt.progress ?? { seen: false, deleted: 0 };
    // Fenced like a create: what a worker that is cut off from Temporal still deletes, a reset run may have adopted by now.
    this.cloud = task.openCloud({ beforeChange: () => attempt.fence(this.progress) });
    // Not checked again: secrets stay unread, and the look-up wants only the name and the ids.
    this.spec = completeSpec(task.kind, task.connection.scope, input.spec);
  }

  async run(): Promise<DeleteResult> {
    const { attempt } = this.task;
    const since = attempt.now();
    let pause = POLL_FIRST_MS;
    const wait = async (atMost: number) => {
      await attempt.pause(Math.min(pause, atMost));
      pause = nextPoll(pause);
    };
    for (;;) {
      attempt.throwIfStopped();
      // Read before the look: what lands while it is under way need not be in its answer.
      const askedAt = attempt.now();
      const ours = await this.look();
      let sent = false;
      for (const sighting of ours) sent = (await this.ask(sighting)) || sent;
      if (ours.length === 0) {
        const doubt = this.doubt(askedAt);
        if (doubt === 0) return this.result();
        await wait(doubt);
      } else {
        if (attempt.now() - since > GONE_WITHIN_MS) throw this.stillThere();
        // Most deletes are done once they are answered: the first look after one waits for nothing.
        if (!sent) await wait(Number.POSITIVE_INFINITY);
      }
    }
  }

  private async look(): Promise<readonly Sighting[]> {
    const { kind } = this.task;
    const { owner, id, markedOnly } = this.input;
    const seen = await kind.find(this.cloud, { spec: this.spec, ...(id !== undefined && { id }) });
    const ours = seen.filter((sighting) => isOurs(sighting, owner, markedOnly ? undefined : id));
    // Not ours by any proof, and yet what it was said to be: to call the step deleted would be a lie.
    if (markedOnly && seen.some((sighting) => sighting.id === id && !ours.includes(sighting))) throw this.unproved();
    return ours;
  }

  /** Answers whether a delete was sent. */
  private async ask(sighting: Sighting): Promise<boolean> {
    const { kind, attempt } = this.task;
    const asked = this.askedAt.get(sighting.id);
    this.note({ seen: true });
    const recently = attempt.now() - (asked ?? Number.NEGATIVE_INFINITY) < DELETE_AGAIN_AFTER_MS;
    if (sighting.status === 'deleting' || recently) return false;
    this.askedAt.set(sighting.id, attempt.now());
    try {
      const { requestId } = await kind.delete(this.cloud, sighting, this.spec);
      this.requestId = requestId;
    } catch (error) {
      const gone = error instanceof ProviderError && error.facts.type === 'NotFound';
      if (!gone) throw error;
    }
    if (asked === undefined) this.note({ deleted: this.progress.deleted + 1 });
    return true;
  }

  private doubt(askedAt: number): number {
    const { windowMs } = this.task;
    const { resent, createEndedAt } = this.input;
    return doubtAbsenceFor({ progress: this.progress, resent, createEndedAt, windowMs, now: askedAt });
  }

  private note(change: Partial<DeleteProgress>): void {
    this.progress = { ...this.progress, ...change };
    this.task.attempt.note(this.progress);
  }

  private result(): DeleteResult {
    return { deleted: this.progress.deleted, ...(this.requestId !== undefined && { requestId: this.requestId }) };
  }

  private unproved(): unknown {
    const { kind } = this.task;
    return createFailure({
      type: 'AccessDenied',
      message: 'the resource of this id does not carry this plan’s marker, so nothing proves that it may be deleted',
      retryable: false,
      details: { provider: kind.provider, operation: `${kind.name}.delete` },
    });
  }

  private stillThere(): unknown {
    const { kind } = this.task;
    return createFailure({
      type: 'NotStabilized',
      message: 'the delete was accepted, but the resource is still there',
      retryable: true,
      details: { provider: kind.provider, operation: `${kind.name}.delete` },
    });
  }
}
