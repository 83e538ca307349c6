/** What a run may believe of its beginning: whether its own kind handed over to it, and what would end it without undoing. */
import { workflowInfo } from '@temporalio/workflow';

/**
 * Whether the run before this one was ours, and handed over `carried` itself. A cron schedule or a retry also gives a run
 * one before it, with the starter's own arguments: those could be forged, so that ids of others would be deleted.
 */
export function isContinued(): boolean {
  return workflowInfo().continuedFromExecutionRunId !== undefined && killers().length === 0;
}

const KILLERS = {
  executionTimeoutMs: 'a workflow execution time-out',
  runTimeoutMs: 'a workflow run time-out',
  cronSchedule: 'a cron schedule',
  retryPolicy: 'a workflow retry policy',
} as const;

/** What would end this run without undoing anything. */
export function killers(): string[] {
  const info = workflowInfo();
  return Object.entries(KILLERS).flatMap(([key, words]) => (info[key as keyof typeof KILLERS] ? [words] : []));
}
