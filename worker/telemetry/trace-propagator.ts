/**
 * W3C Trace Context alone goes into headers and is read from them. OpenTelemetry's default also passes on baggage, which may
 * hold anything of a caller's, and Temporal's headers lie in histories in plain.
 */
import { createTraceState, type TextMapPropagator, TraceFlags, trace } from '@opentelemetry/api';
import { parseTraceparent, TRACE_FIELDS, traceparentOf } from './trace-context.js';

export const tracePropagator: TextMapPropagator = {
  inject(context, carrier, setter) {
    const span = trace.getSpanContext(context);
    if (!span || !trace.isSpanContextValid(span)) return;
    const { traceId, spanId, traceFlags, traceState } = span;
    const sampled = (traceFlags & TraceFlags.SAMPLED) !== 0;
    setter.set(carrier, 'traceparent', traceparentOf({ traceId, spanId, sampled }));
    if (traceState) setter.set(carrier, 'tracestate', traceState.serialize());
  },
  extract(context, carrier, getter) {
    const read = (field: string) => [getter.get(carrier, field) ?? []].flat()[0];
    const parent = parseTraceparent(read('traceparent'));
    if (!parent) return context;
    const { traceId, spanId, sampled } = parent;
    const state = read('tracestate');
    return trace.setSpanContext(context, {
      ...{ traceId, spanId, isRemote: true },
      traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
      ...(state !== undefined && { traceState: createTraceState(state) }),
    });
  },
  fields: () => [...TRACE_FIELDS],
};
