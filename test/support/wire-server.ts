/** A server on this machine that a test drives by hand, and a line to it whose every bound the test can shorten. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { CloudAnswer, CloudRequest, Provider } from '../../activities/cloud.js';
import type { Caller, Connection } from '../../activities/connection.js';
import type { Bounds } from '../../activities/http/bounds.js';
import { type Line, openLine } from '../../activities/http/line.js';
import { ProviderError } from '../../activities/provider-error.js';
import type { Watch } from '../../activities/watch.js';

export interface WireServer {
  readonly endpoint: string;
  readonly sockets: Set<unknown>;
}

/** Serves until the test ends; connections still open then are cut. */
export async function serve(
  handle: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>,
): Promise<WireServer> {
  const sockets = new Set<unknown>();
  const server = createServer((request, response) => void handle(request, response));
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets };
}

export function reply(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** Signs with a header, refuses nothing but error codes in a body: `{ code, text }`. */
export function plainProvider(changes: Partial<Provider> = {}): Provider {
  return {
    name: 'test-cloud',
    services: { main: (region) => `https://main.${region}.invalid` },
    credentials: undefined as unknown as Provider['credentials'],
    scopeKeys: [],
    limits: { requestsPerMinute: 10_000, concurrency: 16 },
    authenticate: () => ({ authorization: 'signed-by-the-test' }),
    classify: refuse,
    ...changes,
  };
}

function refuse(answer: CloudAnswer, request: CloudRequest): ProviderError | undefined {
  if (answer.status < 400) return undefined;
  const { code, text } = answer.body as { code: string; text?: string };
  return new ProviderError(text ?? code, {
    type: code === 'Throttling' ? 'Throttling' : answer.status === 401 ? 'AccessDenied' : 'InvalidRequest',
    retryable: false,
    sent: 'refused',
    provider: 'test-cloud',
    operation: request.operation,
    code,
    ...(code === 'Signature' && { signature: true }),
    ...(code === 'Expired' && { renewCredential: true }),
  });
}

export interface LineSetup {
  readonly endpoint: string;
  readonly provider?: Partial<Provider>;
  readonly connection?: Partial<Connection>;
  readonly bounds?: Partial<Bounds>;
  readonly watch?: Watch;
}

export function lineTo({ endpoint, provider, connection, bounds, watch }: LineSetup): Line {
  const whole: Connection = {
    name: 'here',
    provider: 'test-cloud',
    endpoint,
    scope: {},
    simulator: true,
    limits: { workers: 1 },
    secretNames: [],
    readCredentials: () => ({ secretKey: 'the-secret-key' }),
    readSecret: () => '',
    ...connection,
  };
  const line = openLine(whole, plainProvider(provider), { ...(bounds && { bounds }), ...(watch && { watch }) });
  onTestFinished(() => line.close());
  return line;
}

export const someone: Caller = { userAgent: 'temporal-provisioner/test', urgent: false };

export const read: CloudRequest = { operation: 'Get', service: 'main', method: 'GET', path: '/thing', effect: 'none' };
export const create: CloudRequest = { ...read, operation: 'Create', method: 'POST', json: { a: 1 }, effect: 'creates' };
export const change: CloudRequest = { ...read, operation: 'Delete', method: 'DELETE', effect: 'changes' };

/** What a call threw; fails the test where it threw nothing. */
export async function thrownBy(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new Error('the call did not fail');
}

export async function factsOf(call: Promise<unknown>): Promise<ProviderError['facts']> {
  const error = await thrownBy(call);
  if (error instanceof ProviderError) return error.facts;
  throw error;
}
