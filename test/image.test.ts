/** What the image is built and watched with, run as it is there. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Resolves with the exit code. */
async function run(script: string, options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv }) {
  const child = execFile(process.execPath, [join(ROOT, 'deploy', script)], options);
  const [code] = await once(child, 'exit');
  return code as number | null;
}

describe('the health check', () => {
  /** What it makes of a worker that answers so, or of nobody. */
  async function checked(
    status?: number,
  ): Promise<{ readonly code: number | null; readonly asked: readonly string[] }> {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(status ?? 200).end();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const port = String((server.address() as AddressInfo).port);
    const close = () => new Promise((closed) => server.close(closed));
    if (status === undefined) await close();
    const code = await run('healthcheck.js', { env: { ...process.env, PROVISIONER_HEALTH_PORT: port } });
    if (status !== undefined) await close();
    return { code, asked };
  }

  test('passes a worker that is well', async () => {
    expect(await checked(200)).toEqual({ code: 0, asked: ['/healthz'] });
  });

  test('fails one that is to be started anew', async () => {
    expect(await checked(503)).toEqual({ code: 1, asked: ['/healthz'] });
  });

  test('fails where nobody answers', async () => {
    expect(await checked()).toEqual({ code: 1, asked: [] });
  });
});

test('the image keeps dependencies, peers and what tracing loads, and nothing that is for development', async () => {
  const text = readFileSync(join(ROOT, 'package.json'), 'utf8');
  const before = JSON.parse(text) as Manifest;
  const folder = mkdtempSync(join(tmpdir(), 'image-'));
  try {
    writeFileSync(join(folder, 'package.json'), text);
    expect(await run('production-dependencies.mjs', { cwd: folder })).toBe(0);
    const after = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
    expect(after.devDependencies).toBeUndefined();
    expect(after.scripts).toBeUndefined();
    // npm installs peers as it does dependencies.
    expect(after.peerDependencies).toEqual(before.peerDependencies);
    const { devDependencies = {} } = before;
    const tracing = [
      '@opentelemetry/exporter-trace-otlp-proto',
      '@opentelemetry/resources',
      '@opentelemetry/sdk-trace-node',
      '@temporalio/interceptors-opentelemetry',
    ];
    const traced = Object.fromEntries(tracing.map((name) => [name, devDependencies[name]]));
    expect(after.dependencies).toEqual({ ...before.dependencies, ...traced });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
