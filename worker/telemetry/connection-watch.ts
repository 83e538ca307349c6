/**
 * Watches one connection: metrics on the SDK's meter, a span for each exchange, and lines in the log of the activity that
 * is under way. What goes wrong in here is dropped: no create may fail because somebody wanted to count it.
 */
import { Context } from '@temporalio/activity';
import type { LogMetadata } from '@temporalio/common';
import type { Connection } from '../../activities/connection.js';
import type { Kind } from '../../activities/kind.js';
import type { AttemptReport, ExchangeReport, ListReport, Watch } from '../../activities/watch.js';
import { STEP_VERBS, SWEEP_VERBS } from '../../contract/names.js';
import { FROM_ZERO } from './metric-list.js';
import type { Metrics } from './metrics.js';
import { traceExchange } from './request-span.js';

/** `kinds`: those that the connection's worker offers. */
export function watchConnection(
  { name: connection, provider }: Pick<Connection, 'name' | 'provider'>,
  kinds: readonly Pick<Kind, 'name'>[],
  metrics: Metrics,
): Watch {
  const line = { provider, connection };
  // A rise over a series that appears with its first orphan, its first refusal or its first resource, would miss that one.
  kinds.forEach(quiet(({ name }: Pick<Kind, 'name'>) => beginAtZero(metrics, name, connection)));
  return {
    exchanged: quiet((report: ExchangeReport) => {
      const { operation, status, failure, durationMs } = report;
      const ended = { status: String(status ?? 'none'), failure: failure ?? 'none' };
      metrics.count('provisioner_requests_total', { ...line, operation, ...ended });
      metrics.time('provisioner_request_duration_seconds', { ...line, operation }, durationMs);
      traceExchange(line, report);
      log('debug', 'Cloud request', requestFields(line, report));
    }),
    waited: quiet((ms: number) => metrics.time('provisioner_limiter_wait_seconds', line, ms)),
    queued: quiet((requests: number) => metrics.set('provisioner_limiter_queue', line, requests)),
    attempted: quiet((report: AttemptReport) => {
      const { kind, action, failure, created, deleted } = report;
      metrics.count('provisioner_attempts_total', { kind, connection, action, result: failure ?? 'ok' });
      if (created > 0) metrics.count('provisioner_resources_created_total', { kind, connection }, created);
      if (deleted > 0) metrics.count('provisioner_resources_deleted_total', { kind, connection }, deleted);
      const sentence = OUTCOMES[action]?.(report);
      if (sentence !== undefined) log('info', sentence, { ...report });
    }),
    listed: quiet(({ kind, counts, whole }: ListReport) => {
      const at = { kind, connection };
      metrics.count('provisioner_orphans_found_total', at, counts.orphan);
      const now = Math.round(Date.now() / 1000);
      metrics.set('provisioner_sweep_time_seconds', at, now);
      if (!whole) return;
      const { live, kept, young, orphan, unknown } = counts;
      metrics.set('provisioner_resources_live', at, live + kept + young + orphan + unknown);
      metrics.set('provisioner_resources_counted_time_seconds', at, now);
    }),
  };
}

/** What alerts are made of, and what is made and deleted. */
function beginAtZero(metrics: Metrics, kind: string, connection: string): void {
  for (const name of FROM_ZERO) metrics.count(name, { kind, connection }, 0);
  for (const action of [...STEP_VERBS, ...SWEEP_VERBS])
    metrics.count('provisioner_attempts_total', { kind, connection, action, result: 'AccessDenied' }, 0);
}

/** What an attempt says of itself at `info`; others are told by the SDK alone. */
const OUTCOMES: Partial<Record<AttemptReport['action'], (report: AttemptReport) => string>> = {
  create: ({ failure, created }) => {
    if (failure) return 'Create failed';
    return created > 0 ? 'Created' : 'Adopted';
  },
  delete: ({ failure, deleted }) => {
    if (failure) return 'Delete failed';
    return deleted > 0 ? 'Deleted' : 'Nothing to delete';
  },
  sweep: ({ failure, deleted }) => {
    if (failure) return 'Delete of an orphan failed';
    return deleted > 0 ? 'Orphan deleted' : 'Orphan left alone';
  },
};

function requestFields(line: object, report: ExchangeReport): LogMetadata {
  const { operation, service, method, status, failure, code, requestId, durationMs } = report;
  const given = Object.entries({ status, failure, code, requestId }).filter(([, value]) => value !== undefined);
  return { ...line, service, operation, method, ...Object.fromEntries(given), durationMs: Math.round(durationMs) };
}

/** The log of the activity under way, which is the runtime's, with the activity's attributes. */
function log(level: 'debug' | 'info', message: string, fields: LogMetadata): void {
  Context.current().log[level](message, fields);
}

function quiet<Report>(tell: (report: Report) => void): (report: Report) => void {
  return (report) => {
    try {
      tell(report);
    } catch {
      // Outside an activity there is no log, and a runtime that shuts down has no meter.
    }
  };
}
