/** A fictional cloud with lockers, as a user describes it: its provider and its kind, written with what the package exports. */
import { z } from 'zod';
import { type Cloud, defineKind, type Provider, ProviderError, type Sighting } from '../../index.js';

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
    const facts = { retryable: false, sent: 'refused', provider: 'acme', operation, status } as const;
    if (status >= 500)
      return new ProviderError(reason, { ...facts, type: 'ServiceInternalError', retryable: true, sent: 'unknown' });
    return new ProviderError(reason, { ...facts, type: status === 404 ? 'NotFound' : 'AccessDenied' });
  },
};

const spec = z.strictObject({ name: z.string().min(1), note: z.string().optional() });
const locker = z.object({ id: z.string(), name: z.string(), note: z.string(), door: z.number() });
const page = z.object({ lockers: z.array(locker), next: z.number().optional() });

const sightingOf = ({ id, name, note, door }: z.infer<typeof locker>): Sighting => ({
  id,
  name,
  description: note,
  status: 'ready',
  outputs: { door },
});

async function* listLockers(cloud: Cloud): AsyncGenerator<Sighting> {
  const request = { operation: 'ListLockers', service: 'lockers', method: 'GET', path: '/lockers' } as const;
  for (let next: number | undefined = 1; next !== undefined; ) {
    const { body } = await cloud.call({ ...request, query: { page: String(next) }, effect: 'none' });
    const shown: z.infer<typeof page> = page.parse(body);
    yield* shown.lockers.map(sightingOf);
    next = shown.next;
  }
}

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
    const found: Sighting[] = [];
    for await (const each of listLockers(cloud)) if (each.name === name || each.id === id) found.push(each);
    return found;
  },
  async delete(cloud, { id }) {
    const request = { operation: 'DeleteLocker', service: 'lockers', method: 'DELETE' } as const;
    await cloud.call({ ...request, path: `/lockers/${id}`, effect: 'changes' });
    return {};
  },
  list: listLockers,
});
