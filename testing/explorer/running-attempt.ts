/**
 * One attempt of any of a step's activities: the real algorithm, stopped at every door to the outside (a request, the
 * fence, a wait) until the schedule says what comes through it.
 */
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { Attempt } from '../../activities/attempt.js';
import type { Cloud, CloudRequest } from '../../activities/cloud.js';
import type { Caller, Connection } from '../../activities/connection.js';
import { isFirstAttempt, isOriginalCreate } from '../../activities/decisions.js';
import { ensureAdoptable } from '../../activities/ensure-adoptable.js';
import { ensureCreated } from '../../activities/ensure-created.js';
import { ensureDeleted } from '../../activities/ensure-deleted.js';
import { ensureVerified } from '../../activities/ensure-verified.js';
import { toFailure } from '../../activities/failure.js';
import type { SharedLookUps } from '../../activities/http/shared-look-ups.js';
import type { Kind } from '../../activities/kind.js';
import type { ChainRun } from '../../activities/owner/chain.js';
import type { OwnerState } from '../../activities/ownership.js';
import { SEND_WINDOW_MS } from '../../activities/policies.js';
import type { Drift } from '../../contract/drift.js';
import type { StepVerb } from '../../contract/names.js';
import type { Json } from '../../contract/plan.js';
import type { AdoptInput, CreateInput, DeleteInput, ReadInput, VerifyInput } from '../../contract/steps.js';
import type { ModelOperation } from './model-kind.js';
import { answerOf } from './model-kind.js';
import { type SweepPorts, sweepOnce } from './sweeping.js';

/** Where an attempt waits for the outside. */
export type Door =
  | { readonly at: 'fence' }
  | { readonly at: 'request'; readonly operation: ModelOperation; readonly json: Json; readonly sendBefore?: number }
  | { readonly at: 'pause'; readonly until: number }
  | { readonly at: 'owner' }
  | { readonly at: 'describe'; readonly workflowId: string; readonly runId?: string };

export interface OpenDoor {
  readonly door: Door;
  answer(value: unknown): void;
  fail(error: unknown): void;
  /** Ends by itself when the attempt hears that it is to stop. */
  readonly abortable: boolean;
  /** Of a list: what there was to see when it was asked. */
  asked?: readonly object[];
  /** The answer takes as long as a request may take. */
  slow?: true;
}

export type AttemptEnd =
  | { readonly completed: Json }
  | { readonly cancelled: readonly Json[] }
  | { readonly failed: ApplicationFailure };

/** What the server tells an attempt, and what surrounds it. */
export interface AttemptSetting {
  readonly verb: StepVerb | 'sweep';
  readonly input: Json;
  readonly runId: string;
  readonly number: number;
  readonly firstScheduledAt: number;
  readonly scheduledAt: number;
  readonly details: Json | undefined;
  readonly startedAt: number;
  readonly kind: Kind;
  readonly connection: Connection;
  readonly windowMs: number;
  readonly lookUps: SharedLookUps;
  /** How many look-ups have begun. */
  readonly lookCount: () => number;
  readonly clock: () => number;
  /** What a closed run says of its steps; only a sweep asks. */
  readonly stepsOf: SweepPorts['stepsOf'];
}

export class RunningAttempt {
  readonly doors: OpenDoor[] = [];
  end: AttemptEnd | undefined;
  /** Thrown where only failures may be. */
  defect: unknown;
  /** What it would leave with its next heartbeat. */
  latest: Json | undefined;
  heard: 'no' | 'asked' | 'lost' = 'no';
  /** How long what the server last said through the fence holds. */
  passUntil = Number.NEGATIVE_INFINITY;
  /** Everything that came through its doors: its whole state, since its code is deterministic. */
  log = '';
  private readonly controller = new AbortController();

  constructor(readonly setting: AttemptSetting) {
    this.latest = setting.details;
    void this.run().then(
      (result) => {
        this.end = { completed: result as Json };
      },
      (error: unknown) => {
        if (error instanceof CancelledFailure) this.end = { cancelled: (error.details ?? []) as Json[] };
        else if (error instanceof ApplicationFailure) this.end = { failed: error };
        else this.defect = error;
      },
    );
  }

  /** The attempt learns that it is to stop: its waits and reads end. */
  hear(how: 'asked' | 'lost'): void {
    this.heard = how;
    this.log += `|${how}`;
    this.controller.abort(new CancelledFailure(how));
    for (const open of [...this.doors]) {
      if (!open.abortable) continue;
      if (open.door.at === 'pause') open.answer(undefined);
      else open.fail(this.controller.signal.reason);
    }
  }

