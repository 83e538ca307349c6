/**
 * What a failed activity tells: the cause in data, and what its create may have done. Only our own failures and our own
 * cancellations are believed; a time-out, a lost worker or a cancel in back-off knows nothing, so it is `unknown`.
 */
import { ActivityFailure, ApplicationFailure, CancelledFailure, TimeoutFailure } from '@temporalio/workflow';
import { FAILURE_TYPES, type FailureDetails, type FailureType, type Sent } from '../contract/failures.js';
import type { Cause } from '../contract/ledger.js';
import type { ResolvedStep } from '../contract/steps.js';

export interface Report {
  readonly cause: Cause;
  readonly sent: Sent;
  readonly id?: string;
  readonly resent: boolean;
}

const SENT: readonly string[] = ['never', 'refused', 'unknown', 'made'] satisfies Sent[];

function isOurs(type: string | null | undefined): type is FailureType {
  return (FAILURE_TYPES as readonly (string | null | undefined)[]).includes(type);
}

/** `details[0]` as ours, or undefined: the server puts plain texts there too, such as ACTIVITY_ID_NOT_STARTED. */
function ourDetails(details: readonly unknown[] | null | undefined): FailureDetails | undefined {
  const first = details?.[0];
  if (typeof first !== 'object' || first === null) return undefined;
  return SENT.includes((first as FailureDetails).sent ?? '') ? (first as FailureDetails) : undefined;
}

const EVIDENCE = ['provider', 'operation', 'status', 'code', 'requestId'] as const;

function evidence(details: FailureDetails): Omit<Cause, 'type' | 'message'> {
  return Object.fromEntries(EVIDENCE.flatMap((key) => (details[key] === undefined ? [] : [[key, details[key]]])));
}

/** In data, what made an activity fail. */
export function causeOf(error: unknown, step: Pick<ResolvedStep, 'provider' | 'taskQueue'>): Cause {
  const origin = error instanceof ActivityFailure ? error.cause : error;
  const { provider } = step;
  if (origin instanceof ApplicationFailure) {
    const type = isOurs(origin.type) ? origin.type : 'ServiceInternalError';
    const details = origin.details?.[0];
    const facts = typeof details === 'object' && details !== null ? evidence(details as FailureDetails) : {};
    return { type, message: origin.message, provider, ...facts };
  }
  if (origin instanceof TimeoutFailure) {
    if (origin.timeoutType === 'SCHEDULE_TO_START') {
      return { type: 'Misconfigured', message: `no worker took it in time from ${step.taskQueue}`, provider };
    }
    return { type: 'ServiceTimeout', message: `no answer in time (${origin.timeoutType})`, provider };
  }
  if (origin instanceof CancelledFailure) return { type: 'OutcomeUnknown', message: 'cancelled', provider };
  return { type: 'ServiceInternalError', message: origin instanceof Error ? origin.message : String(origin), provider };
}

export function readReport(error: unknown, step: ResolvedStep): Report {
  const origin = error instanceof ActivityFailure ? error.cause : undefined;
  const believed =
    (origin instanceof ApplicationFailure && isOurs(origin.type)) || origin instanceof CancelledFailure
      ? ourDetails(origin.details)
      : undefined;
  return {
    cause: causeOf(error, step),
    sent: believed?.sent ?? 'unknown',
    ...(believed?.id !== undefined && { id: believed.id }),
    // Without our own word nobody knows how often it was sent.
    resent: believed?.resent ?? true,
  };
}
