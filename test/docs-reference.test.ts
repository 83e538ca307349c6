/** The reference pages are what the source says now; `npm run docs:reference` writes them anew. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { BUILT_IN_KINDS } from '../activities/providers/built-in.js';
import { buildProgram } from '../client/cli/program.js';
import { cliPage, helpOf } from '../docs/generator/cli-page.js';
import { kindPage } from '../docs/generator/kind-page.js';
import { wordsOf } from './support/shell-words.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const reference = new URL('../docs/reference/', import.meta.url);
const STALE = 'not what the source says: run npm run docs:reference';

test('the page of the command line says what the program says of itself', async () => {
  await expect(cliPage(buildProgram()), STALE).toMatchFileSnapshot(fileURLToPath(new URL('cli.md', reference)));
});

test.each(BUILT_IN_KINDS.map((kind) => [kind.name, kind] as const))(
  'the page of %s holds its tables as the kind has them',
  async (name, kind) => {
    const page = fileURLToPath(new URL(`kinds/${name}.md`, reference));
    await expect(await kindPage(root, kind), STALE).toMatchFileSnapshot(page);
  },
);

test('there is a page for each kind, and for nothing else', () => {
  const pages = readdirSync(new URL('kinds/', reference)).sort();
  expect(pages).toEqual(BUILT_IN_KINDS.map(({ name }) => `${name}.md`).sort());
});

test('every page of the reference stands in its list, and every link leads to a page', () => {
  const pages = readdirSync(reference, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.md') && !path.includes('report/'),
  );
  const linksOf = (page: string) =>
    [...readFileSync(new URL(page, reference), 'utf8').matchAll(/\]\(([^)#:]+\.md)\)/g)].map(
      ([, to = '']) => new URL(to, new URL(page, reference)).href,
    );
  const there = readdirSync(reference, { recursive: true, encoding: 'utf8' }).map(
    (path) => new URL(path, reference).href,
  );
  expect([...linksOf('README.md'), new URL('README.md', reference).href].sort()).toEqual(
    pages.map((path) => new URL(path, reference).href).sort(),
  );
  for (const page of pages) for (const link of linksOf(page)) expect(there, page).toContain(link);
});

test('each block that names a file of the repository stands in that file', () => {
  const pages = BUILT_IN_KINDS.map(({ name }) => readFileSync(new URL(`kinds/${name}.md`, reference), 'utf8'));
  const quotes = pages.flatMap((page) => [...page.matchAll(/<!-- file: (\S+) -->\n```\w+\n([\s\S]*?)^```/gm)]);
  expect(quotes.length).toBe(BUILT_IN_KINDS.length);
  for (const [, path = '', text = ''] of quotes)
    expect(readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')).toContain(text);
});

test('the example of each command is a command line that the program takes', async () => {
  for (const { name, example } of buildProgram().commands.map((each) => ({ name: each.name(), ...helpOf(each) }))) {
    const program = buildProgram();
    const given: string[] = [];
    for (const command of program.commands) command.action(() => void given.push(command.name()));
    await program.parseAsync(wordsOf(example), { from: 'user' });
    expect(given, example).toEqual([name]);
  }
});
