/**
 * One create, one resource, for every kind. An attempt that may follow an unknown outcome looks first and takes what
 * carries our marker; nothing is sent while an earlier request may still take effect; and only an attempt that the
 * server still counts as current sends at all. The decisions are in decisions.ts.
 */

import type { CreateInput, CreateResult } from '../contract/steps.js';
import type { Attempt } from './attempt.js';
import type { Cloud, CloudRequest } from './cloud.js';
import type { Caller, Connection } from './connection.js';
import { beginProgress, type CreateMove, type CreateProgress, chooseCreateMove, worseSent } from './decisions.js';
import { createFailure, toFailure } from './failure.js';
import type { Created, Kind, Sighting } from './kind.js';
import { type AskOwner, isAdoptable, isOurs } from './ownership.js';
import { LOOK_AGAIN_MS, nextPoll, POLL_FIRST_MS } from './policies.js';
import { prepareSpec } from './prepare-spec.js';
import { ProviderError } from './provider-error.js';

export interface CreateTask {
  readonly kind: Kind;
  readonly connection: Connection;
  readonly windowMs: number;
  readonly attempt: Attempt<CreateProgress>;
  readonly openCloud: (caller: Pick<Caller, 'signal' | 'beforeCreate' | 'beforeChange'>) => Cloud;
  readonly askOwner: AskOwner;
  /** Takes secrets out of a text on its way into history. */
  readonly redact: (text: string) => string;
}

/**
 * Makes sure that exactly one resource of ours exists for this step, and waits until it is ready.
 *
 * @throws ApplicationFailure of the field's type; `details[0]` carries the provider's evidence and what was sent. After a
 *   cancel before anything was sent, a CancelledFailure with the same details.
 */
export async function ensureCreated(input: CreateInput, task: CreateTask): Promise<CreateResult> {
  return new Creation(input, task).run();
}

/** What is waited for. An adopted resource is never noted as made: an undo would take it for ours. */
interface Awaited {
  readonly id: string | undefined;
  readonly known: Sighting | undefined;
  readonly ours: boolean;
}

/** What is read of a resource that is waited for no longer. */
type Settled = Pick<Sighting, 'id' | 'description' | 'outputs'>;

class Creation {
  private progress: CreateProgress;
  private spec: object = {};
  /** A fence that was asked ahead; good for one send. */
  private early: Promise<{ readonly sendBefore: number }> | undefined;
  /** Looks before the send: a cancel ends them. */
  private readonly before: Cloud;
  /** Looks after it: whatever happens, the answer is wanted. */
  private readonly after: Cloud;

  constructor(
    private readonly input: CreateInput,
    private readonly task: CreateTask,
  ) {
    const { attempt, windowMs, openCloud } = task;
    const { first, scheduledAt } = attempt;
    this.progress = beginProgress(attempt.progress, { first, originalRun: input.originalRun, scheduledAt, windowMs });
    this.before = openCloud({ signal: attempt.signal });
    this.after = openCloud({ beforeChange: () => attempt.fence(this.progress) });
  }

  async run(): Promise<CreateResult> {
    this.note(this.progress);
    try {
      const { kind, connection } = this.task;
      const { owner, step, spec } = this.input;
      this.spec = prepareSpec({ kind, connection, spec, owner, retain: step.retain });
      if (this.progress.id !== undefined) return await this.settle(this.progress.id);
      const earlier = this.progress;
      return (await this.lookFirst(earlier)) ?? (await this.send(earlier));
    } catch (error) {
      throw toFailure(error, this.facts(), this.task.redact);
    }
  }

  private async lookFirst(earlier: CreateProgress): Promise<CreateResult | undefined> {
    const { kind, attempt } = this.task;
    const really = attempt.first && this.input.originalRun;
    if (kind.duplicates === 'refused' && really) return undefined;
    // A first attempt nearly always sends, so its fence is asked while it looks; its answer holds for the send window.
    if (really) this.early = this.fence(earlier);
    this.early?.catch(() => undefined);
    // Read before the look: its answer may be as old as its question, and something may land while it is under way.
    const now = attempt.now();
    const seen = await this.look(this.before).catch((error: unknown) => {
      this.note(earlier);
      throw error;
    });
    const { owner } = this.input;
    const move = chooseCreateMove({ seen, owner, progress: earlier, now, duplicates: kind.duplicates });
    // Until nothing is to be sent after all, the server keeps reading `unknown`: a beat must not say less than is true.
    if (move.do === 'send') return undefined;
    this.note(earlier);
    return this.follow(move);
  }

