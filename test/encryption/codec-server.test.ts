/** The codec server over real sockets: what it gives to whom, and that nothing of what it was sent is in a refusal. */
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CodecServer, codecServerProblem, startCodecServer } from '../../codec-server/serve.js';
import { writePayload } from '../../codec-server/wire.js';
import { createEncryption } from '../../encryption/index.js';
import { Visitor } from '../support/board.js';

const TOKEN = 'correct-horse-battery-staple';
const UI = 'http://127.0.0.1:8233';
const BEARER = { authorization: `Bearer ${TOKEN}` };
const FROM_UI = { origin: UI, 'sec-fetch-site': 'same-site' };

const { codec } = createEncryption({ current: 'k1', keys: { k1: () => 'ab'.repeat(32) } });
const stranger = createEncryption({ current: 'k2', keys: { k2: () => 'cd'.repeat(32) } }).codec;
const VALUE = { name: 'harmless-bird' };
const plain = defaultPayloadConverter.toPayload(VALUE) as Payload;

let server: CodecServer;
beforeAll(async () => {
  const onDefect = (error: unknown) => {
    throw error;
  };
  const place = { host: '127.0.0.1', port: 0, names: [] };
  server = await startCodecServer({ codec, ...place, token: TOKEN, uiOrigin: UI, onDefect });
});
afterAll(() => server.close());

async function bodyOf(payloads: readonly Payload[]): Promise<string> {
  return JSON.stringify({ payloads: payloads.map(writePayload) });
}

async function sealedBody(): Promise<string> {
  return await bodyOf(await codec.encode([plain]));
}

async function ask(path: string, body: string, headers: Readonly<Record<string, string>> = BEARER): Promise<Response> {
  const own = { 'content-type': 'application/json', 'x-namespace': 'default' };
  return await fetch(server.url + path, { method: 'POST', headers: { ...own, ...headers }, body, redirect: 'manual' });
}

async function valuesIn(answer: Response): Promise<unknown[]> {
  expect(answer.status).toBe(200);
  const { payloads } = (await answer.json()) as { payloads: { metadata: Record<string, string>; data: string }[] };
  return payloads.map(({ metadata, data }) => {
    const bytes = (text: string) => Buffer.from(text, 'base64');
    const fields = Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, bytes(value)]));
    return defaultPayloadConverter.fromPayload({ metadata: fields, data: bytes(data) });
  });
}

describe('with the token', () => {
  test.each(['/decode', '/decode?preserveStorageRefs=true', '/some/where/default/decode'])(
    'what is sent to %s comes back decrypted',
    async (path) => expect(await valuesIn(await ask(path, await sealedBody()))).toEqual([VALUE]),
  );

  test('what is encoded is encrypted with the current key, and can be decoded', async () => {
    const answer = await ask('/encode', await bodyOf([plain]));
    const text = await answer.text();
    expect(text).toContain(Buffer.from('binary/encrypted').toString('base64'));
    expect(text).not.toContain(Buffer.from('harmless-bird').toString('base64').slice(0, 12));
    expect(await valuesIn(await ask('/decode', text))).toEqual([VALUE]);
  });

  test('a payload of a lost key stays as it is, and hides none of the others', async () => {
    const [lost] = await stranger.encode([plain]);
    const [ours] = await codec.encode([plain]);
    const answer = await ask('/decode', await bodyOf([lost as Payload, ours as Payload, plain]));
    const { payloads } = (await answer.json()) as { payloads: unknown[] };
    expect(payloads).toEqual([writePayload(lost as Payload), writePayload(plain), writePayload(plain)]);
  });
});

describe('without it', () => {
  test.each([
    ['nothing', {}],
    ['a wrong token', { authorization: 'Bearer wrong-horse-battery-staple' }],
    ['the beginning of the token', { authorization: `Bearer ${TOKEN.slice(0, -1)}` }],
    ['another scheme', { authorization: `Basic ${Buffer.from(`x:${TOKEN}`).toString('base64')}` }],
    ['the origin of the UI alone', FROM_UI],
  ])('a request with %s is refused, and reads nothing', async (_, headers) => {
    for (const verb of ['/decode', '/encode']) {
      const answer = await ask(verb, await sealedBody(), headers);
      expect(answer.status).toBe(401);
      expect(await answer.text()).not.toMatch(/harmless|aGFybWxlc3M|correct-horse/);
    }
  });
});

