/** Restate: its server from npm with an empty data folder, and one service endpoint. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../worker/embedded-server/free-port.js';
import { familyOf } from '../measure.js';
import type { Ending, Saga } from '../sagas.js';
import { endProgram, ROOT, type Stage, startBinary, startProgram } from '../stage.js';
import type { OpenSubject, Subject } from '../subject.js';

export const RESTATE: Subject = { name: 'restate', title: 'Restate', open };

interface Ports {
  readonly ingress: number;
  readonly admin: number;
  readonly node: number;
  readonly service: number;
}

async function open({ simulator }: Stage): Promise<OpenSubject> {
  const ports = {
    ingress: await freePort(),
    admin: await freePort(),
    node: await freePort(),
    service: await freePort(),
  };
  const folder = mkdtempSync(join(tmpdir(), 'bench-restate-'));
  const server = startBinary(join(ROOT, 'bench/node_modules/.bin/restate-server'), ['--base-dir', folder], {
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
    });
  let service = startService();
  await register(ports);
  const ids = new Map<string, string>();
  return {
    start: async (saga) => void ids.set(saga.name, await send(ports, saga)),
    ending: (saga) => attach(ports, saga),
    cancel: async ({ name }) => {
      await fetch(`http://127.0.0.1:${ports.admin}/invocations/${ids.get(name)}/cancel`, { method: 'PATCH' });
    },
    pids: () => ({ workers: [service.pid as number], servers: familyOf(server.pid as number) }),
    killWorker: async () => {
      await endProgram(service, 'SIGKILL');
      service = startService();
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

async function send({ ingress }: Ports, { name }: Saga): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${ingress}/Saga/${name}/run/send`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  });
  const { invocationId } = (await answer.json()) as { readonly invocationId: string };
  return invocationId;
}

async function attach({ ingress }: Ports, { name }: Saga): Promise<Ending> {
  const answer = await fetch(`http://127.0.0.1:${ingress}/restate/workflow/Saga/${name}/attach`);
  await answer.text();
  return answer.ok ? 'done' : 'undone';
}
