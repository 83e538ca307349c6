/** The built worker as its users run it, in a process of its own: what a test may kill without ending itself. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Simulator } from '../../simulator/start.js';
import { type RunningCli, startCli } from '../cli-process.js';

export interface WorkerProcessSetup {
  readonly simulator: Pick<Simulator, 'endpoint' | 'credentials'>;
  /** Of the Temporal server, or of what stands before it. */
  readonly address: string;
  readonly queue: string;
  /** Of what stands before the simulator. */
  readonly endpoint?: string;
  readonly lateCommitWindow?: string;
  /** Names of connections; each begins with its provider's. Default: one of each. */
  readonly connections?: readonly string[];
  /** Keys that are read from files of this folder in place of variables. */
  readonly keyFolder?: string;
  /** As a configuration file has it. Default: payloads stay in plain. */
  readonly encryption?: Readonly<Record<string, unknown>>;
  readonly args?: readonly string[];
  /** Further variables, such as those of a Temporal profile. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Ends with {@link endWorkerProcess} or a signal of the test's. */
export function startWorkerProcess({
  simulator,
  address,
  queue,
  encryption,
  args = [],
  env = {},
  ...more
}: WorkerProcessSetup): RunningCli {
  const folder = mkdtempSync(join(tmpdir(), 'worker-process-'));
  const config = join(folder, 'config.json');
  writeFileSync(config, JSON.stringify({ connections: connectionsTo(simulator, more), taskQueue: queue, encryption }));
  const worker = startCli(['worker', '--config', config, '--address', address, ...args], {
    env: { ...keysOf(simulator), ...env },
  });
  // A test run that is broken off must not leave workers behind.
  const end = () => worker.process.kill('SIGKILL');
  process.once('exit', end);
  void worker.ended.then(() => {
    process.off('exit', end);
    rmSync(folder, { recursive: true, force: true });
  });
  return worker;
}

/** Variables that hold the simulator's keys. */
export function keysOf({
  credentials: { huawei, naver, alibaba },
}: WorkerProcessSetup['simulator']): Readonly<Record<string, string>> {
  return {
    HUAWEI_AK: huawei.accessKey,
    HUAWEI_SK: huawei.secretKey,
    NAVER_AK: naver.accessKey,
    NAVER_SK: naver.secretKey,
    ALIBABA_AK: alibaba.accessKeyId,
    ALIBABA_SK: alibaba.accessKeySecret,
  };
}

export async function endWorkerProcess({ process, ended }: RunningCli): Promise<void> {
  process.kill('SIGKILL');
  await ended;
}

/** As a configuration file has them, with keys by the names of {@link keysOf}. */
export function connectionsTo(
  { credentials: { huawei, naver, alibaba }, ...simulator }: WorkerProcessSetup['simulator'],
  { endpoint = simulator.endpoint, lateCommitWindow = '1s', connections, keyFolder }: Partial<WorkerProcessSetup>,
): Readonly<Record<string, unknown>> {
  const limits = { requestsPerMinute: 100_000, concurrency: 50 };
  const common = { endpoint, simulator: true, lateCommitWindow, limits };
  const providers: Readonly<Record<string, unknown>> = {
    huawei: {
      ...common,
      provider: 'huawei',
      scope: { projectId: huawei.projectId, instanceId: huawei.instanceId },
      credentials: {
        accessKey: { env: 'HUAWEI_AK' },
        secretKey: keyFolder ? { file: join(keyFolder, 'huawei-sk') } : { env: 'HUAWEI_SK' },
      },
    },
    naver: {
      ...common,
      provider: 'naver',
      scope: { accountId: naver.accountId },
      credentials: { accessKey: { env: 'NAVER_AK' }, secretKey: { env: 'NAVER_SK' } },
    },
    alibaba: {
      ...common,
      provider: 'alibaba',
      scope: { projectId: alibaba.projectId },
      credentials: { accessKeyId: { env: 'ALIBABA_AK' }, accessKeySecret: { env: 'ALIBABA_SK' } },
    },
  };
  const names = connections ?? Object.keys(providers);
  return Object.fromEntries(names.map((name) => [name, providers[name.split('-')[0] ?? '']]));
}