  private run(): Promise<unknown> {
    const { verb, input, kind, connection, windowMs, runId } = this.setting;
    const common = { kind, connection, windowMs, redact: (text: string) => text };
    const { signal } = this.controller;
    switch (verb) {
      case 'create': {
        const given = input as unknown as CreateInput;
        const originalRun = isOriginalCreate(given, runId);
        const openCloud = (more: Pick<Caller, 'signal' | 'beforeCreate' | 'beforeChange'>) =>
          this.cloud({ ...more, urgent: false });
        const askOwner = () => this.open({ at: 'owner' }, false) as Promise<OwnerState>;
        return ensureCreated({ ...given, originalRun }, { ...common, attempt: this.attempt(), openCloud, askOwner });
      }
      case 'delete': {
        const openCloud = (more: Pick<Caller, 'beforeChange'>) => this.cloud({ signal, urgent: true, ...more });
        return ensureDeleted(input as unknown as DeleteInput, { ...common, attempt: this.attempt(), openCloud });
      }
      case 'verify':
        return ensureVerified(input as unknown as VerifyInput, {
          ...common,
          attempt: this.attempt<never>(),
          cloud: this.cloud({ signal, urgent: true }),
          by: runId,
        });
      case 'sweep':
        return this.sweep();
      case 'adopt':
        return ensureAdoptable(input as unknown as AdoptInput, {
          ...common,
          attempt: this.attempt<never>(),
          cloud: this.cloud({ signal, urgent: true }),
          askOwner: () => this.open({ at: 'owner' }, false) as Promise<OwnerState>,
          by: runId,
        });
      case 'read':
        return this.read(input as unknown as ReadInput);
    }
  }

  /** Whether it is there, and nothing more: the fields of a model's resource do not drift. */
  private async read({ spec, id }: ReadInput): Promise<Drift> {
    const { kind } = this.setting;
    const cloud = this.cloud({ signal: this.controller.signal, urgent: false });
    try {
      const seen = await kind.find(cloud, { spec, id });
      const verdict = seen.some((sighting) => sighting.id === id) ? 'same' : 'missing';
      return { verdict, differences: [], compared: [] };
    } catch (error) {
      throw toFailure(error, { provider: kind.provider, operation: `${kind.name}.read` }, (text) => text);
    }
  }

  private sweep(): Promise<unknown> {
    const { kind, connection, windowMs, clock, stepsOf } = this.setting;
    return sweepOnce({
      kind,
      connection,
      windowMs,
      clock,
      stepsOf,
      attempt: () => this.attempt(),
      cloud: ({ beforeChange }) =>
        this.cloud({ urgent: true, signal: this.controller.signal, ...(beforeChange && { beforeChange }) }),
      describe: (workflowId, runId) => {
        const door = { at: 'describe', workflowId, ...(runId !== undefined && { runId }) } as const;
        return this.open(door, false) as Promise<ChainRun | undefined>;
      },
    });
  }

  private open(door: Door, abortable: boolean): Promise<unknown> {
    if (abortable && this.controller.signal.aborted) {
      return door.at === 'pause' ? Promise.resolve() : Promise.reject(this.controller.signal.reason);
    }
    return new Promise((resolve, reject) => {
      const close = () => this.doors.splice(this.doors.indexOf(open), 1);
      const open: OpenDoor = {
        door,
        abortable,
        answer: (value) => {
          close();
          resolve(value);
        },
        fail: (error) => {
          close();
          reject(error);
        },
      };
      this.doors.push(open);
    });
  }

  private attempt<Progress>(): Attempt<Progress> {
    const { number, firstScheduledAt, scheduledAt, details, clock, startedAt } = this.setting;
    return {
      number,
      first: isFirstAttempt({ number, firstScheduledAt, scheduledAt, details }),
      scheduledAt,
      progress: details as Progress | undefined,
      now: () => scheduledAt + clock() - startedAt,
      note: (progress) => {
        this.latest = progress as Json;
      },
      fence: async (progress) => {
        this.latest = progress as Json;
        const askedAt = clock();
        await this.open({ at: 'fence' }, false);
        this.passUntil = askedAt + SEND_WINDOW_MS;
        return { sendBefore: this.passUntil };
      },
      signal: this.controller.signal,
      stopped: () => this.heard,
      pause: async (ms) => {
        await this.open({ at: 'pause', until: clock() + ms }, true);
      },
      throwIfStopped: () => {
        if (this.heard !== 'no') throw this.controller.signal.reason;
      },
    };
  }

  /** As the line to an account does it: the fence right before a create leaves, and again where its pass has run out. */
  private cloud({ signal, beforeCreate, beforeChange, urgent }: CloudOptions): Cloud {
    const call = async ({ operation, json, effect }: CloudRequest) => {
      const asked = { at: 'request', operation: operation as ModelOperation, json: (json ?? null) as Json } as const;
      for (;;) {
        signal?.throwIfAborted();
        const fence = effect === 'creates' ? beforeCreate : effect === 'changes' ? beforeChange : undefined;
        const pass = await fence?.();
        signal?.throwIfAborted();
        const body = await this.open({ ...asked, ...pass }, effect === 'none' && signal !== undefined);
        if (body !== TOO_LATE) return answerOf(body);
      }
    };
    const { lookUps } = this.setting;
    const caller = { urgent, ...(signal && { signal }) };
    const shared = <T>(key: string, lookUp: () => Promise<T>) => {
      // Which look-up it joins is part of its state.
      this.log += `|joins ${this.setting.lookCount()}`;
      return lookUps.join(key, lookUp, caller);
    };
    return { scope: {}, call, shared };
  }
}

type CloudOptions = Pick<Caller, 'signal' | 'beforeCreate' | 'beforeChange' | 'urgent'>;

/** Comes through the door of a create whose fence has run out before it was sent. */
export const TOO_LATE = Symbol('too late');
