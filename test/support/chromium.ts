/**
 * A Chromium for the tests that look at pages: one that is here, else Debian's own package, else one error that names the
 * ways. Nothing is downloaded from a browser vendor.
 */
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { installPackages, isDebianAsRoot, isExecutable } from './debian.js';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** Root needs the first; the others keep it from the network and from asking questions of whoever runs it first. */
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

function installed(): string | undefined {
  const folders = ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter)];
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

/** Its path. Installs it where that is possible and it is missing. */
export async function provideChromium(): Promise<string> {
  const told = process.env.CHROMIUM_PATH;
  if (told !== undefined) {
    if (isExecutable(told)) return told;
    throw new Error('CHROMIUM_PATH must be the path of a program that may be run.');
  }
  const there = installed();
  if (there) return there;
  if (isDebianAsRoot()) {
    process.stderr.write('There is no Chromium: installing the package of Debian\n');
    await installPackages('chromium');
    const now = installed();
    if (now) return now;
  }
  throw new Error(
    'No Chromium was found. Install one (Debian: apt-get install chromium), or set CHROMIUM_PATH to that of any Chromium or Chrome.',
  );
}

export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ARGS });
}
