/**
 * One attempt of an activity as the server sees it: whether it is really the first, what earlier ones left behind, the
 * server's clock, the fence, and whether it was told to stop. The algorithms use nothing else of Temporal.
 */

import { CancelledFailure, type Context } from '@temporalio/activity';
import {
  ActivityCancelledError,
  ActivityNotFoundError,
  ActivityPausedError,
  ActivityResetError,
} from '@temporalio/client';
import { isFirstAttempt } from './decisions.js';
import { CANCEL_ARRIVES_WITHIN_MS, HEARTBEAT_EVERY_MS, SEND_WINDOW_MS } from './policies.js';

export interface Attempt<Progress> {
  /** 1 for the first. */
  readonly number: number;
  /** No earlier attempt of this activity can have sent anything. */
  readonly first: boolean;
  /** Server time of this attempt's scheduling: whatever came before was given up by then. */
  readonly scheduledAt: number;
  /** What earlier attempts left with the server. */
  readonly progress: Progress | undefined;
  /** Server time, at least: never ahead of it, whatever the local clock says. */
  now(): number;
  /** Leaves `progress` with the server: with the next heartbeat, and with certainty when this attempt fails. */
  note(progress: Progress): void;
  /** Leaves `progress` with the server and learns from its answer that this attempt still counts. Throws if not. */
  fence(progress: Progress): Promise<{ readonly sendBefore: number }>;
  readonly signal: AbortSignal;
  /** `asked`: the workflow cancels. `lost`: this attempt is to end (shutdown, pause, reset, given up). */
  stopped(): 'no' | 'asked' | 'lost';
  /** Ends early, without an error, when the attempt is stopped. */
  pause(ms: number): Promise<void>;
  /** Throws the cancellation if the attempt is stopped. */
  throwIfStopped(): void;
}

/** Runs one attempt, with heartbeats, and leaves its progress with the server if it fails. */
export async function attempt<Progress, Result>(
  context: Context,
  run: (attempt: Attempt<Progress>) => Promise<Result>,
): Promise<Result> {
  const { end, ...current } = openAttempt<Progress>(context);
  try {
    const result = await run(current);
    end('done');
    return result;
  } catch (error) {
    end('failed');
    throw error;
  }
}

interface OpenAttempt<Progress> extends Attempt<Progress> {
  /** A failed attempt leaves its progress first: the SDK delivers it before the failure. */
  end(how: 'done' | 'failed'): void;
}

function openAttempt<Progress>(context: Context): OpenAttempt<Progress> {
  const { info } = context;
  const startedAt = performance.now();
  let latest = info.heartbeatDetails as Progress | undefined;
  let told = false;
  // Each heartbeat is a request to the server: a quick create makes none but its fence.
  const tell = () => {
    told = true;
    context.heartbeat(latest);
  };
  const beat = setInterval(tell, HEARTBEAT_EVERY_MS);
  const stopped = (): 'no' | 'asked' | 'lost' => {
    if (!context.cancellationSignal.aborted) return 'no';
    return context.cancellationDetails?.cancelRequested ? 'asked' : 'lost';
  };
  return {
    number: info.attempt,
    first: isFirstAttempt({
      number: info.attempt,
      firstScheduledAt: info.scheduledTimestampMs,
      scheduledAt: info.currentAttemptScheduledTimestampMs,
      details: info.heartbeatDetails,
    }),
    scheduledAt: info.currentAttemptScheduledTimestampMs,
    progress: info.heartbeatDetails as Progress | undefined,
    now: () => info.currentAttemptScheduledTimestampMs + Math.floor(performance.now() - startedAt),
    note(progress) {
      latest = progress;
    },
    async fence(progress) {
      latest = progress;
      // Through core as well, and first, if core has details: it would otherwise flush older ones over these later.
      if (told) tell();
      const askedAt = performance.now();
      await askServer(context, progress);
      return { sendBefore: askedAt + SEND_WINDOW_MS };
    },
    signal: context.cancellationSignal,
    stopped,
    async pause(ms) {
      await context.sleep(ms).catch(() => undefined);
    },
    throwIfStopped() {
      if (stopped() !== 'no') throw context.cancellationSignal.reason;
    },
    end(how) {
      clearInterval(beat);
      if (how === 'failed') tell();
    },
  };
}

/** A heartbeat of our own and its answer: the SDK's is throttled, and its answer is never shown. */
async function askServer(context: Context, progress: unknown): Promise<void> {
  const { info } = context;
  try {
    await context.client.activity.heartbeat(info.taskToken, progress);
  } catch (error) {
    if (error instanceof ActivityNotFoundError) throw new CancelledFailure('The server has given this attempt up');
    const stop = [ActivityCancelledError, ActivityPausedError, ActivityResetError].some(
      (type) => error instanceof type,
    );
    if (!stop) throw error;
    // The SDK reports a cancellation as such only once it has heard of it itself.
    await context.sleep(CANCEL_ARRIVES_WITHIN_MS);
    throw new CancelledFailure('Cancelled before the request was sent');
  }
}
