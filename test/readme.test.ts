import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { MOVES } from '../contract/moves.js';
import { VERSION } from '../contract/version.js';

import { runCli } from './cli-process.js';

const root = new URL('../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const readme = read('README.md');
const manifest = JSON.parse(read('package.json')) as { version: string; scripts: Record<string, string> };

test('every TypeScript block of the README is an example that the compiler has seen', () => {
  const blocks = [...readme.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code]) => code);
  const folder = new URL('examples/own-worker/', root);
  const examples = readdirSync(fileURLToPath(folder)).map((file) => readFileSync(new URL(file, folder), 'utf8'));
  expect(blocks.length).toBe(examples.length);
  for (const block of blocks) expect(examples).toContain(block);
});

test('every TypeScript block of the page about kinds is part of what compiler and tests have seen', () => {
  const blocks = [...read('docs/kinds.md').matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code]) => code ?? '');
  const sources = ['test/support/own-kind.ts', 'test/own-kind.test.ts'].map((path) =>
    read(path)
      .replaceAll("'../../index.js'", "'temporal-provisioner'")
      .replaceAll("'../testing/index.js'", "'temporal-provisioner/testing'"),
  );
  expect(blocks.length).toBe(4);
  for (const block of blocks)
    expect(
      sources.some((source) => source.includes(block)),
      block,
    ).toBe(true);
});

test('every npm script that the README and CONTRIBUTING name exists', () => {
  const named = [
    ...`${readme}${read('CONTRIBUTING.md')}`.matchAll(/npm (?:run )?(test:deep|test|[a-z]+(?::[a-z]+)?)/g),
  ];
  const scripts = named.map(([, script]) => script ?? '').filter((script) => !['ci', 'install'].includes(script));
  expect(scripts.length).toBeGreaterThan(5);
  for (const script of scripts) expect(Object.keys(manifest.scripts)).toContain(script);
});

test('every command that the README and the page about operating name exists, and every move is told there', async () => {
  const operating = read('docs/operating.md');
  const { stdout } = await runCli(['--help']);
  const known = [...stdout.matchAll(/^ {2}([a-z]+) .*$/gm)].map(([, name]) => name);
  const named = [...`${readme}${operating}`.matchAll(/provisioner ([a-z|\\]+) [A-Za-z<-]/g)];
  const commands = named.flatMap(([, names = '']) => names.split(/\\?\|/)).filter((name) => name !== '');
  expect(new Set(commands).size).toBeGreaterThan(12);
  for (const command of commands) expect(known).toContain(command);
  for (const move of MOVES) expect(operating).toMatch(new RegExp(`^\\| .*\`${move}[ \`]`, 'm'));
});

test('every file that the README links to exists', () => {
  const links = [...readme.matchAll(/\]\(((?!https?:)[^)]+)\)/g)].map(([, path]) => path ?? '');
  expect(links.length).toBeGreaterThan(3);
  for (const link of links) expect(() => read(link)).not.toThrow();
});

test('the version in the user agent is the one of the package', () => {
  expect(VERSION).toBe(manifest.version);
});
