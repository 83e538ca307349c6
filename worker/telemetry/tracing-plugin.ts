/**
 * Traces from the client through run and activity to each request: the SDK's own interceptors at both ends, and between them
 * ours, which change nothing about how a run replays. A span that comes out of an isolate is handed to the processor as it is.
 */
import { SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-node';
import {
  OpenTelemetryActivityInboundInterceptor,
  OpenTelemetryActivityOutboundInterceptor,
  OpenTelemetryNexusInboundInterceptor,
  OpenTelemetryNexusOutboundInterceptor,
  OpenTelemetryWorkflowClientInterceptor,
} from '@temporalio/interceptors-opentelemetry';
import { SimplePlugin } from '@temporalio/plugin';
import type { InjectedSinks, ReplayWorkerOptions, WorkerOptions } from '@temporalio/worker';
import type { WorkflowInfo } from '@temporalio/workflow';
import { VERSION } from '../../contract/version.js';
import type { RunSpan, SpanSinks } from './run-span.js';
import { TRACE_WORKFLOW } from './trace-workflow-path.js';

export interface TracingPluginOptions {
  readonly processor: SpanProcessor;
  readonly resource: Resource;
}

/** For a client, a worker and its bundle. Expects that a tracer provider is registered. */
export class TracingPlugin extends SimplePlugin {
  private readonly sinks: InjectedSinks<SpanSinks>;

  constructor({ processor, resource }: TracingPluginOptions) {
    const client = { workflow: [new OpenTelemetryWorkflowClientInterceptor()] };
    super({
      name: 'temporal-provisioner.TracingPlugin',
      clientInterceptors: client,
      workerInterceptors: {
        client,
        workflowModules: [TRACE_WORKFLOW],
        activity: [
          (context) => ({
            inbound: new OpenTelemetryActivityInboundInterceptor(context),
            outbound: new OpenTelemetryActivityOutboundInterceptor(context),
          }),
        ],
        nexus: [
          (context) => ({
            inbound: new OpenTelemetryNexusInboundInterceptor(context),
            outbound: new OpenTelemetryNexusOutboundInterceptor(context),
          }),
        ],
      },
    });
    const fn = (info: WorkflowInfo, span: RunSpan) => processor.onEnd(readable(info, span, resource));
    this.sinks = { provisionerTrace: { span: { fn, callDuringReplay: false } } };
  }

  override configureWorker(options: WorkerOptions): WorkerOptions {
    return super.configureWorker({ ...options, sinks: { ...options.sinks, ...this.sinks } });
  }

  override configureReplayWorker(options: ReplayWorkerOptions): ReplayWorkerOptions {
    return super.configureReplayWorker({ ...options, sinks: { ...options.sinks, ...this.sinks } });
  }
}

function readable({ workflowId, runId }: WorkflowInfo, span: RunSpan, resource: Resource): ReadableSpan {
  const { name, traceId, spanId, parentSpanId, begun, ended, error } = span;
  return {
    name,
    kind: SpanKind.INTERNAL,
    spanContext: () => ({ traceId, spanId, traceFlags: TraceFlags.SAMPLED }),
    ...(parentSpanId !== undefined && { parentSpanId }),
    startTime: hrTime(begun),
    endTime: hrTime(ended),
    duration: hrTime(ended - begun),
    status: { code: error === undefined ? SpanStatusCode.OK : SpanStatusCode.ERROR },
    // Named as in the spans of the SDK's interceptors.
    attributes: { temporalWorkflowId: workflowId, run_id: runId, ...(error !== undefined && { 'error.type': error }) },
    ended: true,
    links: [],
    events: [],
    resource,
    instrumentationLibrary: { name: 'temporal-provisioner', version: VERSION },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

/** Seconds and nanoseconds. */
function hrTime(ms: number): [number, number] {
  return [Math.floor(ms / 1000), Math.round((ms % 1000) * 1e6)];
}
