/**
 * The metrics that a worker adds to the SDK's own, and what each is about. Labels are few and bounded: names of the
 * configuration, of the catalogue and of the API, never an id. The reference page of metrics is held to this list.
 */
import type { MetricKind } from '@temporalio/common';

interface MetricFacts {
  readonly kind: Exclude<MetricKind, 'up-down-counter'>;
  readonly help: string;
  readonly labels: readonly string[];
}

export const METRICS = {
  provisioner_requests_total: {
    kind: 'counter',
    help: 'Requests sent to a cloud. `status` is the HTTP status, `none` without an answer; `failure` the failure type, `none` for a success.',
    labels: ['provider', 'connection', 'operation', 'status', 'failure'],
  },
  provisioner_request_duration_seconds: {
    kind: 'histogram',
    help: 'From handing a request to the wire until its answer was read or given up, connecting included.',
    labels: ['provider', 'connection', 'operation'],
  },
  provisioner_limiter_wait_seconds: {
    kind: 'histogram',
    help: 'How long a request waited for its share of the account’s rate limit before it got leave.',
    labels: ['provider', 'connection'],
  },
  provisioner_limiter_queue: {
    kind: 'gauge',
    help: 'Requests of this process that wait for leave now.',
    labels: ['provider', 'connection'],
  },
  provisioner_attempts_total: {
    kind: 'counter',
    help: 'Attempts of activities that ended. `result` is `ok`, a failure type, or `Cancelled`; what a lost worker was doing is in none.',
    labels: ['kind', 'connection', 'action', 'result'],
  },
  provisioner_resources_created_total: {
    kind: 'counter',
    help: 'Resources whose create ended well in this process. Adopted ones are not counted.',
    labels: ['kind', 'connection'],
  },
  provisioner_resources_deleted_total: {
    kind: 'counter',
    help: 'Resources that an undo, a deprovisioning or a sweep deleted in this process.',
    labels: ['kind', 'connection'],
  },
  provisioner_resources_live: {
    kind: 'gauge',
    help: 'Resources in the cloud with a marker of this namespace, as the last sweep listed them, whatever became of their plans.',
    labels: ['kind', 'connection'],
  },
  provisioner_resources_counted_time_seconds: {
    kind: 'gauge',
    help: 'When that was last counted, in seconds since 1970. More than 2,000 of a kind are not counted.',
    labels: ['kind', 'connection'],
  },
  provisioner_orphans_found_total: {
    kind: 'counter',
    help: 'Orphans that sweeps found, each once for every sweep that sees it.',
    labels: ['kind', 'connection'],
  },
  provisioner_sweep_time_seconds: {
    kind: 'gauge',
    help: 'When a sweep last listed this kind here, in seconds since 1970.',
    labels: ['kind', 'connection'],
  },
  provisioner_plans_open: {
    kind: 'gauge',
    help: 'Open runs of `provision` and `deprovision` on this queue, by visibility.',
    labels: ['task_queue'],
  },
  provisioner_plans_attention: {
    kind: 'gauge',
    help: 'Of these, runs in which at least one step is parked for a person. Missing without search attributes.',
    labels: ['task_queue'],
  },
  provisioner_plans_counted_time_seconds: {
    kind: 'gauge',
    help: 'When plans were last counted, in seconds since 1970.',
    labels: ['task_queue'],
  },
} as const satisfies Readonly<Record<string, MetricFacts>>;

export type MetricName = keyof typeof METRICS;

/** Counters that stand at zero for each kind of a connection, before there is anything to count. */
export const FROM_ZERO = [
  'provisioner_orphans_found_total',
  'provisioner_resources_created_total',
  'provisioner_resources_deleted_total',
] as const satisfies readonly MetricName[];

/** A fast API answers in tens of milliseconds; a request ends at 20 s, and a wait for a small share may take minutes. */
const SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 60, 300];

/**
 * Bucket boundaries for our histograms, for `histogramBucketOverrides` of a runtime of your own: the SDK's default ones
 * are meant for milliseconds, ours are in seconds. `provisioner worker` sets them itself.
 *
 * @example
 * ```typescript
 * Runtime.install({
 *   telemetryOptions: {
 *     metrics: { prometheus: { bindAddress: '127.0.0.1:9464', histogramBucketOverrides: { ...HISTOGRAM_BUCKETS } } },
 *   },
 * });
 * ```
 */
export const HISTOGRAM_BUCKETS: Readonly<Record<string, number[]>> = {
  provisioner_request_duration_seconds: [...SECONDS],
  provisioner_limiter_wait_seconds: [...SECONDS],
};
