/** Each defect in a copy of the sources: the explorer must find it, and tell how. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Exploration } from '../../testing/explorer/explore.js';
import { DEFECTS, type Defect, type Where } from './defects.js';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const COPIED = ['activities', 'client', 'contract', 'simulator', 'testing', 'worker', 'workflows', 'index.ts'];
const CONFIG = ['package.json', 'tsconfig.json', 'tsconfig.build.json'];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seeded-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function copyWith({ edits }: Defect, name: string): Promise<string> {
  const copy = join(folder, name);
  await Promise.all([...COPIED, ...CONFIG].map((path) => cp(join(ROOT, path), join(copy, path), { recursive: true })));
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  for (const { file, find, replace } of edits) {
    const source = await readFile(join(copy, file), 'utf8');
    expect(source.split(find).length - 1, `${file} holds once: ${find}`).toBe(1);
    await writeFile(
      join(copy, file),
      source.replace(find, () => replace),
    );
  }
  // A patch may leave something unused or unreachable: it is built all the same.
  await run('npx', ['tsc', '-p', 'tsconfig.build.json'], { cwd: copy }).catch(() => undefined);
  return copy;
}

async function exploreIn(copy: string, [scenario, wrong, adversities]: Where): Promise<readonly Exploration[]> {
  const bounds = ['--only', scenario, '--wrong', wrong, '--adversities', String(adversities)];
  const args = ['dist/testing/explorer/main.js', '--first', '--json', '--threads', '1', ...bounds];
  const { stdout } = await run('node', args, { cwd: copy, maxBuffer: 1e8 }).catch((error: { stdout: string }) => error);
  return (JSON.parse(stdout) as { readonly explorations: readonly Exploration[] }).explorations;
}

describe.concurrent('a deliberate defect breaks a promise in some schedule', () => {
  for (const [index, defect] of DEFECTS.entries()) {
    test(defect.name, async () => {
      const explorations = await exploreIn(await copyWith(defect, `defect-${index}`), defect.where);
      const finding = explorations.find((each) => each.finding)?.finding;
      process.stdout.write(
        `\n${defect.name}: ${finding?.scenario}, ${finding?.seed}\n  ${finding?.trace.join('\n  ') ?? 'NOT CAUGHT'}\n`,
      );
      expect(finding?.broken, `after ${explorations.length} scenarios`).toBeDefined();
    });
  }
});
