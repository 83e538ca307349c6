/** What becomes of a connection's reports: metrics, in seconds, of what was measured, and lines of the log at `info`. */
import { asyncLocalStorage, type Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure, type MetricMeter, type MetricTags } from '@temporalio/common';
import { expect, test } from 'vitest';
import type { Activities } from '../../activities/activities.js';
import { createFailure } from '../../activities/failure.js';
import type { ExchangeReport, Watch } from '../../activities/watch.js';
import { watchAttempts } from '../../activities/watch-attempts.js';
import { watchConnection } from '../../worker/telemetry/connection-watch.js';
import type { MetricName } from '../../worker/telemetry/metric-list.js';
import { createMetrics } from '../../worker/telemetry/metrics.js';
import { lineTo, read, reply, serve, someone } from '../support/wire-server.js';

interface Recorded {
  readonly name: string;
  readonly value: number;
  readonly tags: MetricTags | undefined;
}

/** A meter that keeps what it is told, in order. */
function meter() {
  const recorded: Recorded[] = [];
  const keep = (name: string) => (value: number, tags?: MetricTags) => void recorded.push({ name, value, tags });
  const metrics: Pick<MetricMeter, 'createCounter' | 'createHistogram' | 'createGauge'> = {
    createCounter: (name) => ({ name, kind: 'counter', add: keep(name) }) as never,
    createHistogram: (name) => ({ name, kind: 'histogram', record: keep(name) }) as never,
    createGauge: (name) => ({ name, kind: 'gauge', set: keep(name) }) as never,
  };
  const valuesOf = (metric: MetricName) => recorded.filter(({ name }) => name === metric).map(({ value }) => value);
  return { metrics: createMetrics(metrics as MetricMeter, 'default'), recorded, valuesOf };
}

const HERE = { name: 'here', provider: 'test-cloud' };
const THING = 'test-cloud.thing';

test('a slow answer and a tight limiter are in the metrics, in seconds, and so is the queue', async () => {
  const delayMs = 150;
  const { endpoint } = await serve((_, response) => {
    setTimeout(() => reply(response, 200, {}), delayMs);
  });
  const { metrics, valuesOf } = meter();
  const recording = watchConnection(HERE, [], metrics);
  const exchanges: ExchangeReport[] = [];
  const waits: number[] = [];
  const watch: Watch = {
    ...recording,
    exchanged(report) {
      exchanges.push(report);
      recording.exchanged(report);
    },
    waited(ms) {
      waits.push(ms);
      recording.waited(ms);
    },
  };
  const cloud = lineTo({ endpoint, watch, connection: { limits: { workers: 1, concurrency: 1 } } }).cloud(someone);
  await Promise.all([cloud.call(read), cloud.call(read), cloud.call(read)]);

  // A timer may be a millisecond early by the other clock.
  const atLeast = delayMs - 5;
  expect(Math.min(...exchanges.map(({ durationMs }) => durationMs))).toBeGreaterThan(atLeast);
  expect(valuesOf('provisioner_request_duration_seconds')).toEqual(exchanges.map((each) => each.durationMs / 1000));
  expect(waits[1]).toBeGreaterThan(atLeast);
  expect(waits[2]).toBeGreaterThan(2 * atLeast);
  expect(valuesOf('provisioner_limiter_wait_seconds')).toEqual(waits.map((ms) => ms / 1000));
  expect(valuesOf('provisioner_limiter_queue')).toEqual([1, 2, 3, 2, 1, 0]);
});

test('what alerts are made of, and what is made and deleted, begins at zero; a sweep’s orphans count', () => {
  const { metrics, recorded, valuesOf } = meter();
  const { listed, attempted } = watchConnection(HERE, [{ name: THING }], metrics);
  const at = { namespace: 'default', kind: THING, connection: 'here' };
  for (const name of ['orphans_found', 'resources_created', 'resources_deleted'])
    expect(recorded).toContainEqual({ name: `provisioner_${name}_total`, value: 0, tags: at });
  expect(recorded.filter(({ value }) => value !== 0)).toEqual([]);
  listed({
    kind: THING,
    counts: { live: 4, kept: 3, young: 1, orphan: 2, unknown: 5, elsewhere: 6, unmarked: 7 },
    whole: true,
  });
  attempted({ kind: THING, action: 'create', created: 1, deleted: 0 });
  attempted({ kind: THING, action: 'delete', created: 0, deleted: 3 });
  expect(valuesOf('provisioner_orphans_found_total')).toEqual([0, 2]);
  expect(valuesOf('provisioner_resources_live')).toEqual([15]);
  expect(valuesOf('provisioner_resources_created_total')).toEqual([0, 1]);
  expect(valuesOf('provisioner_resources_deleted_total')).toEqual([0, 3]);
});

test('an attempt’s line holds the request id and the code of what made, deleted or refused it, and no secret', async () => {
  const lines: unknown[] = [];
  const log = { info: (message: string, fields: object) => void lines.push([message, fields]) };
  const ends: Readonly<Record<string, () => Promise<unknown>>> = {
    create: async () => ({ outputs: { id: 'a' }, adopted: false, resent: false, requestId: 'req-1 hunter2' }),
    delete: async () => ({ deleted: 1, requestId: 'req-2' }),
    sweep: async () => {
      const details = { code: 'Nope.hunter2', requestId: 'req-3', operation: 'DeleteThing', status: 403 };
      throw createFailure({ type: 'AccessDenied', message: 'no hunter2', retryable: false, details });
    },
  };
  const activities = Object.fromEntries(Object.entries(ends).map(([verb, run]) => [`${THING}.${verb}`, run]));
  const redact = (text: string) => text.replace('hunter2', '***');
  const watch = watchConnection(HERE, [], meter().metrics);
  const run = async (verb: string, end?: () => Promise<unknown>) => {
    const given = { ...activities, ...(end && { [`${THING}.${verb}`]: end }) } as unknown as Activities;
    const watched = watchAttempts(THING, given, { watch, redact });
    const activity = watched[`${THING}.${verb}`] as unknown as () => Promise<unknown>;
    return asyncLocalStorage.run({ log } as unknown as Context, () => activity().catch(() => 'failed'));
  };
  const of = { kind: THING, created: 0, deleted: 0 };
  await run('create');
  await run('delete');
  await run('sweep');
  expect(lines.splice(0)).toEqual([
    ['Created', { ...of, action: 'create', requestId: 'req-1 ***', created: 1 }],
    ['Deleted', { ...of, action: 'delete', requestId: 'req-2', deleted: 1 }],
    [
      'Delete of an orphan failed',
      { ...of, action: 'sweep', failure: 'AccessDenied', code: 'Nope.***', requestId: 'req-3' },
    ],
  ]);

  await run('create', () => Promise.reject(new CancelledFailure('stop', [{ requestId: 'req-4' }])));
  await run('create', () => Promise.reject(ApplicationFailure.create({ message: 'without details' })));
  // A kind of a user's own, whose answer nobody checked.
  const odd = { outputs: { id: 'a' }, adopted: false, resent: false, requestId: 7 };
  expect(await run('create', async () => odd)).toBe(odd);
  expect(lines).toEqual([
    ['Create failed', { ...of, action: 'create', failure: 'Cancelled', requestId: 'req-4' }],
    ['Create failed', { ...of, action: 'create', failure: 'ServiceInternalError' }],
    ['Created', { ...of, action: 'create', created: 1 }],
  ]);
});
