/** `TEMPORAL_API_KEY` on its way: what a server over TLS is sent, by the command line's connection and by a worker's native one. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createSecureServer, type Http2SecureServer, type IncomingHttpHeaders } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { runCli, startCli } from './cli-process.js';
import { type Certificates, makeCertificates } from './support/certificates.js';

const KEY = 'a-key-of-temporal-cloud';
const SECRETS = Object.fromEntries(
  [
    ...['HUAWEI_AK', 'HUAWEI_SK', 'NCP_ACCESS_KEY', 'NCP_SECRET_KEY', 'HDFS_PASSWORD'],
    ...['ALIBABA_CLOUD_ACCESS_KEY_ID', 'ALIBABA_CLOUD_ACCESS_KEY_SECRET'],
  ].map((name) => [name, 'set']),
);
/** gRPC: a message without a field. */
const EMPTY = Buffer.alloc(5);
const UNAUTHENTICATED = '16';

let certificates: Certificates;
let server: Http2SecureServer;
let seen: IncomingHttpHeaders[] = [];
/** Methods that are answered, with an empty message; the others are refused. */
let answered: readonly string[] = [];

beforeAll(async () => {
  certificates = await makeCertificates();
  const [cert, key] = await Promise.all(
    [certificates.server.cert, certificates.server.key].map((path) => readFile(path)),
  );
  server = createSecureServer({ cert: cert as Buffer, key: key as Buffer });
  server.on('stream', (stream, headers) => {
    seen.push(headers);
    const status = answered.includes(methodOf(headers)) ? '0' : UNAUTHENTICATED;
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': status }));
    stream.end(status === '0' ? EMPTY : undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  server.close();
  await certificates.remove();
});

function environment(): Readonly<Record<string, string>> {
  seen = [];
  const { port } = server.address() as AddressInfo;
  return {
    ...SECRETS,
    // Not by its IP address: Node warns about one as a TLS server name.
    TEMPORAL_ADDRESS: `localhost:${port}`,
    TEMPORAL_NAMESPACE: 'shop.a1b2c',
    TEMPORAL_API_KEY: KEY,
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: certificates.authority.cert,
  };
}

const methodOf = (headers: IncomingHttpHeaders) => headers[':path']?.split('/').at(-1) ?? '';
/** By the SDK's core, not by the check before it. */
const isNative = (headers: IncomingHttpHeaders) => /tonic/.test(headers['user-agent'] ?? '');

test('an API key is sent as a bearer token over TLS, and one that is refused is told in one line without it', async () => {
  answered = [];
  const { code, stderr, stdout } = await runCli(['list'], { env: environment() });
  expect(seen.length).toBeGreaterThan(0);
  expect(seen.map(({ authorization }) => authorization)).toEqual(seen.map(() => `Bearer ${KEY}`));
  expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
  expect(stderr).toMatch(/^error: [^\n]*refused our credentials: check TEMPORAL_API_KEY[^\n]*\n$/);
  expect(stderr).not.toContain(KEY);
});

test("a worker's own connection sends the API key with every request, and the namespace with those for work", async () => {
  answered = ['GetSystemInfo', 'DescribeNamespace'];
  const folder = mkdtempSync(join(tmpdir(), 'api-key-'));
  const config = join(folder, 'provisioner.config.yaml');
  const example = readFileSync('examples/provisioner.config.yaml', 'utf8');
  // Without them nothing is asked before the worker polls.
  writeFileSync(config, `${example}\nsearchAttributes: false\n`);
  const { process, ended } = startCli(['worker', '--config', config], { env: environment() });
  const polls = () => seen.filter((headers) => isNative(headers) && methodOf(headers).startsWith('Poll'));
  const until = Promise.race([ended, vi.waitUntil(() => polls().length > 1, { timeout: 20_000 })]);
  await until.finally(() => process.kill('SIGKILL'));
  const { stderr } = await ended;
  rmSync(folder, { recursive: true });
  expect(polls().length).toBeGreaterThan(1);
  expect(seen.map(({ authorization }) => authorization)).toEqual(seen.map(() => `Bearer ${KEY}`));
  const others = seen.filter((headers) => methodOf(headers) !== 'GetSystemInfo');
  expect(others.map((headers) => headers['temporal-namespace'])).toEqual(others.map(() => 'shop.a1b2c'));
  expect(stderr).not.toContain(KEY);
});
