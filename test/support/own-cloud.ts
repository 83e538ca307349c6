/** An imitation of the fictional cloud with lockers: three on a page, and it can be told to lose an answer and commit late. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export const OWN_KEY = 'acme-key-7d1f0c';

export const LOCKERS_ON_A_PAGE = 3;

interface Locker {
  readonly id: string;
  readonly name: string;
  readonly note: string;
  readonly door: number;
}

export interface OwnCloud {
  readonly endpoint: string;
  readonly lockers: Map<string, Locker>;
  /** The next create of this name gets no answer, and its locker is there `ms` later. */
  commitLate(name: string, ms: number): void;
  close(): Promise<void>;
}

type Answer = readonly [status: number, body: unknown];

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

export async function startOwnCloud(): Promise<OwnCloud> {
  const lockers = new Map<string, Locker>();
  const late = new Map<string, number>();
  const timers = new Set<NodeJS.Timeout>();

  const list = (url: string): Answer => {
    const page = Number(new URL(url, 'http://localhost').searchParams.get('page') ?? 1);
    const end = page * LOCKERS_ON_A_PAGE;
    const shown = [...lockers.values()].slice(end - LOCKERS_ON_A_PAGE, end);
    return [200, { lockers: shown, ...(lockers.size > end && { next: page + 1 }) }];
  };
  const make = ({ name, note = '' }: Partial<Locker>): Answer | undefined => {
    if (name === undefined || name === 'forbidden') return [403, { reason: 'this name is forbidden' }];
    const made = { id: randomUUID(), name, note, door: lockers.size + 1 };
    const ms = late.get(name);
    if (ms === undefined) {
      lockers.set(made.id, made);
      return [201, made];
    }
    late.delete(name);
    timers.add(setTimeout(() => lockers.set(made.id, made), ms));
    return undefined;
  };
  const handle = async (request: IncomingMessage): Promise<Answer | undefined> => {
    const { method, url = '', headers } = request;
    if (headers.authorization !== `Bearer ${OWN_KEY}`) return [401, { reason: 'who are you' }];
    if (method === 'GET') return list(url);
    if (method === 'POST') return make(JSON.parse(await bodyOf(request)) as Partial<Locker>);
    return lockers.delete(url.split('/').at(-1) ?? '') ? [200, {}] : [404, { reason: 'no such locker' }];
  };
  const server = createServer((request, response) => {
    void handle(request).then((answer) => {
      if (!answer) return response.destroy();
      return response.writeHead(answer[0], { 'content-type': 'application/json' }).end(JSON.stringify(answer[1]));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lockers,
    commitLate: (name, ms) => void late.set(name, ms),
    close: () =>
      new Promise((resolve) => {
        for (const timer of timers) clearTimeout(timer);
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
