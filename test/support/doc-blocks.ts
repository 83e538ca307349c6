/**
 * The code blocks of the documentation, each with what is to be done with it. A comment right before a fence says so:
 * `file: PATH` quotes a file; `save: NAME` is a file of the reader's; `terminal: TEXT` runs until it is stopped, and is ready
 * once it has said TEXT; `exit: N` ends so; `output` is what the command before says; `ci` is run by .ci/run.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface Block {
  readonly page: string;
  /** Of the fence, for messages. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
  readonly does: Directive | undefined;
}

export interface Directive {
  readonly what: string;
  readonly value: string;
}

/** Every page that a reader may come upon, as paths from the root. */
export function pages(): readonly string[] {
  const found = ['README.md', 'CONTRIBUTING.md', 'simulator/README.md'];
  for (const folder of ['docs', 'examples']) {
    const entries = readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      if (entry.name.endsWith('.md')) found.push(relative(ROOT, join(entry.parentPath, entry.name)));
    }
  }
  return found.filter((path) => !path.includes('node_modules')).sort();
}

export function textOf(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

export function blocksOf(page: string): readonly Block[] {
  const lines = textOf(page).split('\n');
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; at++) {
    const opened = /^(\s*)```(\S*)$/.exec(lines[at] ?? '');
    if (!opened) continue;
    const [, indent = '', language = ''] = opened;
    const end = lines.findIndex((line, index) => index > at && line === `${indent}\`\`\``);
    if (end < 0) throw new Error(`${page}:${at + 1} is never closed`);
    const text = lines
      .slice(at + 1, end)
      .map((line) => line.slice(indent.length))
      .join('\n');
    blocks.push({ page, line: at + 1, language, text: `${text}\n`, does: directiveBefore(lines, at) });
    at = end;
  }
  return blocks;
}

function directiveBefore(lines: readonly string[], fence: number): Directive | undefined {
  let at = fence - 1;
  while (at >= 0 && lines[at]?.trim() === '') at--;
  const comment = /^\s*<!-- (\w+)(?:: (.*))? -->$/.exec(lines[at] ?? '');
  return comment ? { what: comment[1] ?? '', value: comment[2] ?? '' } : undefined;
}
