/**
 * The trace of a run, from inside its isolate. Not the SDK's own interceptors: these wait a turn more here and there, so runs
 * in flight do not replay where tracing is turned on or off. Here nothing is awaited, and ids come from the run: a replay
 * tells the same spans again. This module is bundled beside the workflows, only where tracing is on.
 */
import { defaultPayloadConverter, type Headers } from '@temporalio/common';
import { proxySinks, type WorkflowInterceptors, workflowInfo } from '@temporalio/workflow';
import { nameOfError, type RunSpan, type SpanSinks, TRACE_HEADER } from './run-span.js';
import { childOf, parseTraceparent, rootOf, type SpanIds, TRACE_FIELDS, traceparentOf } from './trace-context.js';

const { provisionerTrace } = proxySinks<SpanSinks>();

type Carrier = Readonly<Partial<Record<(typeof TRACE_FIELDS)[number], string>>>;

export const interceptors = (): WorkflowInterceptors => {
  const trace = new RunTrace();
  return {
    inbound: [{ execute: (input, next) => trace.run(input.headers, () => next(input)) }],
    outbound: [
      {
        scheduleActivity: (input, next) => trace.call(input, (headers) => next({ ...input, headers })),
        scheduleLocalActivity: (input, next) => trace.call(input, (headers) => next({ ...input, headers })),
        continueAsNew: (input, next) => next({ ...input, headers: trace.handOn(input.headers) }),
      },
    ],
  };
};

class RunTrace {
  private carrier: Carrier = {};
  private own: SpanIds | undefined;
  private calls = 0;

  /** The span of the run itself, under whoever started it, or the root where nobody told. */
  run<T>(headers: Headers, execute: () => Promise<T>): Promise<T> {
    const { runId, workflowType } = workflowInfo();
    this.carrier = carrierOf(headers);
    const parent = parseTraceparent(this.carrier.traceparent);
    this.own = parent ? childOf(parent, runId) : rootOf(runId);
    return this.tell(`RunWorkflow:${workflowType}`, this.own, execute());
  }

  call<T>(
    { headers, activityType }: { headers: Headers; activityType: string },
    schedule: (headers: Headers) => Promise<T>,
  ) {
    if (!this.own) return schedule(headers);
    this.calls += 1;
    const ids = childOf(this.own, `${workflowInfo().runId} ${this.calls}`);
    return this.tell(`StartActivity:${activityType}`, ids, schedule(this.withIds(headers, ids)));
  }

  /** The next run of the chain lies under this one. */
  handOn(headers: Headers): Headers {
    return this.own ? this.withIds(headers, this.own) : headers;
  }

  private withIds(headers: Headers, ids: SpanIds): Headers {
    const carrier = { ...this.carrier, traceparent: traceparentOf(ids) };
    return { ...headers, [TRACE_HEADER]: defaultPayloadConverter.toPayload(carrier) };
  }

  /** Hears of the end without being waited for: the very promise goes back. */
  private tell<T>(name: string, ids: SpanIds, work: Promise<T>): Promise<T> {
    const begun = Date.now();
    const end = (error?: string) => {
      if (!ids.sampled) return;
      const span: RunSpan = { name, ...ids, begun, ended: Date.now(), ...(error !== undefined && { error }) };
      provisionerTrace.span(span);
    };
    work.then(
      () => end(),
      (error: unknown) => end(nameOfError(error)),
    );
    return work;
  }
}

/**
 * What the one who started it put there, under the key of the SDK's own interceptors. Trace ids alone: headers are not encrypted,
 * and whatever else a caller put there, such as baggage, would be repeated in plain with every activity.
 */
function carrierOf(headers: Headers): Carrier {
  const payload = headers[TRACE_HEADER];
  if (!payload) return {};
  const told = defaultPayloadConverter.fromPayload<Partial<Record<string, unknown>> | null>(payload) ?? {};
  return Object.fromEntries(
    TRACE_FIELDS.flatMap((field) => (typeof told[field] === 'string' ? [[field, told[field]]] : [])),
  );
}
