/** What goes into a header of Temporal's, where it lies in plain, and what is read from one. */
import { propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTracing, type Tracing } from '../../worker/telemetry/tracing.js';

const GIVEN = { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', tracestate: 'vendor=1' };

let tracing: Tracing | undefined;
beforeAll(async () => {
  tracing = await startTracing({ OTEL_TRACES_EXPORTER: 'otlp' });
});
afterAll(() => tracing?.stop());

function passedOn(given: object, from = ROOT_CONTEXT): object {
  const carrier = {};
  propagation.inject(propagation.extract(from, given), carrier);
  return carrier;
}

test('the ids of a trace are passed on, and no baggage, a caller’s or our own', () => {
  expect(passedOn({ ...GIVEN, baggage: 'user=ann' })).toEqual(GIVEN);
  const ours = propagation.setBaggage(ROOT_CONTEXT, propagation.createBaggage({ user: { value: 'ann' } }));
  expect(passedOn(GIVEN, ours)).toEqual(GIVEN);
});

test('a trace that is not recorded stays so', () => {
  const off = { traceparent: GIVEN.traceparent.replace(/1$/, '0') };
  expect(passedOn(off)).toEqual(off);
});

test.each([{}, { traceparent: 'nonsense' }])('nothing is made of %j', (given) => {
  expect(passedOn(given)).toEqual({});
});

test('a span lies under the one that a header names', () => {
  const span = trace.getTracer('test').startSpan('here', {}, propagation.extract(ROOT_CONTEXT, GIVEN));
  // Not ended, so nothing is sent to a collector.
  expect(span.spanContext().traceId).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
});
