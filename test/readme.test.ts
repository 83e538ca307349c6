import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { VERSION } from '../contract/version.js';

const root = new URL('../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const readme = read('README.md');
const manifest = JSON.parse(read('package.json')) as { version: string };

test('the quick start of the README is the whole of an example that the compiler has seen', () => {
  const blocks = [...readme.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code]) => code);
  const folder = new URL('examples/own-worker/', root);
  const examples = readdirSync(fileURLToPath(folder)).map((file) => readFileSync(new URL(file, folder), 'utf8'));
  expect(blocks.length).toBe(examples.length);
  for (const block of blocks) expect(examples).toContain(block);
});

test('the README tells each key of a connection in the words of the reference', () => {
  const below = (page: string, heading: string) => read(page).split(`\n## ${heading}\n`)[1] ?? '';
  const rows = (text: string) => (text.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('| `'));
  const reference = rows(below('docs/reference/configuration.md', 'A connection'));
  expect(reference.length).toBeGreaterThan(5);
  expect(rows(below('README.md', 'Configuration'))).toEqual(reference);
});

test('the version in the user agent is the one of the package', () => {
  expect(VERSION).toBe(manifest.version);
});
