/** The decisions of both algorithms as pure functions of what was seen: what is model-checked is what runs. */
import type { Sent } from '../contract/failures.js';
import type { CreateInput, Owner } from '../contract/steps.js';
import type { Sighting } from './kind.js';
import { isOurs } from './ownership.js';
import { LOOK_AGAIN_MS, SEND_WINDOW_MS } from './policies.js';

const SEVERITY: Readonly<Record<Sent, number>> = { never: 0, refused: 1, unknown: 2, made: 3 };

/** The worse of two, in the order never, refused, unknown, made. */
export function worseSent(a: Sent, b: Sent): Sent {
  return SEVERITY[a] >= SEVERITY[b] ? a : b;
}

/** What attempts of one create leave for each other, in heartbeat details. */
export interface CreateProgress {
  readonly sent: Sent;
  readonly id?: string;
  readonly requestId?: string;
  /** Server time from which no request so far can take effect any more. Unset: to be set by the next attempt. */
  readonly clearAt?: number;
  /** A request was sent while an earlier one could still take effect. */
  readonly resent: boolean;
}

export interface CreateSituation {
  readonly seen: readonly Sighting[];
  readonly owner: Owner;
  readonly progress: CreateProgress;
  /** Server time before the look. */
  readonly now: number;
  readonly duplicates: 'refused' | 'possible';
}

export type CreateMove =
  | { readonly do: 'take'; readonly sighting: Sighting; readonly extra: readonly Sighting[] }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'foreign'; readonly sighting: Sighting }
  | { readonly do: 'send' };

/** What the server tells of an attempt. Times are the server's, in ms since 1970. */
export interface AttemptFacts {
  readonly number: number;
  readonly firstScheduledAt: number;
  readonly scheduledAt: number;
  /** What earlier attempts left. */
  readonly details: unknown;
}

/** No earlier attempt can have sent anything. `temporal activity reset` makes the number 1 again, so it alone proves nothing. */
export function isFirstAttempt({ number, firstScheduledAt, scheduledAt, details }: AttemptFacts): boolean {
  return number === 1 && scheduledAt === firstScheduledAt && details === undefined;
}

/** A reset hands a create in back-off to the new run, input and all, as a first attempt; it is none. */
export function isOriginalCreate(input: Pick<CreateInput, 'originalRun' | 'scheduledBy'>, runId: string): boolean {
  return input.originalRun && input.scheduledBy === runId;
}

/** How an attempt begins, from what earlier ones left. No trace of an attempt that is not the first: anything may have happened. */
export function beginProgress(
  left: CreateProgress | undefined,
  {
    first,
    originalRun,
    scheduledAt,
    windowMs,
  }: { first: boolean; originalRun: boolean; scheduledAt: number; windowMs: number },
): CreateProgress {
  if (first && originalRun) return { sent: 'never', resent: false };
  const progress = left ?? { sent: 'unknown' as const, resent: true };
  if (progress.sent !== 'unknown' || progress.clearAt !== undefined) return progress;
  // By now the server has given the earlier attempt up: it could still send for V, and its effect may then be late.
  return { ...progress, clearAt: scheduledAt + SEND_WINDOW_MS + windowMs };
}

/** The oldest first; those without a known age by their id, so that every attempt chooses the same one. */
export function oldestFirst(a: Sighting, b: Sighting): number {
  return (a.createdAt ?? 0) - (b.createdAt ?? 0) || (a.id < b.id ? -1 : 1);
}

/** After a look, before anything is sent. */
export function chooseCreateMove({ seen, owner, progress, now, duplicates }: CreateSituation): CreateMove {
  // A list that shifts while its pages are read shows a resource twice: the second time it is nothing extra to delete.
  const once = [...new Map(seen.map((sighting) => [sighting.id, sighting])).values()];
  const ours = once.filter((sighting) => isOurs(sighting, owner, progress.id)).sort(oldestFirst);
  const [sighting, ...extra] = ours.filter(({ status }) => status !== 'deleting');
  if (sighting) return { do: 'take', sighting, extra };
  const untilClear = Math.max(0, (progress.clearAt ?? 0) - now);
  // Ours, but being deleted (by the run before a reset): the name is not free yet.
  if (ours.length > 0) return { do: 'wait', ms: Math.max(untilClear, LOOK_AGAIN_MS) };
  const [foreign] = once.sort(oldestFirst);
  // Not even adopted, and not sent beside it, while an earlier request of ours may still land: then both would be there.
  const landing = progress.sent === 'unknown' && untilClear > 0;
  if (landing && (foreign || duplicates === 'possible')) return { do: 'wait', ms: untilClear };
  if (foreign) return { do: 'foreign', sighting: foreign };
  return { do: 'send' };
}

/** What attempts of one delete leave for each other. */
export interface DeleteProgress {
  /** A resource of ours was seen, or a delete of it was accepted. */
  readonly seen: boolean;
  readonly deleted: number;
}

export interface AbsenceSituation {
  readonly progress: DeleteProgress;
  /** More than one request may have taken effect, so having seen one proves nothing about the other. */
  readonly resent: boolean;
  readonly createEndedAt: number;
  readonly windowMs: number;
  /** Server time before the look that showed nothing. */
  readonly now: number;
}

/** Nothing of ours is in sight: for how long must that be doubted still? 0: it is gone. */
export function doubtAbsenceFor({ progress, resent, createEndedAt, windowMs, now }: AbsenceSituation): number {
  if (progress.seen && !resent) return 0;
  return Math.max(0, createEndedAt + SEND_WINDOW_MS + windowMs - now);
}
