/**
 * Starts the simulator: Huawei Cloud (DataArts Studio, DataArts Fabric, IAM), NAVER Cloud and Alibaba Cloud on one port,
 * state in memory. It shares no code with the clients that it checks.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { alibabaCloud } from './alibaba/alibaba.js';
import { CONTROL_PREFIX, control } from './control.js';
import { completeCredentials, parseCredentials } from './credentials.js';
import { type Desk, exchange } from './exchange.js';
import { FaultBook, parseFaults } from './faults.js';
import { BodyTooLarge, type RawRequest, readRequest, sendAnswer } from './http.js';
import { huaweiCloud } from './huawei/huawei.js';
import { naverCloud } from './naver/naver.js';
import type { Operation, SimulatedCloud } from './operation.js';
import { RateLimiter } from './rate-limits.js';
import { RequestLog } from './request-log.js';
import { resourcesOf } from './resources.js';
import { DEFAULT_SETTINGS, parseSettings } from './settings.js';
import type { Simulator, SimulatorOptions } from './simulator.js';
import { World } from './world.js';

export type { Simulator, SimulatorOptions, SimulatorState } from './simulator.js';

/**
 * Starts the clouds on one port of this process, state in memory. Rejects with `code: 'EADDRINUSE'` where the port is
 * taken, and with an Error that names every problem of the options.
 *
 * @example
 * ```typescript
 * const simulator = await startSimulator();
 * simulator.setFaults({ operation: 'CreateManagerWorkSpace', nth: 1, do: 'cut-after' });
 * // … let clients work against simulator.endpoint with simulator.credentials …
 * assert.deepEqual(simulator.state().resources, []);
 * await simulator.close();
 * ```
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { port = 0, host = '127.0.0.1', rateLimits } = options;
  const settings = parseSettings({ ...options.settings, ...(rateLimits !== undefined && { rateLimits }) });
  const world = new World(completeCredentials(parseCredentials(options.credentials ?? {})), {
    ...DEFAULT_SETTINGS,
    ...settings,
  });
  // Alibaba and NAVER are told by their paths and headers; Huawei's gateway answers for everything else.
  const clouds = [alibabaCloud(world), naverCloud(world), huaweiCloud(world)];
  const timers = new Timers();
  const desk: Desk = {
    world,
    faults: new FaultBook(),
    log: new RequestLog(),
    limiter: new RateLimiter(),
    later: (ms, action) => timers.after(ms, action),
  };
  // Longer than clients keep idle sockets: one cut by us while a request is under way would be a fault nobody asked for.
  const server = createServer({ keepAliveTimeout: 120_000 });
  await listen(server, port, host);
  const { port: actual } = server.address() as AddressInfo;
  const endpoint = `http://${host.includes(':') ? `[${host}]` : host}:${actual}`;
  const simulator = simulatorOf(desk, clouds, endpoint, () => close(server, timers));
  server.on('request', (incoming: IncomingMessage, response: ServerResponse) => {
    serve(simulator, desk, clouds, incoming, response).catch((error: unknown) => {
      // A bug of the simulator's own must not look like a cloud's answer, nor end the process that tests run in.
      const text = error instanceof Error ? error.message : 'unknown';
      if (!response.headersSent) sendAnswer(response, { status: 500, body: `bug in the simulator: ${text}` });
    });
  });
  return simulator;
}

function simulatorOf(
  desk: Desk,
  clouds: readonly SimulatedCloud[],
  endpoint: string,
  stop: () => Promise<void>,
): Simulator {
  const { world, faults, log } = desk;
  const operations: ReadonlyMap<string, Operation> = new Map(
    clouds.flatMap((cloud) => cloud.operations).map((operation) => [operation.name, operation]),
  );
  const resources = resourcesOf(world);
  return {
    endpoint,
    credentials: world.credentials,
    resources,
    description: { endpoint, ...world.credentials },
    state: () => ({ resources: resources.list(), requests: log.byOperation(), faults: faults.report() }),
    requests: () => log.latest(),
    setFaults: (given) => faults.add(parseFaults(given, operations)),
    clearFaults: () => faults.clear(),
    settings: () => world.settings,
    changeSettings: (changes) => {
      world.settings = { ...world.settings, ...parseSettings(changes) };
      return world.settings;
    },
    close: stop,
  };
}

async function serve(
  simulator: Simulator,
  desk: Desk,
  clouds: readonly SimulatedCloud[],
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let request: RawRequest;
  try {
    request = await readRequest(incoming);
  } catch (error) {
    if (error instanceof BodyTooLarge) answerTooLarge(clouds, response);
    else response.socket?.destroy();
    return;
  }
  if (request.path.startsWith(CONTROL_PREFIX)) {
    sendAnswer(response, control(simulator, request));
    return;
  }
  const cloud = clouds.find((each) => each.claims(request));
  if (cloud) exchange(desk, cloud, request, response);
}

/** Whose gateway it is cannot be told without the request; Huawei's is the one that documents the limit. */
function answerTooLarge(clouds: readonly SimulatedCloud[], response: ServerResponse): void {
  const cloud = clouds.at(-1);
  if (cloud) sendAnswer(response, { headers: { connection: 'close' }, ...cloud.tooLarge(cloud.requestId()) });
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? Object.assign(
              new Error(`port ${port} on ${host} is taken: choose another port for the simulator`, { cause: error }),
              {
                code: error.code,
              },
            )
          : error,
      );
    });
    server.listen(port, host, () => resolve());
  });
}

async function close(server: Server, timers: Timers): Promise<void> {
  timers.clear();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

class Timers {
  private readonly pending = new Set<NodeJS.Timeout>();

  after(ms: number, action: () => void): void {
    const timer = setTimeout(() => {
      this.pending.delete(timer);
      action();
    }, ms);
    this.pending.add(timer);
  }

  clear(): void {
    for (const timer of this.pending) clearTimeout(timer);
    this.pending.clear();
  }
}
