/** The page of metrics: the list that a worker records by, which a test holds to what a scrape shows. */
import { FROM_ZERO, METRICS } from '../../worker/telemetry/metric-list.js';
import { code, page, table } from './markdown.js';

export function metricsPage(): string {
  const rows = Object.entries(METRICS).map(([name, { kind, help, labels }]) => [
    code(name),
    kind,
    labels.map((label) => code(label)).join(', '),
    help,
  ]);
  return page(
    '# Metrics',
    'Generated from the list that a worker records by. How to use them: [Observe a worker](../how-to/observe.md).',
    table(['metric', 'type', 'labels', 'is'], rows),
    [
      'Each has `namespace` besides, as the SDK’s own have.',
      'Labels hold names of the configuration, of kinds and of documented operations, never an id, so that their number is bounded.',
      `Counters count from the start of the process. ${FROM_ZERO.map(code).join(', ')} and the \`AccessDenied\` of \`provisioner_attempts_total\` stand at zero from then on, for each kind that a connection offers; other series appear with the first thing that they count.`,
      'Histograms have `_bucket`, `_sum` and `_count`; a worker of your own needs `HISTOGRAM_BUCKETS` for them.',
    ].join(' '),
    'Beside them stand the SDK’s own, which begin with `temporal_`, under the names of [Temporal’s reference](https://docs.temporal.io/references/sdk-metrics).',
  );
}
