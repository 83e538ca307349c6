/** One attempt of a real algorithm, with a test in place of everything outside: it answers each request as it comes. */
import { SharedLookUps } from '../../activities/http/shared-look-ups.js';
import type { Kind, Sighting } from '../../activities/kind.js';
import { ProviderError, type ProviderErrorFacts } from '../../activities/provider-error.js';
import { formatMarker } from '../../contract/marker.js';
import type { StepVerb } from '../../contract/names.js';
import type { Json } from '../../contract/plan.js';
import { MODEL_CONNECTION, modelKind, PROVIDER } from '../../testing/explorer/model-kind.js';
import { type Door, RunningAttempt } from '../../testing/explorer/running-attempt.js';

export const WINDOW_MS = 20_000;
export const SCHEDULED_AT = 1_000_000;
export const owner = { namespace: 'default', workflowId: 'w', step: 'a', runId: 'r' };
export const OURS = formatMarker({ ...owner, keep: false });

export function thing(id: string, more: Partial<Sighting> = {}): Sighting {
  return { id, name: 'thing-a', description: OURS, status: 'ready', createdAt: 1, outputs: {}, ...more };
}

export function refusal(facts: Partial<ProviderErrorFacts>): ProviderError {
  const base = { type: 'ServiceInternalError', retryable: true, sent: 'refused' } as const;
  return new ProviderError('the cloud says no', { ...base, provider: PROVIDER, operation: 'Create', ...facts });
}

interface Setting {
  readonly verb: StepVerb;
  readonly duplicates?: 'refused' | 'possible';
  readonly kind?: Partial<Kind>;
  readonly step?: object;
  readonly input?: object;
  readonly number?: number;
  readonly details?: object;
}

interface SeenFailure {
  readonly type: string | null | undefined;
  readonly message: string;
  readonly nonRetryable: boolean | null | undefined;
  readonly details: unknown;
  readonly nextRetryDelay?: unknown;
}

export class OneAttempt {
  now = SCHEDULED_AT;
  readonly attempt: RunningAttempt;

  constructor({ verb, duplicates = 'possible', kind, step, input, number = 1, details }: Setting) {
    const model = modelKind('model.thing', { duplicates, answersId: true, windowMs: WINDOW_MS });
    const resolved = { key: 'a', kind: 'model.thing', provider: PROVIDER, ifExists: 'fail', retain: false, ...step };
    const base = { step: resolved, spec: { name: 'thing-a' }, owner, originalRun: true, scheduledBy: 'run' };
    this.attempt = new RunningAttempt({
      verb,
      input: { ...base, ...input } as unknown as Json,
      runId: 'run',
      number,
      firstScheduledAt: SCHEDULED_AT,
      scheduledAt: SCHEDULED_AT,
      startedAt: SCHEDULED_AT,
      details: details as Json | undefined,
      kind: { ...model, ...kind } as unknown as Kind,
      connection: MODEL_CONNECTION,
      windowMs: WINDOW_MS,
      lookUps: new SharedLookUps(),
      stepsOf: () => new Map(),
      lookCount: () => 0,
      clock: () => this.now,
    });
  }

  /** Where it waits now; a fence that it asks ahead is passed on the way. */
  async door(): Promise<Door | undefined> {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      const fence = this.attempt.doors.find(({ door }) => door.at === 'fence');
      if (!fence) return this.attempt.doors[0]?.door;
      fence.answer(undefined);
    }
  }

  /** All that it waits for now, the fence too, and nothing is passed on the way. */
  async waitsFor(): Promise<string[]> {
    await new Promise((resolve) => setImmediate(resolve));
    return this.attempt.doors.map(({ door }) => (door.at === 'request' ? door.operation : door.at));
  }

  /** What it leaves for the attempt after it, should it end here. */
  async leaves(): Promise<unknown> {
    await this.door();
    return this.attempt.latest;
  }

  /** What a cancel that reached it in time ends it with. */
  async cancellation(): Promise<unknown> {
    await this.door();
    const { end } = this.attempt;
    if (!end || !('cancelled' in end)) throw new Error(`not cancelled: ${JSON.stringify(end ?? this.attempt.doors)}`);
    return end.cancelled[0];
  }

  /** Answers the request that it waits for: it must be this one. */
  async answers(operation: string, answer: unknown): Promise<void> {
    const door = await this.door();
    const [open] = this.attempt.doors;
    const asked = door?.at === 'request' ? door.operation : door?.at;
    if (asked !== operation || !open) throw new Error(`it waits for ${asked}, not for ${operation}`);
    if (answer instanceof Error) open.fail(answer);
    else open.answer(answer);
  }

  /** Lets it wait to the end of its pause. Returns how long that was. */
  async pauses(): Promise<number> {
    const door = await this.door();
    if (door?.at !== 'pause') throw new Error(`it waits for ${JSON.stringify(door)}, not for time`);
    const ms = door.until - this.now;
    this.now = door.until;
    this.attempt.doors[0]?.answer(undefined);
    return ms;
  }

  async result(): Promise<unknown> {
    await this.door();
    const { end, defect } = this.attempt;
    if (end && 'completed' in end) return end.completed;
    throw new Error(`no result: ${JSON.stringify(end ?? this.attempt.doors)} ${String(defect ?? '')}`);
  }

  /** What it fails with, as an operator and the workflow see it. */
  async failure(): Promise<SeenFailure> {
    await this.door();
    const { end } = this.attempt;
    if (!end || !('failed' in end)) throw new Error(`no failure: ${JSON.stringify(end ?? this.attempt.doors)}`);
    const { type, message, nonRetryable, details, nextRetryDelay } = end.failed;
    return { type, message, nonRetryable, details: details?.[0], ...(nextRetryDelay ? { nextRetryDelay } : {}) };
  }
}
