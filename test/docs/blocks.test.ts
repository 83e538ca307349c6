/** No block of the documentation stands there for nothing: each quotes what is tested, or is run (test/e2e/docs-sessions.test.ts). */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildProgram } from '../../cli/program.js';
import { MOVES } from '../../contract/moves.js';
import { type Block, blocksOf, pages, ROOT, textOf } from '../support/doc-blocks.js';

const PAGES = pages();
const BLOCKS = PAGES.flatMap(blocksOf);
const where = ({ page, line }: Block) => `${page}:${line}`;

/** Signatures, which the generator writes, and pictures in letters are nothing to run. */
const NOTHING_TO_RUN: Readonly<Record<string, (page: string) => boolean>> = {
  typescript: (page) => page.startsWith('docs/reference/'),
  text: () => true,
};

function isHandled({ language, does, page }: Block): boolean {
  if (NOTHING_TO_RUN[language]?.(page)) return true;
  if (language === 'sh') return true;
  return does?.what === 'file' || does?.what === 'save';
}

describe('every code block', () => {
  test('is of a language that the tests know what to do with', () => {
    expect(BLOCKS.length).toBeGreaterThan(30);
    expect(BLOCKS.filter((block) => !isHandled(block)).map(where)).toEqual([]);
  });

  test('that quotes a file is in that file, word for word', () => {
    const quotes = BLOCKS.filter(({ does }) => does?.what === 'file');
    expect(quotes.length).toBeGreaterThan(5);
    for (const block of quotes) {
      const path = join(ROOT, block.does?.value ?? '');
      expect(existsSync(path), `${where(block)} names ${path}`).toBe(true);
      const source = asUsersSeeIt(readFileSync(path, 'utf8')).replaceAll(/^ +/gm, '');
      expect(source, where(block)).toContain(block.text.replaceAll(/^ +/gm, ''));
    }
  });

  test('that CI is said to run is run by it', () => {
    const ci = readFileSync(join(ROOT, '.ci/run'), 'utf8');
    const commands = BLOCKS.filter(({ does }) => does?.what === 'ci').flatMap(({ text }) =>
      text.split(/\n|&&/).map((line) => line.replace(/#.*/, '').trim()),
    );
    const scripts = commands
      .filter((command) => command !== '')
      .map((command) => command.replace(/^npm (?:run )?/, ''));
    expect(scripts.length).toBeGreaterThan(2);
    for (const script of scripts) expect(ci).toMatch(new RegExp(`(npm (run )?|tests )${script}\\b`));
  });
});

describe('every mention', () => {
  test('of a command and its options is of one that exists', () => {
    const program = buildProgram();
    const options = program.options.map(({ long }) => long);
    const known = new Map(
      program.commands.map((command) => [command.name(), [...options, ...command.options.map(({ long }) => long)]]),
    );
    const mentions = PAGES.flatMap((page) =>
      [
        ...textOf(page).matchAll(/(?:npx provisioner|`provisioner|^provisioner) ([a-z]+(?:\\?\|[a-z]+)*)([^`\n]*)/gm),
      ].map(([, names = '', rest = '']) => ({ page, names: names.split(/\\?\|/), rest })),
    );
    expect(mentions.length).toBeGreaterThan(40);
    for (const { page, names, rest } of mentions) {
      for (const name of names) {
        expect([...known.keys()], `${page}: provisioner ${name}`).toContain(name);
        for (const [option] of rest.matchAll(/--[a-z-]+/g))
          expect([...(known.get(name) ?? []), '--help'], `${page}: provisioner ${name} ${option}`).toContain(option);
      }
    }
  });

  test('of an npm script is of one that exists', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
    const named = PAGES.flatMap((page) =>
      [...textOf(page).matchAll(/npm (?:run ([a-z:]+)|(test|start)\b)/g)].map(
        ([, script, bare]) => script ?? bare ?? '',
      ),
    );
    expect(named.length).toBeGreaterThan(10);
    for (const script of named) expect(Object.keys(scripts)).toContain(script);
  });

  test('of a file or a heading that is linked to leads there', () => {
    const links = PAGES.flatMap((page) =>
      [...textOf(page).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link = '']) => ({ page, link })),
    );
    expect(links.length).toBeGreaterThan(40);
    for (const { page, link } of links) {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : join(dirname(page), path);
      expect(existsSync(join(ROOT, target)), `${page}: ${link}`).toBe(true);
      if (anchor !== undefined) expect(anchorsOf(target), `${page}: ${link}`).toContain(anchor);
    }
  });

  test('every move of an operator is told on the page about operating', () => {
    const operating = textOf('docs/how-to/operate.md');
    for (const move of MOVES) expect(operating).toMatch(new RegExp(`^\\| .*\`${move}[ \`]`, 'm'));
  });
});

/** Our own tests import the sources of what users import by the package's name. */
function asUsersSeeIt(source: string): string {
  return source
    .replaceAll(/'(?:\.\.\/)+index\.js'/g, "'temporal-provisioner'")
    .replaceAll(/'(?:\.\.\/)+testing\/index\.js'/g, "'temporal-provisioner/testing'");
}

/** As GitHub makes them of headings. */
function anchorsOf(page: string): readonly string[] {
  return [...textOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
