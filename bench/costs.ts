/** What a run cost at the server, counted from its real history. */
import type { temporal } from '@temporalio/proto';

export interface Costs {
  readonly events: number;
  readonly workflowTasks: number;
}

type History = temporal.api.history.v1.IHistory;

export function costsOf({ events }: History): Costs {
  const all = events ?? [];
  const completed = all.filter(({ workflowTaskCompletedEventAttributes }) => workflowTaskCompletedEventAttributes);
  return { events: all.length, workflowTasks: completed.length };
}
