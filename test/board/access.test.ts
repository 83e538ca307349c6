/** Who gets into the board, and what it refuses before anything is reached. No Temporal server is there. */
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Board, unsafe } from '../../board/board.js';
import { nameIn, namesOf } from '../../board/hosts.js';
import { boardWithoutServer, NOWHERE, Visitor } from '../support/board.js';

const TOKEN = 'correct-horse-battery-staple';
let open: Board;
let locked: Board;

beforeAll(async () => {
  [open, locked] = await Promise.all([
    boardWithoutServer(),
    boardWithoutServer({ token: TOKEN, names: ['board.example.com'] }),
  ]);
});
afterAll(() => Promise.all([open.close(), locked.close()]));

/** fetch sets its own Host. */
function askAs(host: string, board: Board, path = '/assets/board.css'): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`${board.url}${path}`, { headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

describe('the host name', () => {
  test.each(['evil.example', 'evil.example:8234', '127.0.0.1.evil.example', '[::ffff', 'localhost@evil.example'])(
    'that is not the board’s own is refused, as %j',
    async (host) => expect(await askAs(host, open)).toBeGreaterThanOrEqual(400),
  );

  test('of this machine is answered with any port, as a tunnel has another', async () => {
    for (const host of ['127.0.0.1:1', 'localhost', 'LOCALHOST:9', '[::1]:8234'])
      expect(await askAs(host, open)).toBe(200);
  });

  test('of a proxy is answered where it was told, and nowhere else', async () => {
    expect(await askAs('board.example.com', locked)).toBe(200);
    expect(await askAs('board.example.com', open)).toBe(403);
  });

  test('that is bound to every address has those of this machine', () => {
    expect(namesOf('0.0.0.0').has('127.0.0.1')).toBe(true);
    expect(namesOf('0.0.0.0').has('evil.example')).toBe(false);
    expect(nameIn('[::1]:80')).toBe('[::1]');
  });
});

describe('a token', () => {
  test('is required as soon as others could reach the board', () => {
    expect(unsafe({ host: '127.0.0.1', names: [], token: undefined })).toBeUndefined();
    expect(unsafe({ host: '::1', names: ['localhost'], token: undefined })).toBeUndefined();
    for (const host of ['0.0.0.0', '::', '10.0.0.7', 'box', '127.0.0.1.evil.example']) {
      expect(unsafe({ host, names: [], token: undefined })).toMatch(/give it a token/);
    }
    expect(unsafe({ host: '127.0.0.1', names: ['board.example.com'], token: undefined })).toMatch(/give it a token/);
    expect(unsafe({ host: '127.0.0.1', names: [], token: 'x'.repeat(15) })).toMatch(/at least 16 characters/);
    expect(unsafe({ host: '0.0.0.0', names: [], token: 'x'.repeat(16) })).toBeUndefined();
  });

  test('is asked for by every page, and no page without it reaches the server', async () => {
    for (const path of ['/', '/plans/any', '/nothing']) {
      const answer = await new Visitor(locked.url).get(path);
      expect([answer.status, answer.headers.get('location')]).toEqual([303, '/login']);
    }
    expect((await new Visitor(locked.url).post('/plans/any', {})).status).toBe(401);
  });

  test('that is typed lets in for as long as the cookie is kept, and stands in no page, cookie or address', async () => {
    const visitor = new Visitor(locked.url);
    await visitor.get('/login');
    const planted = visitor.cookies;
    const entered = await visitor.post('/login', { token: TOKEN });
    expect([entered.status, entered.headers.get('location')]).toEqual([303, '/']);
    expect(entered.headers.getSetCookie().join()).toMatch(/HttpOnly; SameSite=Strict/);
    expect(visitor.cookies).not.toBe(planted);
    const page = await visitor.get('/');
    expect(page.status).toBe(502);
    expect(await page.text()).not.toContain(TOKEN);
    expect(visitor.cookies).not.toContain(TOKEN);
    expect((await visitor.post('/logout', {})).status).toBe(303);
    expect((await visitor.get('/')).status).toBe(303);
  });

  test('that is wrong is not repeated, and leaves everything closed', async () => {
    const visitor = new Visitor(locked.url);
    await visitor.get('/login');
    const wrong = await visitor.post('/login', { token: 'open sesame, open sesame' });
    expect(wrong.status).toBe(401);
    expect(await wrong.text()).not.toContain('sesame');
    expect((await visitor.get('/')).status).toBe(303);
    expect((await visitor.get('/', { authorization: 'Bearer open-sesame' })).status).toBe(401);
  });

  test('in a header lets a program in', async () => {
    const visitor = new Visitor(locked.url);
    expect((await visitor.get('/', { authorization: `Bearer ${TOKEN}` })).status).toBe(502);
  });

  test('cannot be replaced by a cookie that somebody made, or that another board gave', async () => {
    const forged = `x.operator.${Date.now() + 1e6}.${'A'.repeat(43)}`;
    const name = /^[^=]+/.exec((await new Visitor(locked.url).get('/login')).headers.getSetCookie()[0] ?? '')?.[0];
    const other = new Visitor(open.url);
    await other.get('/');
    for (const value of [forged, other.cookies.split('=')[1] ?? '']) {
      expect((await new Visitor(locked.url).get('/', { cookie: `${name}=${value}` })).status).toBe(303);
    }
  });
});

describe('a form', () => {
  const fields = { act: 'rollback', by: 'ann', why: 'ticket 7', run: 'x' };

  /** Logged in, and shown a form. */
  async function operator(): Promise<Visitor> {
    const visitor = new Visitor(locked.url);
    await visitor.get('/login');
    await visitor.post('/login', { token: TOKEN });
    await visitor.get('/');
    // It goes through, to a server that is not there.
    expect((await visitor.post('/plans/any', fields)).status).toBe(502);
    return visitor;
  }

  test.each([
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://127.0.0.1:1' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'none' },
  ])('that a browser sends from elsewhere is refused: %j', async (headers) => {
    expect((await (await operator()).post('/plans/any', fields, headers as Record<string, string>)).status).toBe(403);
  });

  test('that says nothing of where it was is refused', async () => {
    const visitor = await operator();
    const body = new URLSearchParams({ ...fields, formToken: visitor.formToken });
    const headers = { cookie: visitor.cookies, 'sec-fetch-mode': 'navigate' };
    expect((await fetch(`${locked.url}/plans/any`, { method: 'POST', body, headers })).status).toBe(403);
  });

  test('without the token of its page, or with another operator’s, is refused', async () => {
    const [one, other] = [await operator(), await operator()];
    for (const formToken of ['', 'x'.repeat(43), other.formToken]) {
      expect((await one.post('/plans/any', { ...fields, formToken })).status).toBe(403);
    }
  });

  test('of a program that brings the token needs no page', async () => {
    const body = new URLSearchParams(fields);
    const headers = { authorization: `Bearer ${TOKEN}` };
    expect((await fetch(`${locked.url}/plans/any`, { method: 'POST', body, headers })).status).toBe(502);
  });

  test('that is larger than any form of the board is refused', async () => {
    const visitor = new Visitor(open.url);
    expect((await visitor.post('/plans/any', { why: 'x'.repeat(100_000) })).status).toBe(413);
  });

  test.each([
    ['/', 'POST', 'GET'],
    ['/', 'DELETE', 'GET'],
    ['/plans/any', 'PUT', 'GET, POST'],
    ['/plans/any', 'DELETE', 'GET, POST'],
    ['/logout', 'GET', 'POST'],
    ['/login', 'PUT', 'GET, POST'],
  ])('%s is not answered by %s, and says by what', async (path, method, allow) => {
    const answer = await fetch(`${open.url}${path}`, { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow]);
  });
});

test('a server that is not there is named, and nothing of how it was looked for is shown', async () => {
  for (const path of ['/', '/plans/any']) {
    const answer = await new Visitor(open.url).get(path);
    expect(answer.status).toBe(502);
    const text = await answer.text();
    expect(text).toContain(NOWHERE);
    expect(text).not.toMatch(/at .*\.(ts|js):\d+|node_modules|ServiceError/);
  }
});

test('every answer binds the browser: no inline script or style, nobody’s frame, no store', async () => {
  for (const path of ['/', '/plans/any', '/nothing', '/login']) {
    const { headers } = await new Visitor(open.url).get(path);
    const policy = headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('same-origin');
    if (headers.get('location') === null) expect(headers.get('cache-control')).toBe('no-store');
  }
});

test('no file but the board’s own is served', async () => {
  for (const path of [
    '/assets/..%2Fapp.ts',
    '/assets/app.js',
    '/assets/constructor',
    '/assets/%2e%2e/%2e%2e/package.json',
  ]) {
    expect((await new Visitor(open.url).get(path)).status).toBe(404);
  }
  for (const name of ['board.js', 'idiomorph.js', 'board.css', 'icon.svg']) {
    expect((await new Visitor(open.url).get(`/assets/${name}`)).status).toBe(200);
  }
});

test('what somebody typed into a filter is refused by its rule before it is asked, and is not repeated', async () => {
  for (const query of [
    'outcome=x%22%20OR%201',
    'name=a%22%20OR%20%22b',
    'name=%25',
    'page=%20',
    `name=${'a'.repeat(64)}`,
  ]) {
    const answer = await new Visitor(open.url).get(`/?${query}`);
    expect(answer.status).toBe(400);
    expect(await answer.text()).not.toMatch(/ OR /);
  }
});
