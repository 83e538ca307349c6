/** A cloud that answers what a test says, over a real socket and our real HTTP line, and keeps what it was asked. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Cloud, Provider } from '../../activities/cloud.js';
import { openLine } from '../../activities/http/line.js';

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Scripted {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, a string as it is. */
  readonly body: unknown;
}

export interface ScriptedCloud {
  readonly cloud: Cloud;
  readonly asked: Asked[];
}

interface Account {
  readonly provider: Provider;
  readonly credentials: Readonly<Record<string, string>>;
  readonly scope?: Readonly<Record<string, string>>;
  /** What `$secret` may name. */
  readonly secrets?: Readonly<Record<string, string>>;
}

export async function scriptedCloud(account: Account, answer: (asked: Asked) => Scripted): Promise<ScriptedCloud> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const one = { method, url, headers, body: Buffer.concat(chunks).toString() };
      asked.push(one);
      const { status = 200, headers: extra = {}, body } = answer(one);
      response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': 'req-1', ...extra });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cloud = connect(account, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  });
  return { cloud, asked };
}

/** Our HTTP line to an endpoint on this machine. */
export function connect({ provider, credentials, scope = {}, secrets = {} }: Account, endpoint: string): Cloud {
  const line = openLine(
    {
      name: 'test',
      provider: provider.name,
      endpoint,
      scope,
      simulator: true,
      limits: { requestsPerMinute: 100_000, concurrency: 16, workers: 1 },
      secretNames: Object.keys(secrets),
      readCredentials: () => credentials,
      readSecret: (name) => secrets[name] ?? '',
    },
    provider,
  );
  onTestFinished(() => line.close());
  return line.cloud({ userAgent: 'temporal-provisioner/test', urgent: false });
}
