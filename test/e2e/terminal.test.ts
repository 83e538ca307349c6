/** The live display on a real terminal: what it draws, and what Ctrl-C leaves. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, inject, test } from 'vitest';
import { fabric } from '../support/resources.js';
import { useRig } from '../support/rig.js';

const rig = useRig();
const script = fileURLToPath(new URL('../support/in-terminal.py', import.meta.url));
const cli = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

interface Ended {
  readonly code: number;
  readonly output: string;
}

/** Types Ctrl-C when `text` has appeared. */
function interrupted(text: string, args: readonly string[]): Promise<Ended> {
  const global = ['--address', inject('temporalAddress')];
  return new Promise((resolve) => {
    execFile('python3', [script, text, process.execPath, cli, ...global, ...args], (error, stdout) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout });
    });
  });
}

test('Ctrl-C in the live display leaves the workflow running and says how to come back', async () => {
  rig.simulator.setFaults({ operation: 'CreateWorkspace', do: 'slow', ms: 15_000 });
  const plan = { name: rig.planName(), resources: { it: fabric('watched-ws') } };
  const run = await rig.start(plan);
  await rig.until(run, ({ steps }) => steps.it?.state === 'creating');
  const { code, output } = await interrupted('creating', ['cancel', plan.name, '--wait']);
  expect(output).toContain('nothing real is touched');
  expect(output).toContain(`provisioner --address ${inject('temporalAddress')} status ${plan.name}`);
  expect(code).toBe(130);
  expect((await run.describe()).status.name).toBe('RUNNING');
  await run.result().catch(() => undefined);
});