  private async follow(move: Exclude<CreateMove, { readonly do: 'send' }>): Promise<CreateResult> {
    if (move.do === 'take') return this.take(move.sighting, move.extra);
    if (move.do === 'foreign') return this.adopt(move.sighting);
    throw this.mustWait(move.ms);
  }

  private async take(sighting: Sighting, extra: readonly Sighting[]): Promise<CreateResult> {
    this.note({ ...this.progress, sent: 'made', id: sighting.id });
    for (const further of extra) {
      await this.task.kind.delete(this.after, further, this.spec).catch((error: unknown) => {
        if (!(error instanceof ProviderError && error.facts.type === 'NotFound')) throw error;
      });
    }
    return this.settle(sighting.id, sighting);
  }

  /** The name is taken by something that is not ours. */
  private async adopt(sighting: Sighting): Promise<CreateResult> {
    const { kind, askOwner } = this.task;
    const allowed = this.input.step.ifExists === 'adopt' && (await isAdoptable(sighting, askOwner));
    if (allowed) {
      const { outputs } = await this.untilReady({ id: sighting.id, known: sighting, ours: false });
      return { outputs: { ...outputs, id: sighting.id }, adopted: true, resent: this.progress.resent };
    }
    const asked =
      this.input.step.ifExists === 'adopt'
        ? ', and it may not be adopted: its owner is open, or it is on its way out'
        : '';
    throw createFailure({
      type: 'AlreadyExists',
      message: `a ${kind.title} of that name exists and is not ours${asked}`,
      retryable: false,
      details: this.facts(),
    });
  }

  /** Tells the server that a request may leave now, and learns whether this attempt still counts. */
  private async fence(earlier: CreateProgress): Promise<{ readonly sendBefore: number }> {
    const { attempt } = this.task;
    const { clearAt, ...rest } = earlier;
    const resent = earlier.resent || (earlier.sent === 'unknown' && attempt.now() < (clearAt ?? 0));
    this.progress = { ...rest, sent: worseSent(earlier.sent, 'unknown'), resent };
    return attempt.fence(this.progress);
  }

  private async send(earlier: CreateProgress): Promise<CreateResult> {
    const { kind, attempt, openCloud } = this.task;
    let fenced = false;
    const beforeCreate = async () => {
      attempt.throwIfStopped();
      const early = this.early;
      this.early = undefined;
      const pass = await (early ?? this.fence(earlier));
      attempt.throwIfStopped();
      fenced = true;
      return pass;
    };
    const beforeChange = () => attempt.fence(this.progress);
    const cloud = openCloud({ signal: attempt.signal, beforeCreate, beforeChange });
    let accepted = false;
    const call = async (request: CloudRequest) => {
      const answer = await cloud.call(request);
      accepted ||= request.effect === 'creates';
      return answer;
    };
    let created: Created;
    try {
      created = await kind.create({ ...cloud, call }, this.spec);
    } catch (error) {
      // Once the cloud has accepted it, whatever a kind makes of the answer does not unmake the resource.
      if (accepted) throw error;
      if (!fenced) this.note(earlier);
      if (error instanceof ProviderError) return this.afterRefusal(error, earlier);
      throw error;
    }
    const { id, requestId, sighting } = created;
    this.note({
      ...this.progress,
      // Without an id the cloud's word alone is no resource yet: the look-up has to find it.
      sent: id === undefined ? 'unknown' : 'made',
      ...(id !== undefined && { id }),
      ...(requestId !== undefined && { requestId }),
    });
    return this.settle(id, sighting);
  }

