/** Restate: its server from npm with an empty data folder, and one service endpoint. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../worker/embedded-server/free-port.js';
import { familyOf } from '../measure.js';
import type { Ending, Saga } from '../sagas.js';
import { endProgram, ROOT, type Stage, startBinary, startProgram } from '../stage.js';
import type { OpenSubject, Subject } from '../subject.js';

export const RESTATE: Subject = { name: 'restate', title: 'Restate', open };

/** The program itself: the launcher beside it does not end it when it is killed. */
const SERVER = join(ROOT, 'bench/node_modules/@restatedev/restate-server-linux-x64/bin/restate-server');

interface Ports {
  readonly ingress: number;
  readonly admin: number;
  readonly node: number;
  readonly service: number;
}

const READY_WITHIN_MS = 60_000;
/** A cancel of what has ended, or is not known any more. */
const OVER: readonly number[] = [404, 409, 410];
/** What a saga ends with here: the refusal of its second step, or a cancel. Anything else is a failure of the benchmark. */
const ENDED = /cancel|refus|CreateWorkflowDefinition/iu;

async function open({ simulator }: Stage): Promise<OpenSubject> {
  const ports = {
    ingress: await freePort(),
    admin: await freePort(),
    node: await freePort(),
    service: await freePort(),
  };
  const folder = mkdtempSync(join(tmpdir(), 'bench-restate-'));
  const server = startBinary(SERVER, ['--base-dir', folder], {
    RESTATE_INGRESS__BIND_PORT: String(ports.ingress),
    RESTATE_ADMIN__BIND_PORT: String(ports.admin),
    RESTATE_BIND_PORT: String(ports.node),
    RESTATE_LISTEN_MODE: 'tcp',
    RESTATE_LOG_FILTER: 'error',
  });
  const startService = () =>
    startProgram(['bench/peers/restate-service.js'], {
      BENCH_SIMULATOR: JSON.stringify(simulator.description),
      BENCH_PORT: String(ports.service),
      RESTATE_LOGGING: 'ERROR',
    });
  let service = startService();
  await register(ports);
  const ids = new Map<string, string>();
  return {
    start: async (saga) => void ids.set(saga.name, await send(ports, saga)),
    ending: (saga) => attach(ports, saga),
    cancel: async ({ name }) => {
      const path = `/invocations/${ids.get(name)}/cancel`;
      const answer = await fetch(`http://127.0.0.1:${ports.admin}${path}`, { method: 'PATCH' });
      if (!answer.ok && !OVER.includes(answer.status)) await fail('cancel', answer);
    },
    pids: () => ({ workers: [service.pid as number], servers: familyOf(server.pid as number) }),
    killWorker: async () => {
      await endProgram(service, 'SIGKILL');
      service = startService();
      await untilOpen(ports.service);
    },
    close: async () => {
      await endProgram(service, 'SIGKILL');
      await endProgram(server, 'SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Until server and service are up: for half a minute at most. */
async function register({ admin, service }: Ports): Promise<void> {
  for (let tries = 0; tries < 60; tries += 1) {
    const answer = await fetch(`http://127.0.0.1:${admin}/deployments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ uri: `http://127.0.0.1:${service}` }),
    }).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(500);
  }
  throw new Error('Restate did not take the service: set BENCH_VERBOSE=1 to see why');
}

/** Until something listens there: kills are to meet a service, not a program that is being loaded. */
async function untilOpen(port: number): Promise<void> {
  for (const end = performance.now() + READY_WITHIN_MS; performance.now() < end; await sleep(20)) {
    const socket = connect(port, '127.0.0.1');
    const open = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (open) return;
  }
  throw new Error('the service does not listen: BENCH_VERBOSE=1 shows why');
}

async function send({ ingress }: Ports, { name }: Saga): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${ingress}/Saga/${name}/run/send`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  });
  if (!answer.ok) await fail('start', answer);
  const { invocationId } = (await answer.json()) as { readonly invocationId: string };
  return invocationId;
}

async function attach({ ingress }: Ports, { name }: Saga): Promise<Ending> {
  const answer = await fetch(`http://127.0.0.1:${ingress}/restate/workflow/Saga/${name}/attach`);
  if (answer.ok) return 'done';
  const text = await answer.text();
  if (ENDED.test(text)) return 'undone';
  throw new Error(`Restate, end: ${answer.status} ${text}`);
}

async function fail(what: string, answer: Response): Promise<never> {
  throw new Error(`Restate, ${what}: ${answer.status} ${await answer.text()}`);
}
