/** One exchange over real sockets: deadlines, sizes, redirects, cuts, proxies; what each means for a create. */
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import type { CloudRequest } from '../activities/cloud.js';
import { BOUNDS } from '../activities/http/bounds.js';
import { Transport } from '../activities/http/transport.js';
import { change, create, factsOf, lineTo, read, reply, serve, someone, thrownBy } from './support/wire-server.js';

afterEach(() => void vi.unstubAllEnvs());

const EFFECTS: readonly (readonly [string, CloudRequest])[] = [
  ['read', read],
  ['create', create],
  ['change', change],
];

/** What a broken exchange means for each effect: nothing for a read, unknown for the others. */
const SENT = { none: 'never', creates: 'unknown', changes: 'unknown', withdraws: 'unknown' } as const;

async function listenTcp(handle: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    handle(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return (server.address() as AddressInfo).port;
}

test('an answer comes with lower-case headers, parsed body, text and request id', async () => {
  const { endpoint } = await serve((_, response) =>
    reply(response, 200, '{"id":9007199254740993}', { 'X-Request-Id': 'r' }),
  );
  const answer = await lineTo({ endpoint }).cloud(someone).call(read);
  expect(answer).toMatchObject({ status: 200, body: { id: '9007199254740993' }, requestId: 'r' });
  expect(answer.text).toBe('{"id":9007199254740993}');
});

test('a request carries method, path, query, body, user agent and the signature', async () => {
  const seen: unknown[] = [];
  const { endpoint } = await serve((request, response) => {
    const { method, url, headers } = request;
    seen.push({
      method,
      url,
      agent: headers['user-agent'],
      auth: headers.authorization,
      type: headers['content-type'],
    });
    reply(response, 200, {});
  });
  const cloud = lineTo({ endpoint: `${endpoint}/base/` }).cloud(someone);
  await cloud.call({ ...create, query: { b: 'x y+z*', a: 'ü' } });
  await cloud.call({ ...change, form: { p: 'q&r' } });
  expect(seen).toEqual([
    {
      method: 'POST',
      url: '/base/thing?b=x%20y%2Bz%2A&a=%C3%BC',
      agent: 'temporal-provisioner/test',
      auth: 'signed-by-the-test',
      type: 'application/json',
    },
    {
      method: 'DELETE',
      url: '/base/thing',
      agent: 'temporal-provisioner/test',
      auth: 'signed-by-the-test',
      type: 'application/x-www-form-urlencoded',
    },
  ]);
});

test.each(EFFECTS)('a refused connection leaves nothing sent for a %s', async (_, request) => {
  const cloud = lineTo({ endpoint: 'http://127.0.0.1:1' }).cloud(someone);
  const facts = await factsOf(cloud.call(request));
  expect(facts).toMatchObject({ type: 'NetworkFailure', sent: 'never', retryable: true, code: 'ECONNREFUSED' });
});

test('a host name that nobody knows leaves nothing sent for a create', async () => {
  const cloud = lineTo({ endpoint: 'https://no-such-host.invalid' }).cloud(someone);
  expect(await factsOf(cloud.call(create))).toMatchObject({ type: 'NetworkFailure', sent: 'never', retryable: true });
});

test('a server without a certificate that we trust gets no request', async () => {
  const server = createTlsServer({}, () => undefined);
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const cloud = lineTo({ endpoint: `https://127.0.0.1:${(server.address() as AddressInfo).port}` }).cloud(someone);
  expect(await factsOf(cloud.call(create))).toMatchObject({ type: 'NetworkFailure', sent: 'never', retryable: true });
});

test('a TLS handshake that never ends is cut by the connect deadline with nothing sent', async () => {
  const port = await listenTcp(() => undefined);
  const line = lineTo({ endpoint: `https://127.0.0.1:${port}`, bounds: { connectMs: 200 } });
  expect(await factsOf(line.cloud(someone).call(create))).toMatchObject({ type: 'NetworkFailure', sent: 'never' });
});

test.each(EFFECTS)('a server that never answers a %s ends in a time-out', async (_, request) => {
  const { endpoint } = await serve(() => undefined);
  const line = lineTo({ endpoint, bounds: { totalMs: 600 } });
  const facts = await factsOf(line.cloud(someone).call(request));
  expect(facts).toMatchObject({ type: 'ServiceTimeout', sent: SENT[request.effect], retryable: true });
});

test('headers that come too late end the exchange before its total deadline', async () => {
  const { endpoint } = await serve(() => undefined);
  const line = lineTo({ endpoint, bounds: { headersMs: 100 } });
  const facts = await factsOf(line.cloud(someone).call(create));
  expect(facts).toMatchObject({ type: 'ServiceTimeout', sent: 'unknown', code: 'UND_ERR_HEADERS_TIMEOUT' });
});

test.each(EFFECTS)('a body that never ends is cut by the total deadline for a %s', async (_, request) => {
  const { endpoint } = await serve((__, response) => {
    response.writeHead(200);
    response.write('{');
  });
  const line = lineTo({ endpoint, bounds: { totalMs: 600 } });
  const facts = await factsOf(line.cloud(someone).call(request));
  expect(facts).toMatchObject({ type: 'ServiceTimeout', sent: SENT[request.effect], retryable: true });
});

test.each(EFFECTS)('a socket cut before the answer leaves the outcome of a %s open', async (_, request) => {
  const { endpoint } = await serve((incoming) => void incoming.socket.destroy());
  const facts = await factsOf(lineTo({ endpoint }).cloud(someone).call(request));
  expect(facts).toMatchObject({ type: 'NetworkFailure', sent: SENT[request.effect], retryable: true });
});

test('a socket cut in the middle of an answer leaves the outcome of a create open', async () => {
  const { endpoint } = await serve((incoming, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('{"id":');
    setTimeout(() => incoming.socket.destroy(), 20);
  });
  const facts = await factsOf(lineTo({ endpoint }).cloud(someone).call(create));
  expect(facts).toMatchObject({ type: 'NetworkFailure', sent: 'unknown' });
});

test.each(EFFECTS)('an answer larger than the bound is given up for a %s', async (_, request) => {
  const { endpoint } = await serve((__, response) => reply(response, 200, 'x'.repeat(5_000)));
  const line = lineTo({ endpoint, bounds: { maxResponseBytes: 1_000 } });
  const facts = await factsOf(line.cloud(someone).call(request));
  expect(facts).toMatchObject({
    type: 'ServiceInternalError',
    sent: SENT[request.effect],
    retryable: request.effect !== 'none',
  });
});

test('an answer without a length is bounded while it comes in', async () => {
  const { endpoint } = await serve((_, response) => {
    response.writeHead(200);
    for (let i = 0; i < 50; i++) response.write('x'.repeat(100));
    response.end();
  });
  const line = lineTo({ endpoint, bounds: { maxResponseBytes: 1_000 } });
  expect((await factsOf(line.cloud(someone).call(read))).type).toBe('ServiceInternalError');
});

test('a redirect is not followed and means that the endpoint is wrong', async () => {
  let elsewhere = 0;
  const other = await serve((_, response) => {
    elsewhere += 1;
    reply(response, 200, {});
  });
  const { endpoint } = await serve((_, response) => reply(response, 307, '', { location: `${other.endpoint}/thing` }));
  const facts = await factsOf(lineTo({ endpoint }).cloud(someone).call(create));
  expect(facts).toMatchObject({ type: 'Misconfigured', retryable: false, sent: 'refused', status: 307 });
  expect(elsewhere).toBe(0);
});

test('creates use a connection of their own each, reads use old ones again', async () => {
  const { endpoint, sockets } = await serve((_, response) => reply(response, 200, {}));
  const cloud = lineTo({ endpoint }).cloud(someone);
  for (let i = 0; i < 10; i++) await cloud.call(read);
  const forReads = sockets.size;
  expect(forReads).toBeLessThan(5);
  for (let i = 0; i < 10; i++) await cloud.call(create);
  expect(sockets.size).toBe(forReads + 10);
});

test('not a byte of a request leaves when connecting took longer than its window', async () => {
  let arrived = 0;
  const { endpoint, sockets } = await serve((_, response) => {
    arrived += 1;
    reply(response, 200, {});
  });
  const transport = new Transport(BOUNDS, 'loopback');
  onTestFinished(() => transport.close());
  const exchange = {
    wire: { method: 'POST', url: new URL(endpoint), headers: {}, body: '{}' },
    socket: 'fresh',
    sendBefore: performance.now(),
    started: () => undefined,
  } as const;
  expect(await thrownBy(transport.send(exchange))).toMatchObject({ why: 'window', started: false });
  expect([sockets.size, arrived]).toEqual([1, 0]);
});

test.each([
  ['http://example.com', 'Misconfigured'],
  ['ftp://127.0.0.1', 'Misconfigured'],
  ['not a url', 'Misconfigured'],
  ['https://user:pass@example.com', 'Misconfigured'],
])('an endpoint that could leak requests is refused before anything is sent: %s', async (endpoint, type) => {
  const facts = await factsOf(lineTo({ endpoint }).cloud(someone).call(create));
  expect(facts).toMatchObject({ type, retryable: false, sent: 'never' });
});

test('a path that a URL would rewrite is refused, since ids come from answers', async () => {
  const { endpoint } = await serve((_, response) => reply(response, 200, {}));
  const cloud = lineTo({ endpoint }).cloud(someone);
  for (const path of ['/v1/../admin', '/v1/%2e%2e/admin', '/v1/a?b=c', '/v1/a#b']) {
    expect((await factsOf(cloud.call({ ...change, path }))).type).toBe('Misconfigured');
  }
});

test('a connection without endpoint and region says that it needs one of them', async () => {
  const provider = { services: { main: (region: string) => `https://main.${region}.invalid` } };
  const line = lineTo({ endpoint: '', provider });
  const error = await thrownBy(line.cloud(someone).call(read));
  expect((error as Error).message).toContain('give it a region, or an endpoint for main');
});

test('the corporate proxy is asked for a tunnel, and its refusal means nothing was sent', async () => {
  const asked: string[] = [];
  const port = await listenTcp((socket) => {
    socket.once('data', (data) => {
      asked.push(data.toString().split('\r\n')[0] ?? '');
      socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
    });
  });
  vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${port}`);
  vi.stubEnv('https_proxy', undefined);
  vi.stubEnv('NO_PROXY', '');
  vi.stubEnv('no_proxy', undefined);
  const cloud = lineTo({ endpoint: 'https://cloud.invalid' }).cloud(someone);
  expect(await factsOf(cloud.call(create))).toMatchObject({ type: 'NetworkFailure', sent: 'never' });
  expect(await factsOf(cloud.call(read))).toMatchObject({ type: 'NetworkFailure', sent: 'never' });
  expect(asked).toEqual(['CONNECT cloud.invalid:443 HTTP/1.1', 'CONNECT cloud.invalid:443 HTTP/1.1']);
});

test('a proxy that never answers is cut by the deadlines with nothing sent', async () => {
  const port = await listenTcp(() => undefined);
  vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${port}`);
  vi.stubEnv('https_proxy', undefined);
  vi.stubEnv('NO_PROXY', '');
  vi.stubEnv('no_proxy', undefined);
  const line = lineTo({ endpoint: 'https://cloud.invalid', bounds: { totalMs: 200 } });
  expect(await factsOf(line.cloud(someone).call(create))).toMatchObject({ type: 'NetworkFailure', sent: 'never' });
  expect(await factsOf(line.cloud(someone).call(read))).toMatchObject({ type: 'NetworkFailure', sent: 'never' });
  const quick = lineTo({ endpoint: 'https://cloud.invalid', bounds: { connectMs: 200 } });
  expect(await factsOf(quick.cloud(someone).call(create))).toMatchObject({ type: 'NetworkFailure', sent: 'never' });
});

test('requests to this machine never go through the proxy', async () => {
  vi.stubEnv('HTTP_PROXY', 'http://127.0.0.1:1');
  vi.stubEnv('http_proxy', 'http://127.0.0.1:1');
  const { endpoint } = await serve((_, response) => reply(response, 200, {}));
  expect((await lineTo({ endpoint }).cloud(someone).call(create)).status).toBe(200);
});