  private async afterRefusal(error: ProviderError, earlier: CreateProgress): Promise<CreateResult> {
    const { sent } = error.facts;
    if (sent !== 'unknown')
      this.note({ ...earlier, sent: worseSent(earlier.sent, sent), resent: this.progress.resent });
    if (!error.facts.duplicate) throw error;
    const now = this.task.attempt.now();
    const seen = await this.look(this.after);
    const { owner } = this.input;
    const move = chooseCreateMove({ seen, owner, progress: earlier, now, duplicates: this.task.kind.duplicates });
    if (move.do !== 'send') return this.follow(move);
    // Refused as a duplicate of something that the list does not show: it may well be ours, until no request of ours
    // can be behind it any more. Then the name is somebody's, or blocked (DataWorks: 14 days after a delete).
    const settled = earlier.sent === 'unknown' && now >= (earlier.clearAt ?? 0);
    this.note({ ...earlier, sent: 'unknown' });
    if (settled) throw new ProviderError('the name is taken or blocked, though no list shows it', error.facts);
    const message = 'the name is taken, but the list does not show by whom yet';
    throw new ProviderError(message, { ...error.facts, type: 'NotStabilized', retryable: true });
  }

  /** Made: see it with our marker, and wait until it is ready. */
  private async settle(id: string | undefined, sighting?: Sighting): Promise<CreateResult> {
    const ready = await this.untilReady({ id, known: sighting, ours: true });
    const { requestId, resent } = this.progress;
    const unmarked = !isOurs(ready, this.input.owner);
    return {
      outputs: { ...ready.outputs, id: ready.id },
      adopted: false,
      resent,
      ...(requestId !== undefined && { requestId }),
      ...(unmarked && ready.description !== CANCELLED_EARLY && { unmarked }),
    };
  }

  private async untilReady({ id, known, ours }: Awaited): Promise<Settled> {
    const { attempt, windowMs } = this.task;
    const since = attempt.now();
    let sighting = known;
    for (let pause = POLL_FIRST_MS; ; pause = nextPoll(pause)) {
      sighting ??= this.pick(await this.look(this.after, id), id);
      if (sighting && ours) this.note({ ...this.progress, sent: 'made', id: sighting.id });
      if (sighting?.status === 'ready') return sighting;
      if (sighting?.status === 'failed' || sighting?.status === 'deleting') {
        throw this.notStable(`the cloud reports it as ${sighting.status}`, id !== undefined);
      }
      // A cancel does not wait for readiness: what was made is returned, to be undone.
      const made = sighting?.id ?? id;
      if (attempt.stopped() === 'asked' && made !== undefined) return undescribed(made);
      attempt.throwIfStopped();
      if (!sighting && attempt.now() - since > windowMs)
        throw this.notStable('created, but no look-up shows it', id !== undefined);
      await attempt.pause(pause);
      sighting = undefined;
    }
  }

  private pick(seen: readonly Sighting[], id: string | undefined): Sighting | undefined {
    if (id !== undefined) return seen.find((sighting) => sighting.id === id);
    return seen.find((sighting) => isOurs(sighting, this.input.owner));
  }

  private mustWait(ms: number): unknown {
    return createFailure({
      type: 'OutcomeUnknown',
      message: 'an earlier request may still take effect; looking again before anything is sent',
      retryable: true,
      details: this.facts(),
      retryAfterMs: Math.min(ms, LOOK_AGAIN_MS),
    });
  }

  private notStable(message: string, final: boolean): unknown {
    return createFailure({ type: 'NotStabilized', message, retryable: !final, details: this.facts() });
  }

  private look(cloud: Cloud, id = this.progress.id): Promise<readonly Sighting[]> {
    return this.task.kind.find(cloud, { spec: this.spec, ...(id !== undefined && { id }) });
  }

  private note(progress: CreateProgress): void {
    this.progress = progress;
    this.task.attempt.note(progress);
  }

  private facts() {
    const { sent, id, requestId, resent } = this.progress;
    const { kind } = this.task;
    return {
      provider: kind.provider,
      operation: `${kind.name}.create`,
      sent,
      resent,
      ...(id !== undefined && { id }),
      ...(requestId !== undefined && { requestId }),
    };
  }
}

/** Stands where a description would: nobody looked, so nobody can say that the marker is missing. */
const CANCELLED_EARLY = '\u0000';

function undescribed(id: string): Settled {
  return { id, description: CANCELLED_EARLY, outputs: {} };
}
