/** The one runtime of a worker process: where its log goes and in which form, and where its metrics can be read. */
import { type LogLevel, Runtime } from '@temporalio/worker';
import { createJsonLogger } from './json-logger.js';
import { HISTOGRAM_BUCKETS } from './metric-list.js';
import { createTextLogger } from './text-logger.js';

export const LOG_FORMATS = ['text', 'json'] as const;

export interface RuntimeSetup {
  readonly logLevel: LogLevel;
  /** `text`: readable lines. `json`: one object a line. What the SDK's native part logs is among both. */
  readonly logFormat: (typeof LOG_FORMATS)[number];
  readonly secrets: () => readonly string[];
  /** Of the SDK's exporter, on loopback. Undefined: no metrics. */
  readonly metricsPort: number | undefined;
}

/** Before any connection, which would install the SDK's own. */
export function installRuntime({ logLevel, logFormat, secrets, metricsPort }: RuntimeSetup): Runtime {
  const createLogger = logFormat === 'json' ? createJsonLogger : createTextLogger;
  return Runtime.install({
    logger: createLogger({ level: logLevel, secrets }),
    telemetryOptions: {
      // What the native part logs goes the same way: it would write task tokens by itself.
      logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} },
      ...(metricsPort !== undefined && {
        metrics: {
          // Temporal's own names, so that its documentation and dashboards fit; ours carry their units themselves.
          prometheus: { bindAddress: `127.0.0.1:${metricsPort}`, histogramBucketOverrides: { ...HISTOGRAM_BUCKETS } },
        },
      }),
    },
  });
}
