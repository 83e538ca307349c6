/** Tells whoever watches how each attempt of a kind's activities ended. The activities know nothing of it. */
import { CancelledFailure } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { FAILURE_TYPES } from '../contract/failures.js';
import type { CreateResult, DeleteResult } from '../contract/steps.js';
import type { SweepDeleteResult, SweepPage, SweepPageInput } from '../contract/sweep.js';
import type { Activities } from './activities.js';
import type { AttemptReport, Failing, Watch } from './watch.js';

type Action = AttemptReport['action'];

export function watchAttempts(kind: string, activities: Activities, watch: Watch): Activities {
  const watched = Object.entries(activities).map(([type, run]) => {
    const action = type.slice(kind.length + 1) as Action;
    const runWatched = async (...args: never[]): Promise<unknown> => {
      try {
        const result = await run(...args);
        watch.attempted({ kind, action, ...changes(action, result) });
        if (action === 'list') tellList(kind, args[0] as unknown as SweepPageInput, result as SweepPage, watch);
        return result;
      } catch (error) {
        watch.attempted({ kind, action, failure: failingOf(error), created: 0, deleted: 0 });
        throw error;
      }
    };
    return [type, runWatched];
  });
  return Object.fromEntries(watched) as Activities;
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
