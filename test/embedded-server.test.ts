/** The real dev server, as `up`, `demo` and the tests start it: found or downloaded first. */
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { DefaultLogger } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SEARCH_ATTRIBUTES } from '../contract/names.js';
import { findTemporalCli } from '../worker/embedded-server/find-cli.js';
import { freePort, isFree } from '../worker/embedded-server/free-port.js';
import { type EmbeddedServer, startEmbeddedServer } from '../worker/embedded-server/start.js';
import {
  ensureSearchAttributes,
  missingSearchAttributes,
  SearchAttributeError,
} from '../worker/ensure-search-attributes.js';
import { checkSearchAttributes } from '../worker/search-attributes.js';
import {
  connectToTemporal,
  connectWorkerToTemporal,
  loadTemporalOptions,
  type TemporalServerError,
} from '../worker/temporal-connection.js';

const NO_FILE = { TEMPORAL_CONFIG_FILE: join(tmpdir(), 'no-such-temporal.toml') };

let server: EmbeddedServer;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'embedded-'));
  server = await startEmbeddedServer({ port: 0, onProgress: (text) => process.stderr.write(`${text}\n`) });
}, 400_000);
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true });
});

function target(overrides: { readonly address?: string; readonly namespace?: string } = {}) {
  return loadTemporalOptions(NO_FILE, { address: server.address, ...overrides });
}

async function failure(promise: Promise<unknown>): Promise<TemporalServerError> {
  return promise.then(
    () => expect.fail('it was expected to fail'),
    (error: TemporalServerError) => error,
  );
}

async function listenSomewhere(): Promise<{ readonly listener: Server; readonly port: number }> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  return { listener, port: typeof address === 'object' && address ? address.port : 0 };
}

describe('the server that was started', () => {
  test('it answers with the namespace and every search attribute in place', async () => {
    const connection = await connectToTemporal(target());
    expect(await missingSearchAttributes(connection, 'default')).toEqual({ unknown: false, missing: [] });
    await connection.close();
  });

  test('its UI answers under the address that it gives', async () => {
    const response = await fetch(server.uiUrl ?? '');
    expect(response.status).toBe(200);
  });

  test('a worker connects to it over the native bridge', async () => {
    const connection = await connectWorkerToTemporal(target());
    await connection.close();
  });

  test('a stopped server keeps its histories in a database file for the next start', async () => {
    const options = { port: 0, uiPort: 'none', namespace: 'kept', dbFilename: join(folder, 'kept.db') } as const;
    const first = await startEmbeddedServer(options);
    const connection = await Connection.connect({ address: first.address });
    await connection.workflowService.startWorkflowExecution({
      ...{ namespace: 'kept', workflowId: 'w', requestId: 'r' },
      ...{ workflowType: { name: 't' }, taskQueue: { name: 'q' } },
    });
    await connection.close();
    await first.stop();
    const second = await startEmbeddedServer(options);
    const again = await connectToTemporal(target({ address: second.address, namespace: 'kept' }));
    const found = await again.workflowService.describeWorkflowExecution({
      namespace: 'kept',
      execution: { workflowId: 'w' },
    });
    expect(found.workflowExecutionInfo?.type?.name).toBe('t');
    await again.close();
    await second.stop();
    expect(second.uiUrl).toBeUndefined();
  });

  test('stop ends the process and removes its log', async () => {
    const short = await startEmbeddedServer({ port: 0, uiPort: 'none' });
    await short.stop();
    await short.ended;
    expect(() => process.kill(short.pid, 0)).toThrow(/ESRCH/);
    await expect(readdir(join(short.logFile, '..'))).rejects.toThrow(/ENOENT/);
  });
});

