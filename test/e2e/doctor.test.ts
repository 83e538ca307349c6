/** `provisioner doctor` against the simulator and a real server: each thing that can be wrong, and that the rest is still looked at. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, inject, test, vi } from 'vitest';
import type { Finding } from '../../cli/doctor/finding.js';
import { DEFAULT_SETTINGS } from '../../simulator/settings.js';
import { type Simulator, startSimulator } from '../../simulator/start.js';
import { freePort } from '../../worker/embedded-server/free-port.js';
import { type CliEnd, runCli } from '../cli-process.js';
import { useRig } from '../support/rig.js';
import { connectionsTo, endWorkerProcess, keysOf, startWorkerProcess } from '../support/worker-process.js';

// Each looks at a server and three clouds in a process of its own.
vi.setConfig({ testTimeout: 120_000 });

const rig = useRig();
const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ port: 0 });
});
afterEach(() => {
  simulator.clearFaults();
  simulator.changeSettings(DEFAULT_SETTINGS);
});
afterAll(() => simulator.close());

interface Visit extends CliEnd {
  readonly findings: readonly Finding[];
}

interface Patient {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly connections?: (sound: Record<string, Record<string, unknown>>) => void;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}

async function doctor({ config = {}, connections: change, env = {}, args = [] }: Patient = {}): Promise<Visit> {
  const connections = structuredClone(connectionsTo(simulator, {})) as Record<string, Record<string, unknown>>;
  change?.(connections);
  const file = join(folder, `${randomUUID()}.json`);
  writeFileSync(file, JSON.stringify({ connections, taskQueue: rig.taskQueue, ...config }));
  const to = args.includes('--address') ? [] : ['--address', inject('temporalAddress')];
  const command = ['doctor', '--json', '--config', file, ...to, ...args];
  const end = await runCli(command, { env: { ...keysOf(simulator), ...env } });
  return { ...end, findings: (JSON.parse(end.stdout) as { findings: readonly Finding[] }).findings };
}

const wrong = ({ findings }: Visit) => findings.filter(({ level }) => level !== 'fine');

test('with a worker, sound credentials and a kept clock all is well, and nothing is changed', async () => {
  // A worker that has just begun polls a moment later.
  await vi.waitUntil(async () => wrong(await doctor()).length === 0, { timeout: 60_000 });
  const before = simulator.state().requests;
  const visit = await doctor();
  expect([wrong(visit), visit.code]).toEqual([[], 0]);
  const checks = visit.findings.map(({ area, check }) => `${area}: ${check}`);
  expect(checks.slice(0, 5)).toEqual([
    ...['server: server', 'server: namespace', 'server: search attributes', 'server: workers', 'configuration: file'],
  ]);
  expect(visit.findings[0]?.says).toMatch(/^answers at \S+, version \d+\./);
  expect(checks).toContain('huawei: huawei.dataarts-studio.workspace');
  expect(checks).toContain('alibaba: clock');
  const calls = Object.entries(simulator.state().requests).map(([operation, count]) => ({
    operation,
    count: count - (before[operation] ?? 0),
  }));
  expect(calls.length).toBeGreaterThan(3);
  expect(calls.filter(({ operation, count }) => !/^(List|GET |aiworkspaces)/.test(operation) || count !== 1)).toEqual(
    [],
  );
  expect(simulator.state().resources).toEqual([]);
});

test('versioned workers of which no version is current are told, since plans would wait', async () => {
  const taskQueue = `${rig.taskQueue}-versioned`;
  const version = { deploymentName: taskQueue, buildId: '2026-11-27' };
  const env = { TEMPORAL_DEPLOYMENT_NAME: version.deploymentName, TEMPORAL_WORKER_BUILD_ID: version.buildId };
  const worker = startWorkerProcess({ simulator, queue: taskQueue, address: inject('temporalAddress'), env });
  try {
    const told = vi.waitUntil(
      async () => {
        const [finding] = wrong(await doctor({ config: { taskQueue } }));
        return finding?.says.startsWith('nobody polls') ? undefined : finding;
      },
      { timeout: 60_000 },
    );
    expect(await told).toMatchObject({
      level: 'warning',
      says: `no version is current, and all who poll ${taskQueue} have one: new work waits`,
    });
    expect((await told)?.remedy).toContain(
      `--namespace default --deployment-name ${taskQueue} --build-id ${version.buildId}`,
    );
    const request = { namespace: 'default', ...version, identity: 'a test' };
    // Refused until the version polls every queue that it has.
    await vi.waitUntil(
      () =>
        rig.client.workflowService.setWorkerDeploymentCurrentVersion(request).then(
          () => true,
          () => false,
        ),
      { timeout: 60_000 },
    );
    await vi.waitUntil(async () => wrong(await doctor({ config: { taskQueue } })).length === 0, { timeout: 60_000 });
  } finally {
    await endWorkerProcess(worker);
  }
});

test('a person gets a table with a sign for each check and what to do', async () => {
  const file = join(folder, 'table.json');
  writeFileSync(file, JSON.stringify({ connections: connectionsTo(simulator, {}), taskQueue: 'nobody-polls-this' }));
  const args = ['doctor', '--config', file, '--address', inject('temporalAddress')];
  const { code, stdout } = await runCli(args, { env: keysOf(simulator) });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^server\n {2}✓ server .*\n/);
  expect(stdout).toMatch(
    /! workers +nobody polls nobody-polls-this, nobody-polls-this:huawei.*\n +→ start `provisioner worker`/,
  );
  expect(stdout).toMatch(/\n0 to mend, 1 to look at, 0 not checked\.\n$/);
});

test('a wrong key is a failure of its connection, tried once, while the others are looked at', async () => {
  const visit = await doctor({ env: { HUAWEI_SK: 'not-the-secret-key' } });
  expect(visit.code).toBe(2);
  expect(wrong(visit)).toEqual([
    expect.objectContaining({ area: 'huawei', level: 'failure', remedy: expect.stringMatching(/correct the key/) }),
    expect.objectContaining({
      area: 'huawei',
      level: 'unchecked',
      says: expect.stringMatching(/credentials were refused/),
    }),
  ]);
  expect(visit.stdout).not.toContain('not-the-secret-key');
});

test('a clock that is off is told for each cloud, as a failure only where signatures are refused', async () => {
  simulator.changeSettings({ clockOffsetMs: 10 * 60_000 });
  const visit = await doctor();
  expect(visit.code).toBe(2);
  const clocks = visit.findings.filter(({ check }) => check === 'clock').map(({ area, level }) => [area, level]);
  expect(Object.fromEntries(clocks)).toEqual({ huawei: 'warning', naver: 'failure', alibaba: 'warning' });
  const naver = visit.findings.find(({ area, check }) => area === 'naver' && check === 'clock');
  expect(naver?.says).toMatch(/clock is (599|600|601) s behind the cloud’s; signatures are taken up to 5 min off/);
});

test('a permission that is missing is told with operation and request id, and what to grant', async () => {
  simulator.setFaults({ operation: 'ListManagerWorkSpaces', do: 'refuse', status: 403, code: 'APIG.0302' });
  const visit = await doctor();
  expect([wrong(visit), visit.code]).toEqual([
    [
      {
        ...{ area: 'huawei', check: 'huawei.dataarts-studio.workspace', level: 'failure' },
        says: expect.stringMatching(/\(ListManagerWorkSpaces, AccessDenied, HTTP 403, request \S+\)$/),
        remedy: expect.stringMatching(/^grant the account this operation/),
      },
    ],
    2,
  ]);
});

test('a secret that cannot be read, a host that does not resolve and a scope without ids are told apart', async () => {
  const visit = await doctor({
    connections: (sound) => {
      const { huawei, naver, alibaba } = sound;
      Object.assign(huawei ?? {}, { credentials: { accessKey: { env: 'HUAWEI_AK' }, secretKey: { env: 'NOT_SET' } } });
      Object.assign(naver ?? {}, {
        endpoint: 'https://no-such-host.invalid',
        simulator: false,
        lateCommitWindow: '2m',
      });
      Object.assign(alibaba ?? {}, { scope: {} });
    },
  });
  expect(visit.code).toBe(2);
  const told = wrong(visit).map(
    ({ area, check, level, says, remedy }) => `${area} ${check} ${level} ${says} ${remedy}`,
  );
  expect(told.join('\n')).toMatch(/huawei secrets failure .*NOT_SET is not set/);
  expect(told.join('\n')).toMatch(/naver naver\.\S+ failure .*host name does not resolve/);
  expect(told.join('\n')).toMatch(/alibaba alibaba\.dataworks\.workflow warning .*ProjectId/i);
  expect(visit.findings).toContainEqual(
    expect.objectContaining({ area: 'alibaba', check: 'alibaba.dataworks.project', level: 'fine' }),
  );
});

test('keys of payloads are told apart from the rest: one that cannot be read, and all that can', async () => {
  const encryption = { current: 'one', keys: { one: { env: 'PAYLOAD_KEY' } } };
  const missing = await doctor({ config: { encryption } });
  expect([missing.code, wrong(missing)]).toEqual([
    2,
    [expect.objectContaining({ level: 'failure', check: 'encryption.keys.one' })],
  ]);
  const visit = await doctor({ config: { encryption }, env: { PAYLOAD_KEY: 'ab'.repeat(32) } });
  expect(visit.findings).toContainEqual(expect.objectContaining({ check: 'encryption keys', level: 'fine' }));
  expect(visit.stdout).not.toContain('abab');
});

test('without a server the connections are looked at all the same, and the exit code is 4', async () => {
  const visit = await doctor({ args: ['--address', `127.0.0.1:${await freePort()}`] });
  expect(visit.code).toBe(4);
  const levels = wrong(visit).map(({ area, check, level }) => `${area} ${check} ${level}`);
  expect(levels).toEqual([
    ...['server server failure', 'server namespace unchecked', 'server search attributes unchecked'],
    'server workers unchecked',
  ]);
  expect(visit.findings.filter(({ area, level }) => area === 'naver' && level === 'fine')).toHaveLength(3);
});

test('a namespace that does not exist, or lacks search attributes, is told with what creates them', async () => {
  const missing = await doctor({ args: ['--namespace', 'nowhere'] });
  expect([missing.code, wrong(missing)[0]]).toEqual([
    4,
    expect.objectContaining({ check: 'namespace', level: 'failure' }),
  ]);
  const namespace = `bare-${rig.taskQueue}`;
  const day = { seconds: 86_400 as never };
  await rig.client.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: day });
  for (;;) {
    const bare = await doctor({ args: ['--namespace', namespace] });
    // The frontend learns of a new namespace within seconds.
    if (wrong(bare).some(({ check }) => check === 'namespace')) continue;
    const found = wrong(bare).find(({ check }) => check === 'search attributes');
    expect([bare.code, found?.level, found?.says]).toEqual([
      4,
      'failure',
      expect.stringMatching(/^missing: Provisioner/),
    ]);
    expect(found?.remedy).toContain('provisioner setup');
    break;
  }
  const off = await doctor({ args: ['--namespace', namespace], config: { searchAttributes: false } });
  expect(off.code).toBe(0);
});

test('a configuration with problems is told problem by problem, and the server is looked at', async () => {
  const visit = await doctor({ config: { taskQueue: 7, listen: 'everywhere' } });
  expect(visit.code).toBe(2);
  expect(visit.findings.find(({ area }) => area === 'server')?.level).toBe('fine');
  expect(wrong(visit).filter(({ area }) => area === 'configuration')).toEqual([
    expect.objectContaining({ check: 'taskQueue', level: 'failure' }),
    expect.objectContaining({ check: 'listen', level: 'failure', says: expect.stringMatching(/must be HOST:PORT/) }),
  ]);
});
