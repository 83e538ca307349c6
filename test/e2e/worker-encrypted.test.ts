/** `provisioner worker` and `provisioner provision` in processes of their own encrypt as their configuration says. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { workflowIdOf } from '../../contract/names.js';
import type { Plan } from '../../contract/plan.js';
import { createEncryption } from '../../encryption/index.js';
import { type RunningCli, runCli } from '../cli-process.js';
import { faultOn } from '../support/faults.js';
import { countPayloads, plainPayloads } from '../support/plain-payloads.js';
import { aiWorkspace, fabric } from '../support/resources.js';
import { useRig } from '../support/rig.js';
import { endWorkerProcess, startWorkerProcess } from '../support/worker-process.js';

const key = randomBytes(32).toString('hex');
const env = { PAYLOAD_KEY: key };
/** As the configuration files have it. */
const encryption = { current: 'here', keys: { here: { env: 'PAYLOAD_KEY' } }, plain: 'refuse' };
/** Reads what the two processes write, and encrypts nothing for them. */
const reader = createEncryption({ current: 'here', keys: { here: () => key } });
const rig = useRig({ encryption: () => reader });
let folder: string;
let worker: RunningCli;

beforeAll(async () => {
  await rig.stopWorker();
  folder = mkdtempSync(join(tmpdir(), 'worker-encrypted-'));
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ encryption }));
  const address = inject('temporalAddress');
  worker = startWorkerProcess({ simulator: rig.simulator, address, queue: rig.taskQueue, encryption, env });
});
afterAll(async () => {
  await endWorkerProcess(worker);
  rmSync(folder, { recursive: true });
});

/** By the command, to its end; answers how it exited, and the run. */
async function provisioned(plan: Plan): Promise<[number | null, WorkflowHandle]> {
  const file = join(folder, `${plan.name}.json`);
  writeFileSync(file, JSON.stringify(plan));
  const workflowId = workflowIdOf(plan.name);
  rig.track(workflowId);
  const where = ['--config', join(folder, 'config.json'), '--address', inject('temporalAddress')];
  const { code } = await runCli(['provision', file, '--task-queue', rig.taskQueue, ...where], { env });
  return [code, rig.client.workflow.getHandle(workflowId)];
}

test('a plan that is provisioned has no payload in plain', async () => {
  const [code, run] = await provisioned({ name: rig.planName(), resources: { base: fabric() } });
  expect(code).toBe(0);
  const history = await run.fetchHistory();
  expect(countPayloads(history)).toBeGreaterThan(4);
  expect([plainPayloads(history), plainPayloads((await run.describe()).raw)]).toEqual([[], []]);
});

test('a plan that is rolled back has none either, and says only that it failed', async () => {
  rig.simulator.setFaults(faultOn('ai-ws', { operation: 'aiworkspaces/create', do: 'refuse', status: 400 }));
  const [code, run] = await provisioned({
    name: rig.planName(),
    resources: { base: fabric(), ai: aiWorkspace('ai-ws', { dependsOn: ['base'] }) },
  });
  expect(code).toBe(1);
  const history = await run.fetchHistory();
  expect([plainPayloads(history), plainPayloads((await run.describe()).raw)]).toEqual([[], []]);
  const failures = (history.events ?? []).flatMap(
    (event) => (event.activityTaskFailedEventAttributes ?? event.workflowExecutionFailedEventAttributes)?.failure ?? [],
  );
  expect(failures.map(({ applicationFailureInfo }) => applicationFailureInfo?.type)).toEqual([
    'InvalidRequest',
    'RolledBack',
  ]);
  expect(failures.map(({ message, stackTrace }) => [message, stackTrace])).toEqual(
    failures.map(() => ['Encoded failure', '']),
  );
});