describe('a server that cannot start', () => {
  test('a taken port is told with what to do before anything is started', async () => {
    const { listener, port } = await listenSomewhere();
    await expect(startEmbeddedServer({ port })).rejects.toThrow(`Port ${port} is taken`);
    await expect(startEmbeddedServer({ port: 0, uiPort: port })).rejects.toThrow(/--ui-port/);
    listener.close();
  });

  test('a server that ends while starting is told with its last words', async () => {
    const start = startEmbeddedServer({ port: 0, extraArgs: ['--no-such-flag'] });
    await expect(start).rejects.toThrow(/ended while starting[\s\S]*no-such-flag/);
  });

  test('a port that is lost between the choice and the start is chosen anew', async () => {
    const env = await losesItsPort({ times: 1 });
    const second = await startEmbeddedServer({ port: 0, uiPort: 'none', env });
    await second.stop();
  });

  test('one that loses its port each time is told with the reason, not with the end of a stack trace', async () => {
    const start = startEmbeddedServer({ port: 0, uiPort: 'none', env: await losesItsPort({ times: 9 }) });
    const message = await start.then(
      () => expect.fail('it was expected to fail'),
      (error: Error) => error.message,
    );
    expect(message).toMatch(/ended while starting[\s\S]*7233: bind: address already in use[\s\S]*panic: /);
    expect(message).not.toMatch(/goroutine|main\.go/);
  });

  /** The CLI, which at first crashes as it does where somebody took its port after it looked (as it was seen to). */
  async function losesItsPort({ times }: { readonly times: number }): Promise<NodeJS.ProcessEnv> {
    const home = await mkdtemp(join(folder, 'loses-'));
    const crash = [
      'time=2026-11-28T03:20:23.961 level=ERROR msg="Failed to start gRPC listener" ' +
        'error="listen tcp 127.0.0.1:7233: bind: address already in use" service=frontend address=127.0.0.1:7233',
      'panic: runtime error: invalid memory address or nil pointer dereference',
      '[signal SIGSEGV: segmentation violation code=0x1 addr=0x20 pc=0x2c5d7a5]',
      ...['', 'goroutine 1 [running]:', 'google.golang.org/grpc.(*Server).Serve(0x0, {0x0, 0x0})'],
      ...['\tgoogle.golang.org/grpc/server.go:878 +0x1d2', 'main.main()', '\tmain.go:18 +0x8e'],
    ];
    await writeFile(join(home, 'crash.txt'), `${crash.join('\n')}\n`);
    await writeFile(join(home, 'times'), 'x'.repeat(times));
    const script = [
      '#!/bin/sh',
      `cd ${home}`,
      'if [ "$1" = server ] && [ -s times ]; then',
      '  rest=$(cut -c2- times); printf "%s" "$rest" > times',
      '  cat crash.txt >&2; exit 2',
      'fi',
      `exec ${await findTemporalCli()} "$@"`,
    ];
    const path = join(home, 'temporal');
    await writeFile(path, `${script.join('\n')}\n`, { mode: 0o755 });
    return { ...process.env, TEMPORAL_CLI_PATH: path };
  }
});

test.skipIf(process.platform !== 'linux')('a free port is given to nobody else who asks for any', async () => {
  const free = new Set<number>();
  for (let index = 0; index < 200; index += 1) free.add(await freePort());
  // Without the pause on each about one draw in 140 would be one of them.
  for (let index = 0; index < 3_000; index += 1) {
    const { listener, port } = await listenSomewhere();
    expect(free).not.toContain(port);
    listener.close();
    await once(listener, 'close');
  }
  const [first = 0] = free;
  expect(await isFree(first)).toBe(true);
});

