/** Debian's packages, for the tests that need a program of the machine's: installed only on Debian itself and as root. */
import { spawn } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';

/** Ubuntu says otherwise: its packages of the same names may be snaps, which containers do not run. */
export function isDebianAsRoot(): boolean {
  if (process.getuid?.() !== 0) return false;
  try {
    return /^ID="?debian"?$/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

/** Whether they could be installed is for the caller to see by what is there then. */
export async function installPackages(...names: readonly string[]): Promise<void> {
  // A list that could not be renewed may still do.
  await apt('update');
  await apt('install', '-y', '--no-install-recommends', ...names);
}

/** What it prints goes to stderr as it comes: 300 MB take a while. */
function apt(...args: readonly string[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const child = spawn('apt-get', ['-q', ...args], { env, stdio: ['ignore', process.stderr, process.stderr] });
  return new Promise((resolve) => {
    child.on('error', () => resolve());
    child.on('close', () => resolve());
  });
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
