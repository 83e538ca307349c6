/** What a line tells of its exchanges: each one that was sent, once, with the facts of its end and no secret among them. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { expect, test } from 'vitest';
import { type ExchangeReport, UNWATCHED } from '../activities/watch.js';
import { freePort } from '../worker/embedded-server/free-port.js';
import { create, lineTo, read, reply, serve, someone, thrownBy } from './support/wire-server.js';

function watched() {
  const reports: ExchangeReport[] = [];
  const queue: number[] = [];
  const waits: number[] = [];
  const watch = {
    ...UNWATCHED,
    exchanged: (report: ExchangeReport) => void reports.push(report),
    queued: (requests: number) => void queue.push(requests),
    waited: (ms: number) => void waits.push(ms),
  };
  return { watch, reports, queue, waits };
}

test('an answered call is told with status, request id, the cloud’s time and its path without the query', async () => {
  const date = new Date(Math.floor(Date.now() / 1000) * 1000 - 90_000);
  const { endpoint } = await serve((_, response) => {
    response.setHeader('date', date.toUTCString());
    response.setHeader('x-request-id', 'req-7 the-secret-key');
    reply(response, 200, {});
  });
  const { watch, reports, queue, waits } = watched();
  await lineTo({ endpoint, watch })
    .cloud(someone)
    .call({ ...read, query: { name: 'private' } });
  expect(reports).toEqual([
    {
      ...{ operation: 'Get', service: 'main', method: 'GET', status: 200, requestId: 'req-7 ***' },
      ...{ url: new URL('/thing', endpoint), cloudTime: date.getTime() },
      ...{ startedAt: expect.any(Number), durationMs: expect.any(Number) },
    },
  ]);
  expect([queue, waits.length]).toEqual([[1, 0], 1]);
});

test('a refusal, a cut line and a server that is not there are told once each, with what they mean', async () => {
  const { endpoint } = await serve((request, response) => {
    if (request.url?.startsWith('/cut')) request.socket.destroy();
    else reply(response, 400, { code: 'Nope' });
  });
  const { watch, reports } = watched();
  const cloud = lineTo({ endpoint, watch }).cloud(someone);
  await thrownBy(cloud.call(read));
  await thrownBy(cloud.call({ ...read, path: '/cut' }));
  const nowhere = lineTo({ endpoint: `http://127.0.0.1:${await freePort()}`, watch });
  await thrownBy(nowhere.cloud(someone).call(create));
  const told = reports.map(({ status, failure, code }) => [status, failure, code]);
  expect(told).toEqual([
    [400, expect.any(String), 'Nope'],
    [undefined, 'NetworkFailure', expect.any(String)],
    [undefined, 'NetworkFailure', 'ECONNREFUSED'],
  ]);
});

test('a create that its fence holds back is no exchange, and a cancelled read is told as cancelled', async () => {
  const { endpoint } = await serve(() => undefined);
  const { watch, reports } = watched();
  const line = lineTo({ endpoint, watch });
  const no = () => Promise.reject(new Error('given up'));
  await thrownBy(line.cloud({ ...someone, beforeCreate: no }).call(create));
  expect(reports).toEqual([]);
  const stop = new AbortController();
  const call = thrownBy(line.cloud({ ...someone, signal: stop.signal }).call(read));
  setTimeout(() => stop.abort(new Error('enough')), 100);
  await call;
  expect(reports.map(({ failure, status }) => [failure, status])).toEqual([['Cancelled', undefined]]);
});

test('a shared look-up runs as part of the activity that drives it, whoever set it going', async () => {
  const activity = new AsyncLocalStorage<string>();
  const cloud = lineTo({ endpoint: 'http://127.0.0.1:1' }).cloud(someone);
  const seen: (string | undefined)[] = [];
  const lookUp = async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    seen.push(activity.getStore());
  };
  const asked = ['first', 'second'].map((name) => activity.run(name, () => cloud.shared('list', lookUp)));
  await Promise.all(asked);
  expect(seen).toEqual(['first', 'second']);
});
