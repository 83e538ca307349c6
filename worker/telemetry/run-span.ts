/** What crosses from a workflow's isolate to the exporter: a finished span, as plain data. No imports. */

/** Header of the SDK's own OpenTelemetry interceptors, so that ours and theirs read each other. */
export const TRACE_HEADER = '_tracer-data';

export interface RunSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  /** By the workflow's clock, in ms since 1970. */
  readonly begun: number;
  readonly ended: number;
  /** Type of the failure. */
  readonly error?: string;
}

export type SpanSinks = { readonly provisionerTrace: { span(span: RunSpan): void } };

/** The type of a failure, or of an activity's failure that lies in it. Undefined: none, the next run goes on. */
export function nameOfError(error: unknown): string | undefined {
  if (!(error instanceof Error) || error.name === 'ContinueAsNew') return undefined;
  const inner = error.name === 'ActivityFailure' && error.cause instanceof Error ? error.cause : error;
  return 'type' in inner && typeof inner.type === 'string' ? inner.type : inner.name;
}
