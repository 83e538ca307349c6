/** Ids of spans that a run makes of itself, and whether the environment asks for traces at all. */
import { describe, expect, test } from 'vitest';
import { childOf, parseTraceparent, rootOf, traceparentOf } from '../../worker/telemetry/trace-context.js';
import { isTracingAsked, TracingError } from '../../worker/telemetry/tracing.js';

const GIVEN = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

test('a child keeps the trace and its sampling, and comes out alike for the same run, apart for another', () => {
  const parent = parseTraceparent(GIVEN);
  if (!parent) throw new Error('it is a traceparent');
  expect(traceparentOf(parent)).toBe(GIVEN);
  const child = childOf(parent, 'run-1');
  expect(child).toMatchObject({ traceId: parent.traceId, parentSpanId: parent.spanId, sampled: true });
  expect(childOf(parent, 'run-1')).toEqual(child);
  const ids = Array.from({ length: 20_000 }, (_, call) => childOf(parent, `run-1 ${call}`).spanId);
  expect(new Set([...ids, child.spanId]).size).toBe(20_001);
  expect(ids.every((id) => /^[0-9a-f]{16}$/.test(id))).toBe(true);
  expect(childOf({ ...parent, sampled: false }, 'x').sampled).toBe(false);
});

test('a run that nobody traced is the root of a trace with an id of its own', () => {
  expect(rootOf('run-1')).toEqual({
    traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    spanId: expect.any(String),
    sampled: true,
  });
  expect(rootOf('run-2').traceId).not.toBe(rootOf('run-1').traceId);
});

test.each(['', 'x', '00-0-0-01', GIVEN.replace('4bf92f3577b34da6a3ce929d0e0e4736', '0'.repeat(32)), `${GIVEN} `])(
  '%j is no traceparent and is left aside',
  (text) => {
    expect(parseTraceparent(text)).toBeUndefined();
  },
);

test('flags that are not sampled are kept, and a later version’s further fields are allowed', () => {
  expect(parseTraceparent(GIVEN.replace(/01$/, '00'))?.sampled).toBe(false);
  expect(parseTraceparent(`cc-${GIVEN.slice(3)}-more`)?.sampled).toBe(true);
});

describe('traces', () => {
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };
  test.each([
    ['nothing asks for them', {}, false],
    ['an endpoint is named', endpoint, true],
    [
      'an endpoint for traces is named',
      { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:4318/v1/traces' },
      true,
    ],
    ['the exporter is otlp', { OTEL_TRACES_EXPORTER: 'otlp' }, true],
    ['the exporter is none', { ...endpoint, OTEL_TRACES_EXPORTER: 'none' }, false],
    ['the SDK is turned off', { ...endpoint, OTEL_SDK_DISABLED: 'true' }, false],
  ])('are on or off as the standard variables say where %s', (_case, env, on) => {
    expect(isTracingAsked(env)).toBe(on);
  });

  test('to an exporter that is not there are refused with those that are', () => {
    expect(() => isTracingAsked({ OTEL_TRACES_EXPORTER: 'zipkin' })).toThrow(TracingError);
    expect(() => isTracingAsked({ OTEL_TRACES_EXPORTER: 'zipkin' })).toThrow(/must be otlp or none/);
  });
});
