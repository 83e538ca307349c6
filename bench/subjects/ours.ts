/** Ours, as it ships: `provisioner worker` with a configuration file, in a process of its own. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SimulatorDescription } from '../../worker/config/simulator-connections.js';
import { LIMITS, planOf } from '../sagas.js';
import { startProgram } from '../stage.js';
import type { OpenOptions } from '../subject.js';
import { temporalSubject } from './temporal-sagas.js';

export const OURS = temporalSubject({
  name: 'ours',
  title: 'temporal-provisioner',
  workflowType: 'provision',
  argumentOf: planOf,
  startWorker: ({ stage, address, taskQueue, options }) => {
    const { description } = stage.simulator;
    const config = writeConfig(taskQueue, description, options);
    return startProgram(
      [
        ...(options.nodeFlags ?? []),
        ...['dist/cli/main.js', 'worker', '--config', config, '--address', address],
        ...listenOf(options),
      ],
      credentialsOf(description),
    );
  },
});

function listenOf({ metricsPort }: OpenOptions): readonly string[] {
  return metricsPort === undefined ? [] : ['--listen', `127.0.0.1:${metricsPort}`];
}

/** A configuration as somebody would write it; the keys are in the environment. */
function writeConfig(
  taskQueue: string,
  { endpoint, huawei, alibaba }: SimulatorDescription,
  { limits = LIMITS }: OpenOptions,
): string {
  const common = { endpoint, simulator: true, lateCommitWindow: '2s' };
  const connections = {
    huawei: {
      ...common,
      provider: 'huawei',
      limits,
      scope: { projectId: huawei.projectId, instanceId: huawei.instanceId },
      credentials: { accessKey: { env: 'HUAWEI_AK' }, secretKey: { env: 'HUAWEI_SK' } },
    },
    alibaba: {
      ...common,
      provider: 'alibaba',
      limits: LIMITS,
      scope: { projectId: alibaba.projectId },
      credentials: { accessKeyId: { env: 'ALIBABA_AK' }, accessKeySecret: { env: 'ALIBABA_SK' } },
    },
  };
  const file = join(mkdtempSync(join(tmpdir(), 'bench-')), 'provisioner.config.json');
  writeFileSync(file, JSON.stringify({ taskQueue, connections }));
  return file;
}

function credentialsOf({ huawei, alibaba }: SimulatorDescription): Readonly<Record<string, string>> {
  return {
    HUAWEI_AK: huawei.accessKey,
    HUAWEI_SK: huawei.secretKey,
    ALIBABA_AK: alibaba.accessKeyId,
    ALIBABA_SK: alibaba.accessKeySecret,
  };
}
