/** A cloud of a user's own: a fictional one with lockers, its provider and its kind, written with what the package exports. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { defineKind, type Provider, ProviderError, type Sighting } from '../../index.js';

export const OWN_KEY = 'acme-key-7d1f0c';

const locker = z.object({ id: z.string(), name: z.string(), note: z.string(), door: z.number() });
type Locker = z.infer<typeof locker>;

export interface OwnCloud {
  readonly endpoint: string;
  readonly lockers: Map<string, Locker>;
  close(): Promise<void>;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

export async function startOwnCloud(): Promise<OwnCloud> {
  const lockers = new Map<string, Locker>();
  const handle = async (request: IncomingMessage): Promise<[status: number, body: unknown]> => {
    if (request.headers.authorization !== `Bearer ${OWN_KEY}`) return [401, { reason: 'who are you' }];
    if (request.method === 'GET') return [200, { lockers: [...lockers.values()] }];
    if (request.method === 'DELETE') {
      return lockers.delete(request.url?.split('/').at(-1) ?? '') ? [200, {}] : [404, { reason: 'no such locker' }];
    }
    const { name, note } = JSON.parse(await bodyOf(request)) as Locker;
    if (name === 'forbidden') return [403, { reason: 'this name is forbidden' }];
    const made = { id: randomUUID(), name, note, door: lockers.size + 1 };
    lockers.set(made.id, made);
    return [201, made];
  };
  const server = createServer((request, response) => {
    void handle(request).then(([status, body]) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lockers,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export const acme: Provider = {
  name: 'acme',
  services: { lockers: () => 'https://lockers.acme.example' },
  credentials: z.strictObject({ key: z.string() }),
  scopeKeys: [],
  limits: { requestsPerMinute: 6000, concurrency: 10 },
  authenticate: (_request, { credentials }) => ({ authorization: `Bearer ${credentials.key}` }),
  classify({ status, body }, { operation }) {
    if (status < 400) return undefined;
    const reason = (body as { reason?: string } | undefined)?.reason ?? 'no reason given';
    const type = status === 404 ? 'NotFound' : 'AccessDenied';
    return new ProviderError(reason, { type, retryable: false, sent: 'refused', provider: 'acme', operation, status });
  },
};

const spec = z.strictObject({ name: z.string().min(1), note: z.string().optional() });

const sightingOf = ({ id, name, note, door }: Locker): Sighting => ({
  id,
  name,
  description: note,
  status: 'ready',
  outputs: { door },
});

export const acmeLocker = defineKind<z.infer<typeof spec>>({
  name: 'acme.lockers.locker',
  provider: 'acme',
  title: 'Acme locker',
  spec,
  outputs: { door: 'number on its door' },
  scopeFields: {},
  secretFields: [],
  sensitiveFields: [],
  description: { maxLength: 300, path: 'note', read: ({ note }) => note, write: (given, note) => ({ ...given, note }) },
  nameOf: ({ name }) => name,
  duplicates: 'possible',
  lateCommitWindowMs: 20_000,
  calls: { create: ['POST /lockers'], delete: ['DELETE /lockers/{id}'] },
  async create(cloud, json) {
    const request = { operation: 'CreateLocker', service: 'lockers', method: 'POST', path: '/lockers', json } as const;
    const { body } = await cloud.call({ ...request, effect: 'creates' });
    const made = locker.parse(body);
    return { id: made.id, sighting: sightingOf(made) };
  },
  async find(cloud, { spec: { name }, id }) {
    const request = { operation: 'ListLockers', service: 'lockers', method: 'GET', path: '/lockers' } as const;
    const { body } = await cloud.call({ ...request, effect: 'none' });
    const all = z.object({ lockers: z.array(locker) }).parse(body).lockers;
    return all.filter((each) => each.name === name || each.id === id).map(sightingOf);
  },
  async delete(cloud, { id }) {
    const request = { operation: 'DeleteLocker', service: 'lockers', method: 'DELETE' } as const;
    await cloud.call({ ...request, path: `/lockers/${id}`, effect: 'changes' });
    return {};
  },
  async *list() {},
});
