/** `TEMPORAL_API_KEY` on its way: what a server over TLS is sent, by the command line's connection and by a worker's native one. */
import { readFile } from 'node:fs/promises';
import { createSecureServer, type Http2SecureServer, type IncomingHttpHeaders } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from './cli-process.js';
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
    const method = headers[':path']?.split('/').at(-1) ?? '';
    const status = answered.includes(method) ? '0' : UNAUTHENTICATED;
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

function run(...args: readonly string[]) {
  seen = [];
  const { port } = server.address() as AddressInfo;
  const env = {
    ...SECRETS,
    // Not by its IP address: Node warns about one as a TLS server name.
    TEMPORAL_ADDRESS: `localhost:${port}`,
    TEMPORAL_NAMESPACE: 'shop.a1b2c',
    TEMPORAL_API_KEY: KEY,
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: certificates.authority.cert,
  };
  return runCli(args, { env });
}

test('an API key is sent as a bearer token over TLS, and one that is refused is told in one line without it', async () => {
  answered = [];
  const { code, stderr, stdout } = await run('list');
  expect(seen.length).toBeGreaterThan(0);
  expect(seen.map(({ authorization }) => authorization)).toEqual(seen.map(() => `Bearer ${KEY}`));
  expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
  expect(stderr).toMatch(/^error: [^\n]*refused our credentials: check TEMPORAL_API_KEY[^\n]*\n$/);
  expect(stderr).not.toContain(KEY);
});

test("a worker's own connection sends the API key and the namespace with every request", async () => {
  answered = ['GetSystemInfo', 'DescribeNamespace', 'ListSearchAttributes'];
  const { code, stderr } = await run('worker', '--config', 'examples/provisioner.config.yaml');
  const native = seen.filter((headers) => /tonic/.test(headers['user-agent'] ?? ''));
  expect(native.map((headers) => headers[':path']?.split('/').at(-1))).toContain('GetSystemInfo');
  expect(seen.map(({ authorization }) => authorization)).toEqual(seen.map(() => `Bearer ${KEY}`));
  expect(code).not.toBe(0);
  expect(stderr).not.toContain(KEY);
});
