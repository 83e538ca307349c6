/**
 * Tracing for our own commands, by OpenTelemetry's standard variables; off unless they ask for it. Its packages are loaded
 * only then: they are optional, and an installation without them loses nothing else.
 */
import type { SimplePlugin } from '@temporalio/plugin';
import { tracePropagator } from './trace-propagator.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Tracing was asked for and cannot be had. One line that says what to do. */
export class TracingError extends Error {
  override readonly name = 'TracingError';
}

export interface Tracing {
  /** For a client, a worker and the bundle of its workflows. */
  readonly plugin: SimplePlugin;
  /** Sends what has not been sent yet. */
  stop(): Promise<void>;
}

const SERVICE_NAME = 'temporal-provisioner';
const PACKAGES = [
  '@temporalio/interceptors-opentelemetry@~1.24.0',
  '@opentelemetry/sdk-trace-node@^1.30.1',
  '@opentelemetry/resources@^1.30.1',
  '@opentelemetry/exporter-trace-otlp-proto@^0.57.2',
];

/** A collector that is away must not keep a command from ending. */
const STOP_WITHIN_MS = 5_000;

/** An endpoint is asking enough; the specification's default would send to localhost without having been asked. */
export function isTracingAsked(env: Environment): boolean {
  if (env.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return false;
  const exporter = env.OTEL_TRACES_EXPORTER?.trim();
  if (exporter === 'none') return false;
  if (exporter !== undefined && exporter !== '' && exporter !== 'otlp') {
    throw new TracingError('OTEL_TRACES_EXPORTER must be otlp or none: traces leave as OTLP over HTTP');
  }
  return Boolean(exporter || env.OTEL_EXPORTER_OTLP_ENDPOINT || env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT);
}

/** Undefined where nobody asked. Throws {@link TracingError}. */
export async function startTracing(env: Environment = process.env): Promise<Tracing | undefined> {
  if (!isTracingAsked(env)) return undefined;
  const { trace, resources, exporter, TracingPlugin } = await loadPackages();
  const found = resources.detectResourcesSync({ detectors: [resources.envDetectorSync] });
  const named = new resources.Resource({ 'service.name': SERVICE_NAME });
  const resource = resources.Resource.default().merge(named).merge(found);
  // Exporter, batches and sampler read their own OTEL_ variables.
  const processor = new trace.BatchSpanProcessor(new exporter.OTLPTraceExporter());
  const provider = new trace.NodeTracerProvider({ resource, spanProcessors: [processor] });
  provider.register({ propagator: tracePropagator });
  return {
    plugin: new TracingPlugin({ processor, resource }),
    stop: async () => {
      let timer: NodeJS.Timeout | undefined;
      const limit = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, STOP_WITHIN_MS);
      });
      await Promise.race([provider.shutdown().catch(() => undefined), limit]);
      clearTimeout(timer);
    },
  };
}

async function loadPackages() {
  try {
    const [trace, resources, exporter] = await Promise.all([
      import('@opentelemetry/sdk-trace-node'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/exporter-trace-otlp-proto'),
    ]);
    const { TracingPlugin } = await import('./tracing-plugin.js');
    // Another major version of theirs may be there for somebody else's sake; it has no such class.
    if (typeof resources.Resource !== 'function') throw new Error('OpenTelemetry JS 1.x is needed');
    return { trace, resources, exporter, TracingPlugin };
  } catch (cause) {
    const message = `OTEL_ variables ask for traces, which need packages that are not installed: npm install ${PACKAGES.join(' ')}`;
    throw new TracingError(message, { cause });
  }
}
