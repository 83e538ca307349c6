/** The one runtime of a worker process: where its log goes and in which form, and where its metrics can be read. */
import { DefaultLogger, type LogLevel, Runtime } from '@temporalio/worker';
import { createJsonLogger } from './json-logger.js';
import { HISTOGRAM_BUCKETS } from './metric-list.js';

export const LOG_FORMATS = ['text', 'json'] as const;

export interface RuntimeSetup {
  readonly logLevel: LogLevel;
  /** `text`: readable lines. `json`: one object a line, what the SDK's native part logs included. */
  readonly logFormat: (typeof LOG_FORMATS)[number];
  readonly secrets: () => readonly string[];
  /** Of the SDK's exporter, on loopback. Undefined: no metrics. */
  readonly metricsPort: number | undefined;
}

/** Before any connection, which would install the SDK's own. */
export function installRuntime({ logLevel, logFormat, secrets, metricsPort }: RuntimeSetup): Runtime {
  const json = logFormat === 'json';
  return Runtime.install({
    logger: json ? createJsonLogger({ level: logLevel, secrets }) : new DefaultLogger(logLevel),
    telemetryOptions: {
      ...(json && { logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} } }),
      ...(metricsPort !== undefined && {
        metrics: {
          // Temporal's own names, so that its documentation and dashboards fit; ours carry their units themselves.
          prometheus: { bindAddress: `127.0.0.1:${metricsPort}`, histogramBucketOverrides: { ...HISTOGRAM_BUCKETS } },
        },
      }),
    },
  });
}
