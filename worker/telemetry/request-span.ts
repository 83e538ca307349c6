/**
 * A span for each exchange with a cloud, by OpenTelemetry's conventions for HTTP clients, under the activity's own. Made once
 * the exchange is over, with its real times. Where nobody set up tracing the API does nothing.
 */
import { type Attributes, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { ExchangeReport } from '../../activities/watch.js';
import { VERSION } from '../../contract/version.js';

interface LineNames {
  readonly provider: string;
  readonly connection: string;
}

export function traceExchange(line: LineNames, report: ExchangeReport): void {
  const { method, operation, startedAt, durationMs, failure } = report;
  const tracer = trace.getTracer('temporal-provisioner', VERSION);
  // The path holds ids, so the operation stands where the conventions want a template.
  const span = tracer.startSpan(`${method} ${operation}`, {
    kind: SpanKind.CLIENT,
    startTime: startedAt,
    attributes: attributesOf(line, report),
  });
  if (failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end(startedAt + durationMs);
}

function attributesOf({ provider, connection }: LineNames, report: ExchangeReport): Attributes {
  const { method, operation, service, url, status, failure, code, requestId } = report;
  return {
    'http.request.method': method,
    'url.full': url.href,
    'server.address': url.hostname,
    'server.port': Number(url.port) || (url.protocol === 'https:' ? 443 : 80),
    ...(status !== undefined && { 'http.response.status_code': status }),
    ...(failure !== undefined && { 'error.type': failure }),
    'provisioner.provider': provider,
    'provisioner.connection': connection,
    'provisioner.service': service,
    'provisioner.operation': operation,
    ...(code !== undefined && { 'provisioner.code': code }),
    ...(requestId !== undefined && { 'provisioner.request_id': requestId }),
  };
}
