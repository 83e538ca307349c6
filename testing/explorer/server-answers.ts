/** How ends and runs look from the other side: an attempt's to the server, and a run's to whoever asks for it. */
import type { ChainRun } from '../../activities/owner/chain.js';
import type { Json } from '../../contract/plan.js';
import type { ModelServer } from './model-server.js';
import type { AttemptEnd } from './running-attempt.js';
import type { FailureFacts } from './workflow-protocol.js';
import type { Hand } from './world.js';

/** As the SDK's worker reports it. */
export function failureOf(
  { attempt, activity }: Pick<Hand, 'attempt' | 'activity'>,
  end: Exclude<AttemptEnd, { readonly completed: Json }>,
): { readonly failure: FailureFacts; readonly afterMs?: number } {
  if ('cancelled' in end) {
    const asked = attempt.heard === 'asked' && activity.cancelRequested;
    if (asked) return { failure: { is: 'cancelled', details: end.cancelled } };
    const stopped = { type: 'CancelledFailure', message: 'stopped', nonRetryable: false, details: [] };
    return { failure: { is: 'application', ...stopped } };
  }
  const { type, message, nonRetryable, details, nextRetryDelay } = end.failed;
  const failure: FailureFacts = {
    is: 'application',
    type: type ?? '',
    message,
    nonRetryable: nonRetryable ?? false,
    details: (details ?? []) as Json[],
  };
  return { failure, ...(nextRetryDelay != null && { afterMs: Number(nextRetryDelay) }) };
}

export function describeRun(server: ModelServer, workflowId: string, runId?: string): ChainRun | undefined {
  const run = runId === undefined ? server.current : server.runs.find(({ info }) => info.runId === runId);
  if (!run || run.info.workflowId !== workflowId) return undefined;
  const { info, close, closedAt, continuedAs, resetTo } = run;
  const status = !close
    ? 'open'
    : close.as === 'Completed'
      ? 'completed'
      : close.as === 'ContinuedAsNew'
        ? 'continued'
        : 'closed';
  return {
    runId: info.runId,
    firstRunId: info.firstRunId,
    workflowType: 'provision',
    status,
    ...(closedAt !== undefined && { closedAt }),
    ...(continuedAs !== undefined && { continuedAs }),
    ...(resetTo !== undefined && { resetTo }),
  };
}
