/** What a run cost at the server, counted from its real history. */
import type { temporal } from '@temporalio/proto';
import { totalActions } from '../test/support/count-actions.js';

export interface Costs {
  readonly events: number;
  readonly workflowTasks: number;
  /** Billable actions of Temporal Cloud, the fences of creates and deletes included. */
  readonly actions: number;
}

type History = temporal.api.history.v1.IHistory;

export function costsOf({ events }: History): Costs {
  const all = events ?? [];
  const completed = all.filter(({ workflowTaskCompletedEventAttributes }) => workflowTaskCompletedEventAttributes);
  return { events: all.length, workflowTasks: completed.length, actions: totalActions(all) };
}
