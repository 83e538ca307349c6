/** What a worker's probes say of it, in a process of its own: its server cut off, a secret taken away, its workers ended. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection, Worker } from '@temporalio/worker';
import { expect, inject, test, vi } from 'vitest';
import { freePort } from '../../worker/embedded-server/free-port.js';
import { ProvisionerPlugin } from '../../worker/plugin.js';
import { liveness } from '../../worker/telemetry/health.js';
import { probe, probeUntil } from '../support/probes.js';
import { useRig } from '../support/rig.js';
import { startTcpProxy } from '../support/tcp-proxy.js';
import { endWorkerProcess, startWorkerProcess, type WorkerProcessSetup } from '../support/worker-process.js';

// A worker process takes its time to start beside others.
vi.setConfig({ testTimeout: 120_000 });

const rig = useRig();

const keyFolder = mkdtempSync(join(tmpdir(), 'probes-'));
const keyFile = join(keyFolder, 'huawei-sk');

async function withWorker(setup: Partial<WorkerProcessSetup>, body: (url: string) => Promise<void>): Promise<void> {
  const port = await freePort();
  writeFileSync(keyFile, rig.simulator.credentials.huawei.secretKey);
  const { args = [], ...more } = setup;
  const worker = startWorkerProcess({
    simulator: rig.simulator,
    address: inject('temporalAddress'),
    queue: `${rig.taskQueue}-probed`,
    keyFolder,
    args: ['--listen', `127.0.0.1:${port}`, ...args],
    ...more,
  });
  try {
    await body(`http://127.0.0.1:${port}`);
  } finally {
    await endWorkerProcess(worker);
  }
}

const ready = ({ ok }: { readonly ok: boolean }) => ok;
const unready = ({ ok }: { readonly ok: boolean }) => !ok;

test('a worker is ready once all its workers poll, and then says so of each of them', async () => {
  await withWorker({}, async (url) => {
    const { status, checks } = await probeUntil(`${url}/readyz`, ready);
    expect(status).toBe(200);
    const names = ['huawei', 'naver', 'alibaba'];
    const expected = ['worker', ...names.map((name) => `worker of ${name}`), 'server'];
    expect(Object.keys(checks)).toEqual([...expected, ...names.map((name) => `credentials of ${name}`)]);
    expect(await probe(`${url}/healthz`)).toMatchObject({
      status: 200,
      ok: true,
      checks: { 'worker of naver': { ok: true } },
    });
    expect((await fetch(`${url}/other`)).status).toBe(404);
  });
});

test('a worker that is cut off from its server is unready but alive, and ready again afterwards', async () => {
  const proxy = await startTcpProxy(inject('temporalAddress'));
  try {
    await withWorker({ address: proxy.address }, async (url) => {
      await probeUntil(`${url}/readyz`, ready);
      proxy.cut('refused');
      const { status, checks } = await probeUntil(`${url}/readyz`, unready);
      expect([status, checks.server]).toEqual([
        503,
        { ok: false, reason: expect.stringMatching(/server did not answer/) },
      ]);
      expect(await probe(`${url}/healthz`)).toMatchObject({ status: 200, ok: true });
      proxy.heal();
      await probeUntil(`${url}/readyz`, ready);
    });
  } finally {
    await proxy.close();
  }
});

test('a secret file that disappears makes the worker unready and names the file, not what was in it', async () => {
  await withWorker({}, async (url) => {
    await probeUntil(`${url}/readyz`, ready);
    rmSync(keyFile);
    const answer = await probeUntil(`${url}/readyz`, unready);
    expect(answer.status).toBe(503);
    const bad = Object.entries(answer.checks).filter(([, { ok }]) => !ok);
    expect(bad).toEqual([['credentials of huawei', { ok: false, reason: expect.stringContaining(keyFile) }]]);
    expect(JSON.stringify(answer)).not.toContain(rig.simulator.credentials.huawei.secretKey);
    expect(await probe(`${url}/healthz`)).toMatchObject({ status: 200 });
    writeFileSync(keyFile, rig.simulator.credentials.huawei.secretKey);
    await probeUntil(`${url}/readyz`, ready);
  });
});

test('a worker that has ended for whatever reason is told as dead, with its state', async () => {
  const plugin = new ProvisionerPlugin({ connections: rig.connections });
  expect([plugin.workers(), liveness({ plugin })]).toEqual([[], { ok: true, checks: {} }]);
  const native = await NativeConnection.connect({ address: inject('temporalAddress') });
  const taskQueue = `${rig.taskQueue}-ended`;
  const worker = await Worker.create({
    connection: native,
    taskQueue,
    workflowBundle: { codePath: inject('workflowBundlePath') },
    plugins: [plugin],
  });
  const ended = worker.run();
  while (plugin.workers().length === 0) await sleep(10);
  expect(plugin.workers().map((each) => each.taskQueue)).toEqual([
    taskQueue,
    ...['huawei', 'naver', 'alibaba'].map((name) => `${taskQueue}:${name}`),
  ]);
  expect(liveness({ plugin })).toMatchObject({ ok: true, checks: { worker: { ok: true } } });
  worker.shutdown();
  await ended;
  const reason = 'the worker is STOPPED';
  expect(liveness({ plugin })).toMatchObject({ ok: false, checks: { 'worker of huawei': { ok: false, reason } } });
  await native.close();
});