describe('a browser', () => {
  const preflight = (origin: string) => {
    const asked = 'authorization,content-type,x-namespace';
    const headers = { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': asked };
    return fetch(`${server.url}/decode`, { method: 'OPTIONS', headers });
  };

  test('that shows the UI is told that it may ask, with credentials', async () => {
    const { headers, status } = await preflight(UI);
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe(UI);
    expect(headers.get('access-control-allow-credentials')).toBe('true');
    const allowed = headers.get('access-control-allow-headers');
    for (const name of ['authorization', 'content-type', 'x-namespace']) expect(allowed).toContain(name);
  });

  test.each(['http://127.0.0.1:8234', 'http://localhost:8233', 'https://127.0.0.1:8233', 'null', `${UI}.evil.example`])(
    'that shows a page of %s is told nothing, and refused with the token, too',
    async (origin) => {
      expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBeNull();
      const answer = await ask('/decode', await sealedBody(), { ...BEARER, origin });
      expect(answer.status).toBe(403);
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    },
  );

  test('in which somebody logged in may ask from the UI by its cookie, and from nowhere else', async () => {
    const visitor = new Visitor(server.url);
    await visitor.get('/');
    const origin = { origin: server.url, 'sec-fetch-site': 'same-origin' };
    expect((await visitor.post('/login', { token: 'wrong' }, origin)).status).toBe(401);
    const welcome = await visitor.post('/login', { token: TOKEN }, origin);
    expect(welcome.status).toBe(303);
    const cookie = welcome.headers.getSetCookie()[0] ?? '';
    expect(cookie).toMatch(/HttpOnly/i);
    expect(cookie).toMatch(/SameSite=Strict/i);
    const session = { cookie: cookie.split(';')[0] ?? '' };
    expect(await valuesIn(await ask('/decode', await sealedBody(), { ...session, ...FROM_UI }))).toEqual([VALUE]);
    for (const origin of [{}, { origin: 'http://evil.example' }, { origin: server.url }]) {
      expect((await ask('/decode', await sealedBody(), { ...session, ...origin })).status).toBeGreaterThanOrEqual(401);
    }
  });

  test('that was led here by a name of somebody else is refused', async () => {
    const { request } = await import('node:http');
    const status = await new Promise((resolve, reject) => {
      const asked = request(`${server.url}/decode`, { method: 'POST', headers: { host: 'evil.example', ...BEARER } });
      asked.on('response', (answer) => resolve(answer.resume().statusCode)).on('error', reject);
      asked.end('{"payloads":[]}');
    });
    expect(status).toBe(403);
  });
});

describe('a request', () => {
  test.each([
    '',
    'harmless-bird',
    '[]',
    '{"payloads":{}}',
    '{"payloads":[{"data":"harmless bird"}]}',
    '{"payloads":[1]}',
  ])('with the body %j is refused without repeating it', async (body) => {
    const answer = await ask('/decode', body);
    expect(answer.status).toBe(400);
    expect(await answer.text()).not.toContain('harmless');
  });

  test('that is larger than a page of a history is refused before it is read', async () => {
    expect((await ask('/decode', 'x'.repeat(16_000_001))).status).toBe(413);
  });

  test('to another address, or by another method, finds nothing', async () => {
    expect((await ask('/download', await sealedBody())).status).toBe(404);
    expect((await ask('/decode/', await sealedBody())).status).toBe(404);
    expect((await fetch(`${server.url}/decode`, { headers: BEARER })).status).toBe(404);
  });
});

test('a server without a token, or without the UI it is for, does not start', () => {
  expect(codecServerProblem({ token: TOKEN, uiOrigin: UI })).toBeUndefined();
  for (const token of [undefined, '', 'too-short'])
    expect(codecServerProblem({ token, uiOrigin: UI })).toMatch(/token/);
  for (const uiOrigin of [undefined, '*', 'null', `${UI}/`, `${UI}/namespaces`, '127.0.0.1:8233'])
    expect(codecServerProblem({ token: TOKEN, uiOrigin })).toMatch(/--ui-origin/);
});