describe('connecting to Temporal', () => {
  test('without any variable it is the usual address and namespace', () => {
    expect(loadTemporalOptions(NO_FILE)).toMatchObject({ address: '127.0.0.1:7233', namespace: 'default' });
  });

  test('the variables are used, and what the caller names wins over them', () => {
    const env = { ...NO_FILE, TEMPORAL_ADDRESS: 'a:1', TEMPORAL_NAMESPACE: 'n', TEMPORAL_API_KEY: 'key' };
    expect(loadTemporalOptions(env)).toMatchObject({ address: 'a:1', namespace: 'n', options: { tls: true } });
    expect(loadTemporalOptions(env, { address: 'b:2' })).toMatchObject({ address: 'b:2', namespace: 'n' });
  });

  test('a profile that does not exist is told without quoting the file', () => {
    expect(() => loadTemporalOptions({ ...NO_FILE, TEMPORAL_PROFILE: 'gone' })).toThrow(/TEMPORAL_PROFILE/);
  });

  test('where no server answers it is one line that says what to do', async () => {
    const { listener, port } = await listenSomewhere();
    listener.close();
    const nobody = target({ address: `127.0.0.1:${port}` });
    const errors = await Promise.all([failure(connectToTemporal(nobody)), failure(connectWorkerToTemporal(nobody))]);
    for (const { message, reason } of errors) {
      expect(message).toMatch(/^No Temporal server answers at \S+: start one with `provisioner up`, or set .*$/);
      expect(reason).toBe('unreachable');
    }
  });

  test('something that accepts and never answers is unreachable after a while', async () => {
    const { listener, port } = await listenSomewhere();
    const error = await failure(connectToTemporal(target({ address: `127.0.0.1:${port}` })));
    expect(error.reason).toBe('unreachable');
    listener.close();
  });

  test('a namespace that does not exist is told by its name', async () => {
    const error = await failure(connectToTemporal(target({ namespace: 'nowhere' })));
    expect(error.message).toMatch(/Namespace nowhere does not exist .* TEMPORAL_NAMESPACE/);
  });
});

describe('search attributes of a namespace that lacks them', () => {
  async function withNamespace(name: string): Promise<Connection> {
    const connection = await Connection.connect({ address: server.address });
    await connection.workflowService.registerNamespace({
      namespace: name,
      workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
    });
    // The server's own cache learns of a namespace within some seconds.
    for (;;) {
      const found = await missingSearchAttributes(connection, name).catch(() => undefined);
      if (found) return connection;
      await sleep(100);
    }
  }

  test('all are created by two callers at once and can be used at once', async () => {
    const connection = await withNamespace('fresh');
    expect(await missingSearchAttributes(connection, 'fresh')).toEqual({
      unknown: false,
      missing: Object.keys(SEARCH_ATTRIBUTES),
    });
    await Promise.all([ensureSearchAttributes(connection, 'fresh'), ensureSearchAttributes(connection, 'fresh')]);
    expect(await ensureSearchAttributes(connection, 'fresh')).toEqual({ unknown: false, missing: [] });
    const query = "ProvisionerConnections = 'none' AND ProvisionerAttention = true";
    await connection.workflowService.countWorkflowExecutions({ namespace: 'fresh', query });
    await connection.close();
  }, 60_000);

  test('a worker that would need them does not start and names the command', async () => {
    const connection = await withNamespace('bare');
    const check = checkSearchAttributes(connection, 'bare', new DefaultLogger('ERROR'));
    await expect(check).rejects.toThrow(/Namespace bare lacks .*ProvisionerOutcome.* `provisioner setup`/);
    await expect(checkSearchAttributes(connection, 'default', new DefaultLogger('ERROR'))).resolves.toBeUndefined();
    await connection.close();
  }, 60_000);

  test('one that exists with another type is an error that names both types', async () => {
    const connection = await withNamespace('odd');
    await connection.operatorService.addSearchAttributes({
      namespace: 'odd',
      searchAttributes: { ProvisionerPlan: 3 },
    });
    let error: unknown;
    do error = await missingSearchAttributes(connection, 'odd').catch((caught: unknown) => caught);
    while (!(error instanceof SearchAttributeError));
    expect(error.message).toMatch(/ProvisionerPlan is Int and must be Keyword/);
    await connection.close();
  }, 60_000);
});

test('a named CLI that does not run is an error, though another is at hand', async () => {
  const env = { ...process.env, TEMPORAL_CLI_PATH: join(folder, 'no-temporal') };
  await expect(findTemporalCli({ env })).rejects.toThrow(/TEMPORAL_CLI_PATH does not name/);
});
