/** Tells whoever watches how each attempt of a kind's activities ended. The activities know nothing of it. */
import { CancelledFailure } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { FAILURE_TYPES, type FailureDetails } from '../contract/failures.js';
import type { CreateResult, DeleteResult } from '../contract/steps.js';
import type { SweepDeleteResult, SweepPage, SweepPageInput } from '../contract/sweep.js';
import type { Activities } from './activities.js';
import type { AttemptReport, Failing, Watch } from './watch.js';

type Action = AttemptReport['action'];

export interface WatchAttemptsOptions {
  readonly watch: Watch;
  /** A cloud may echo anything as a request id, and here it is still the cloud's own text. */
  readonly redact: (text: string) => string;
}

export function watchAttempts(
  kind: string,
  activities: Activities,
  { watch, redact }: WatchAttemptsOptions,
): Activities {
  const watched = Object.entries(activities).map(([type, run]) => {
    const action = type.slice(kind.length + 1) as Action;
    const runWatched = async (...args: never[]): Promise<unknown> => {
      try {
        const result = await run(...args);
        const evidence = evidenceOf(result as DeleteResult | undefined, redact);
        watch.attempted({ kind, action, ...evidence, ...changes(action, result) });
        if (action === 'list') tellList(kind, args[0] as unknown as SweepPageInput, result as SweepPage, watch);
        return result;
      } catch (error) {
        const evidence = evidenceOf(detailsOf(error), redact);
        watch.attempted({ kind, action, failure: failingOf(error), ...evidence, created: 0, deleted: 0 });
        throw error;
      }
    };
    return [type, runWatched];
  });
  return Object.fromEntries(watched) as Activities;
}

/** A kind of a user's own may answer anything, and nothing here may fail an attempt whose create is done. */
function evidenceOf(
  given: Pick<FailureDetails, 'code' | 'requestId'> | undefined,
  redact: (text: string) => string,
): Pick<AttemptReport, 'code' | 'requestId'> {
  const { code, requestId } = given ?? {};
  return {
    ...(typeof code === 'string' && { code: redact(code) }),
    ...(typeof requestId === 'string' && { requestId: redact(requestId) }),
  };
}

function detailsOf(error: unknown): FailureDetails | undefined {
  const told = error instanceof ApplicationFailure || error instanceof CancelledFailure;
  return told ? (error.details?.[0] as FailureDetails | undefined) : undefined;
}

function changes(action: Action, result: unknown): Pick<AttemptReport, 'created' | 'deleted'> {
  if (action === 'create') return { created: (result as CreateResult).adopted ? 0 : 1, deleted: 0 };
  if (action === 'delete') return { created: 0, deleted: (result as DeleteResult).deleted };
  const swept = action === 'sweep' && (result as SweepDeleteResult).result === 'deleted';
  return { created: 0, deleted: swept ? 1 : 0 };
}

function tellList(kind: string, { after }: SweepPageInput, { counts, next }: SweepPage, watch: Watch): void {
  watch.listed({ kind, counts, whole: after === undefined && next === undefined });
}

function failingOf(error: unknown): Failing {
  if (error instanceof CancelledFailure) return 'Cancelled';
  const type = error instanceof ApplicationFailure ? error.type : undefined;
  return FAILURE_TYPES.find((known) => known === type) ?? 'ServiceInternalError';
}
