/** Where a signed request may go, with real sockets: a server that must stay untouched counts who comes. */
import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import type { Connection } from '../activities/connection.js';
import { isWithin } from '../activities/http/reach.js';
import { ProviderError } from '../activities/provider-error.js';
import { change, create, lineTo, read, reply, serve, someone, thrownBy } from './support/wire-server.js';

const REAL: Partial<Connection> = { simulator: false };
const PRIVATE: Partial<Connection> = { simulator: false, allowPrivateNetwork: true };

/** A server of the test's, and the port that it has on whichever name. */
async function target(): Promise<{ readonly port: string; readonly sockets: Set<unknown> }> {
  const { endpoint, sockets } = await serve((_, response) => reply(response, 200, {}));
  return { port: new URL(endpoint).port, sockets };
}

async function refusal(endpoint: string, connection: Partial<Connection>, request = create): Promise<ProviderError> {
  const error = await thrownBy(lineTo({ endpoint, connection }).cloud(someone).call(request));
  if (!(error instanceof ProviderError)) throw error;
  return error;
}

test.each([
  ['create', create],
  ['delete', change],
  ['read', read],
])('a %s to a name that leads to this machine ends before a socket is opened', async (_, request) => {
  const { port, sockets } = await target();
  for (const scheme of ['http', 'https']) {
    const { facts, message } = await refusal(`${scheme}://localhost:${port}`, REAL, request);
    expect(facts).toMatchObject({ type: 'Misconfigured', retryable: false, sent: 'never' });
    expect(message).toBe(
      'Connection here: its host is in a private network; if that is meant, set allowPrivateNetwork: true',
    );
  }
  expect(sockets.size).toBe(0);
});

test('a name of a private network is refused by its address, which is told nowhere', async () => {
  const { facts, message } = await refusal(`https://${hostname()}`, REAL);
  expect(facts).toMatchObject({ type: 'Misconfigured', sent: 'never' });
  expect(message).not.toMatch(/\d+\.\d+/);
});

test.each([
  'http://127.0.0.1',
  'https://127.0.0.1',
  'https://[::1]',
  'https://[::ffff:127.0.0.1]',
  'https://2130706433',
])('an endpoint that is an address of this machine is refused as %s', async (endpoint) => {
  const { port, sockets } = await target();
  expect((await refusal(`${endpoint}:${port}`, REAL)).facts).toMatchObject({ type: 'Misconfigured', sent: 'never' });
  expect(sockets.size).toBe(0);
});

test('a connection that says so reaches a private network, and this machine', async () => {
  const { port, sockets } = await target();
  const cloud = lineTo({ endpoint: `http://localhost:${port}`, connection: PRIVATE }).cloud(someone);
  expect((await cloud.call(create)).status).toBe(200);
  expect(sockets.size).toBe(1);
});

test('a connection that says so still does not reach the metadata of the machine’s cloud', async () => {
  for (const host of ['169.254.169.254', '100.100.100.200', '[fd00:ec2::254]', '[::ffff:169.254.169.254]', '0.0.0.0']) {
    const { facts, message } = await refusal(`https://${host}`, PRIVATE);
    expect(facts).toMatchObject({ type: 'Misconfigured', retryable: false, sent: 'never' });
    expect(message).toContain('must not be at a link-local, multicast or reserved address');
  }
});

test.each([
  ['64:ff9b::8.8.8.8', 'public', true],
  ['64:ff9b::a00:1', 'public', false],
  ['64:ff9b::a00:1', 'private', true],
  ['64:ff9b::7f00:1', 'public', false],
  ['64:ff9b::a9fe:a9fe', 'private', false],
] as const)('%s, behind a NAT64 gateway, is judged by the address that it leads to: %s %s', (address, reach, is) => {
  expect(isWithin(reach, address)).toBe(is);
});

test.each(['fd20:ce::254', 'fd00:ec2::23', '168.63.129.16', '2001:0:4136:e378::1', '3fff::1', '::ffff:0:7f00:1'])(
  'metadata, tunnels and documentation are refused whatever a connection says: %s',
  (address) => {
    expect(isWithin('private', address)).toBe(false);
    expect(isWithin('public', address)).toBe(false);
  },
);

test('a simulator’s connection reaches this machine and nothing else', async () => {
  const { port } = await target();
  const here = lineTo({ endpoint: `http://localhost:${port}` }).cloud(someone);
  expect((await here.call(create)).status).toBe(200);
  for (const host of ['10.0.0.1', '192.0.2.7', '8.8.8.8']) {
    const { message } = await refusal(`https://${host}`, { simulator: true });
    expect(message).toContain('must be this machine, since simulator is true');
  }
});

test('a redirect to the metadata of the machine’s cloud, or to anybody, is not followed', async () => {
  const canary = await target();
  for (const location of [`http://127.0.0.1:${canary.port}/`, 'http://169.254.169.254/latest/meta-data/']) {
    for (const status of [301, 302, 303, 307, 308]) {
      const { endpoint } = await serve((_, response) => reply(response, status, '', { location }));
      const { facts, message } = await refusal(endpoint, PRIVATE, read);
      expect(facts).toMatchObject({ type: 'Misconfigured', retryable: false, status });
      expect(message).toMatch(/redirect/);
      expect(message).not.toContain('169.254');
    }
  }
  expect(canary.sockets.size).toBe(0);
});

const ADDRESSES: Readonly<Record<'public' | 'private' | 'never' | 'loopback', readonly string[]>> = {
  public: [
    '8.8.8.8',
    '121.36.0.1',
    '100.63.255.255',
    '100.128.0.1',
    '172.15.0.1',
    '172.32.0.1',
    '2400:3200::1',
    '::ffff:8.8.8.8',
  ],
  private: [
    ...['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', '198.18.0.1', 'fc00::1', 'fd12::1'],
    ...['::ffff:10.0.0.1', '::ffff:c0a8:101'],
  ],
  loopback: ['127.0.0.1', '127.255.255.254', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1'],
  never: [
    ...['169.254.169.254', '100.100.100.200', '0.0.0.0', '224.0.0.1', '255.255.255.255', '192.0.2.1', '::', 'fe80::1'],
    ...[
      'ff02::1',
      '64:ff9b::7f00:1',
      '2002:7f00:1::',
      '2001:db8::1',
      'fd00:ec2::254',
      '::ffff:169.254.169.254',
      'no address',
    ],
  ],
};

test('each range of addresses is reached by who may, and by nobody else', () => {
  const reached = (reach: 'public' | 'private' | 'loopback') =>
    Object.entries(ADDRESSES).flatMap(([range, all]) =>
      all.filter((address) => isWithin(reach, address)).map((address) => `${range} ${address}`),
    );
  const of = (...ranges: (keyof typeof ADDRESSES)[]) =>
    Object.keys(ADDRESSES).flatMap((range) =>
      ranges.includes(range as never) ? ADDRESSES[range as 'public'].map((address) => `${range} ${address}`) : [],
    );
  expect(reached('public')).toEqual(of('public'));
  expect(reached('private')).toEqual(of('public', 'private', 'loopback'));
  expect(reached('loopback')).toEqual(of('loopback'));
});
