/** A board for a test file: over the rig's server and queue, or over a server that is not there. */
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll } from 'vitest';
import { type Board, type BoardOptions, startBoard } from '../../board/board.js';
import { workflowUrl } from '../../cli/ui-link.js';
import { ProvisionerClient } from '../../client/client.js';
import type { Rig } from './rig.js';

/** Nothing listens there: tcpmux. */
export const NOWHERE = '127.0.0.1:1';

type Own = Partial<Pick<BoardOptions, 'address' | 'token' | 'names' | 'host' | 'patienceMs'>>;

export function boardOver(client: Client, own: Own = {}, taskQueue?: string): Promise<Board> {
  return startBoard({
    provisioner: new ProvisionerClient({ client, ...(taskQueue !== undefined && { taskQueue }) }),
    address: NOWHERE,
    namespace: 'default',
    host: '127.0.0.1',
    port: 0,
    names: [],
    token: undefined,
    uiOf: async (run) => workflowUrl('http://127.0.0.1:2', { namespace: 'default', ...run }),
    onDefect: (error) => {
      throw error;
    },
    ...own,
  });
}

/** Every page that needs the server says that there is none. */
export function boardWithoutServer(own: Own = {}): Promise<Board> {
  return boardOver(new Client({ connection: Connection.lazy({ address: NOWHERE }) }), { patienceMs: 300, ...own });
}

/** Call it after `useRig`. */
export function useBoard(rig: Rig, own: Own = {}): { readonly url: string } {
  let board: Board;
  beforeAll(async () => {
    board = await boardOver(rig.client, own, rig.taskQueue);
  });
  afterAll(() => board.close());
  return {
    get url() {
      return board.url;
    },
  };
}

/** What a browser keeps between two requests: cookies, and the token of the form that it was shown last. */
export class Visitor {
  #cookies = new Map<string, string>();
  formToken = '';

  constructor(readonly url: string) {}

  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return await this.#ask(path, { headers });
  }

  /** As a browser posts a form of a page of ours, unless `headers` says otherwise. */
  async post(
    path: string,
    fields: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const ours = { origin: this.url, 'sec-fetch-site': 'same-origin' };
    const body = new URLSearchParams({ formToken: this.formToken, ...fields });
    return await this.#ask(path, { method: 'POST', body, headers: { ...ours, ...headers } });
  }

  get cookies(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  async #ask(path: string, init: RequestInit & { headers: Readonly<Record<string, string>> }): Promise<Response> {
    const answer = await fetch(`${this.url}${path}`, {
      ...init,
      headers: { cookie: this.cookies, ...init.headers },
      redirect: 'manual',
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.#cookies.set(name, value);
    }
    const text = await answer.clone().text();
    this.formToken = /name="formToken" value="([^"]+)"/.exec(text)?.[1] ?? this.formToken;
    return answer;
  }
}
