/** The quick start of the README, run as it stands but for where Temporal and the cloud are. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, inject, test } from 'vitest';
import { ROOT } from '../support/doc-blocks.js';
import { useRig } from '../support/rig.js';

const rig = useRig();
const folder = mkdtempSync(join(tmpdir(), 'quick-start-'));
let worker: ChildProcess | undefined;

afterEach(async () => {
  const ended = new Promise((resolve) => worker?.once('close', resolve));
  worker?.kill('SIGTERM');
  if (worker) await ended;
  rmSync(folder, { recursive: true, force: true });
});

/** There is no type in them, so that Node takes them as they are. */
function place(name: string, ...changes: readonly (readonly [string, string])[]): void {
  let text = readFileSync(join(ROOT, 'examples/own-worker', `${name}.ts`), 'utf8');
  for (const [from, to] of changes) {
    expect(text).toContain(from);
    text = text.replace(from, to);
  }
  writeFileSync(join(folder, `${name}.js`), text);
}

test('the worker and the client of the README provision a workspace', async () => {
  const { endpoint, huawei } = rig.simulator.description;
  const taskQueue = `quick-${rig.taskQueue}`;
  const address = `{ address: '${inject('temporalAddress')}' }`;
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(ROOT, join(folder, 'node_modules/temporal-provisioner'));
  symlinkSync(join(ROOT, 'node_modules/@temporalio'), join(folder, 'node_modules/@temporalio'));
  place('workflows');
  place(
    'worker',
    ["import { Worker } from '@temporalio/worker';", "import { NativeConnection, Worker } from '@temporalio/worker';"],
    ["taskQueue: 'provisioner',", `connection: await NativeConnection.connect(${address}), taskQueue: '${taskQueue}',`],
    ['0123456789abcdef0123456789abcdef', huawei.projectId],
    ["region: 'cn-north-4',", `endpoint: '${endpoint}', simulator: true,`],
  );
  place(
    'client',
    ["import { Client } from '@temporalio/client';", "import { Client, Connection } from '@temporalio/client';"],
    [
      'client: new Client()',
      `client: new Client({ connection: await Connection.connect(${address}) }), taskQueue: '${taskQueue}'`,
    ],
    ["name: 'lab',", `name: '${rig.planName()}',`],
  );
  const env = { ...process.env, HUAWEI_AK: huawei.accessKey, HUAWEI_SK: huawei.secretKey };
  worker = spawn(process.execPath, ['worker.js'], { cwd: folder, env, stdio: 'ignore' });
  const { stdout } = await promisify(execFile)(process.execPath, ['client.js'], { cwd: folder });
  expect(rig.simulator.state().resources).toMatchObject([{ name: 'lab-ws', id: stdout.trim() }]);
});
