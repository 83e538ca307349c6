/**
 * What a worker answers over HTTP to whoever watches it: `/metrics`, `/healthz`, `/readyz`. The SDK's exporter has an address
 * of its own on loopback, which is passed on here, so that there is one to configure. Nothing secret is served.
 */
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import type { ListenAddress } from '../config/listen.js';
import { type Health, type HealthOptions, liveness, readiness } from './health.js';

export interface ListenerOptions {
  readonly address: ListenAddress;
  /** Of the SDK's exporter. */
  readonly metricsPort: number;
  /** Asked before each scrape. */
  readonly refresh: () => Promise<void>;
  readonly health: HealthOptions;
}

export interface Listener {
  /** `http://HOST:PORT` */
  readonly url: string;
  close(): Promise<void>;
}

const EXPORTER_DEADLINE_MS = 5_000;
/** Whoever asks more often gets the same answer: probes must not become load on the server. */
const READY_FOR_MS = 500;

export async function startListener(options: ListenerOptions): Promise<Listener> {
  const { host, port } = options.address;
  const server = createAdaptorServer({ fetch: createApp(options).fetch });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      });
    },
  };
}

function createApp({ metricsPort, refresh, health }: ListenerOptions): Hono {
  const ready = kept(READY_FOR_MS, () => readiness(health));
  const app = new Hono();
  app.get('/healthz', (context) => answer(context, liveness(health)));
  app.get('/readyz', async (context) => answer(context, await ready()));
  app.get('/metrics', async (context) => {
    await refresh();
    try {
      const signal = AbortSignal.timeout(EXPORTER_DEADLINE_MS);
      const scraped = await fetch(`http://127.0.0.1:${metricsPort}/metrics`, { signal });
      const type = scraped.headers.get('content-type') ?? 'text/plain; version=0.0.4';
      return context.body(await scraped.text(), 200, { 'content-type': type });
    } catch {
      return context.text('the metrics cannot be read now\n', 503);
    }
  });
  app.notFound((context) => context.text('here are /metrics, /healthz and /readyz\n', 404));
  return app;
}

function answer(context: Context, health: Health): Response {
  return context.json(health, health.ok ? 200 : 503, { 'cache-control': 'no-store' });
}

/** One answer for all who ask while it is being found, and for a moment after. */
function kept<T>(forMs: number, find: () => Promise<T>): () => Promise<T> {
  let latest: Promise<T> | undefined;
  return () => {
    latest ??= find().finally(() => {
      setTimeout(() => {
        latest = undefined;
      }, forMs).unref();
    });
    return latest;
  };
}
