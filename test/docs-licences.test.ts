/** Licences of everything that is installed with the package: on a page, and of kinds that ask no more than to be named. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { broughtByPeers, licencesPage, type Manifest, peers, shipped } from '../docs/generator/licences-page.js';
import type { Lockfile } from '../docs/generator/lockfile.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): unknown => JSON.parse(readFileSync(`${root}${path}`, 'utf8'));
const lockfile = read('package-lock.json') as Lockfile;
const manifest = read('package.json') as Manifest;

/** They ask for their text to be kept, and nothing of the code that uses them. */
const PERMISSIVE = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'];

test('the page of licences names what the lockfile has', async () => {
  const stale = 'not what the lockfile says: run npm run docs:reference';
  await expect(licencesPage(lockfile, manifest), stale).toMatchFileSnapshot(`${root}docs/reference/licences.md`);
});

test('every package that is installed with ours, or is its peer, has a permissive licence', () => {
  const all = [...shipped(lockfile, manifest), ...peers(lockfile, manifest)];
  expect(all.length).toBeGreaterThan(20);
  expect(all.filter(({ licence }) => !PERMISSIVE.includes(licence))).toEqual([]);
});

test('so has every package that a peer brings along, or one that asks no more', () => {
  const alike = [...PERMISSIVE, 'Apache-2.0 AND MIT', 'BlueOak-1.0.0', 'CC-BY-4.0', 'Unlicense'];
  const all = broughtByPeers(lockfile, manifest);
  expect(all.map(({ name }) => name)).toEqual(expect.arrayContaining(['@swc/core', '@grpc/grpc-js', 'webpack']));
  expect(all.filter(({ licence }) => !alike.includes(licence))).toEqual([]);
});

test('every dependency of ours is among them, and none that is for development alone', () => {
  const { devDependencies } = read('package.json') as Record<string, Record<string, string>>;
  const names = shipped(lockfile, manifest).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(Object.keys(manifest.dependencies)));
  expect(Object.keys(devDependencies ?? {}).filter((name) => names.includes(name))).toEqual([]);
});
