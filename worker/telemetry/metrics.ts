/** Records on the SDK's own meter: what is recorded here leaves by whatever exporter the runtime has, in a user's worker too. */
import type { MetricMeter, MetricTags } from '@temporalio/common';
import { METRICS, type MetricName } from './metric-list.js';

type NameOf<Kind extends string> = {
  [N in MetricName]: (typeof METRICS)[N]['kind'] extends Kind ? N : never;
}[MetricName];

/** Every label of the metric, and no other. */
type LabelsOf<N extends MetricName> = Readonly<Record<(typeof METRICS)[N]['labels'][number], string>>;

export interface Metrics {
  count<N extends NameOf<'counter'>>(name: N, labels: LabelsOf<N>, by?: number): void;
  time<N extends NameOf<'histogram'>>(name: N, labels: LabelsOf<N>, ms: number): void;
  set<N extends NameOf<'gauge'>>(name: N, labels: LabelsOf<N>, value: number): void;
}

/** Units stand in the names: the exporter's own suffixes are off unless somebody turns them on. */
const NO_UNIT = '';

/** `namespace` stands at every metric, as at the SDK's own: two environments in one Prometheus are two series. */
export function createMetrics(meter: MetricMeter, namespace: string): Metrics {
  const made = new Map<MetricName, { record(value: number, tags: MetricTags): void }>();
  const metric = (name: MetricName) => {
    const known = made.get(name) ?? create(meter, name);
    made.set(name, known);
    return known;
  };
  return {
    count: (name, labels, by = 1) => metric(name).record(by, { namespace, ...labels }),
    time: (name, labels, ms) => metric(name).record(ms / 1000, { namespace, ...labels }),
    set: (name, labels, value) => metric(name).record(value, { namespace, ...labels }),
  };
}

function create(meter: MetricMeter, name: MetricName): { record(value: number, tags: MetricTags): void } {
  const { kind, help } = METRICS[name];
  switch (kind) {
    case 'counter': {
      const counter = meter.createCounter(name, NO_UNIT, help);
      return { record: (value, tags) => counter.add(value, tags) };
    }
    case 'histogram':
      return meter.createHistogram(name, 'float', NO_UNIT, help);
    case 'gauge': {
      const gauge = meter.createGauge(name, 'int', NO_UNIT, help);
      return { record: (value, tags) => gauge.set(value, tags) };
    }
  }
}
