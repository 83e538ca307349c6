/**
 * The examples of the command line's page, typed as they stand there against what `provisioner up` starts. Those of the
 * moves on a step that failed are not among them: cli-moves.test.ts plays each move.
 */
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildProgram } from '../../cli/program.js';
import { helpOf } from '../../docs/generator/cli-page.js';
import { runCli, startCli } from '../cli-process.js';
import { wordsOf } from '../support/shell-words.js';

const cwd = mkdtempSync(join(tmpdir(), 'docs-cli-'));
symlinkSync(fileURLToPath(new URL('../../examples', import.meta.url)), join(cwd, 'examples'));
writeFileSync(
  join(cwd, 'asks-first.json'),
  JSON.stringify({
    name: 'flagship',
    approval: 'required',
    resources: { fabric: { kind: 'huawei.dataarts-fabric.workspace', connection: 'huawei', spec: { name: 'asked' } } },
  }),
);

const EXAMPLES = new Map(
  buildProgram().commands.map((command) => [command.name(), wordsOf(helpOf(command).example)] as const),
);
const exampleOf = (command: string) => EXAMPLES.get(command) ?? [];
const up = startCli([...exampleOf('up'), '--port', '0'], { cwd });
let env: Record<string, string> = {};

beforeAll(async () => {
  const told = await up.until(/^In another terminal/m);
  env = { TEMPORAL_ADDRESS: /^Temporal +(\S+),/m.exec(told)?.[1] ?? '' };
});

afterAll(async () => {
  up.process.kill('SIGTERM');
  await up.ended;
});

async function typed(command: string): Promise<readonly [string, number | null, string]> {
  const { code, stderr } = await runCli(exampleOf(command), { cwd, env });
  return [command, code, code === 0 ? '' : stderr];
}

/** A plan of the same name that waits, so that there is something to decide. */
async function waits(): Promise<void> {
  const { code } = await runCli(['provision', 'asks-first.json', '--detach'], { cwd, env });
  expect(code).toBe(0);
}

test('from the dry run to the end of a plan each example does what the page says', async () => {
  const story = ['schema', 'plan', 'setup', 'provision', 'status', 'list', 'verify', 'export', 'sweep', 'deprovision'];
  for (const command of story) expect(await typed(command)).toEqual([command, 0, '']);
}, 180_000);

test('the examples of approve, reject and cancel decide over a plan that waits', async () => {
  await waits();
  expect(await typed('reject')).toEqual(['reject', 0, '']);
  // Its end comes after the answer; until then the same plan would only be attached to.
  await expect.poll(async () => (await typed('status'))[1], { timeout: 60_000 }).toBe(2);
  await waits();
  expect((await typed('cancel'))[1]).toBe(1);
  await waits();
  expect(await typed('approve')).toEqual(['approve', 0, '']);
}, 180_000);
