/** Reading plans: what is refused, where it says so, and that nothing of the file's content is shown. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CliError, EXIT } from '../cli/exit.js';
import { readPlanFile } from '../cli/plan-file.js';

const SECRET = 'hunter2hunter2';
const folder = mkdtempSync(join(tmpdir(), 'plan-file-'));
let files = 0;

function fileOf(content: string | Uint8Array): string {
  const file = join(folder, `${files++}.yaml`);
  writeFileSync(file, content);
  return file;
}

function refusalOf(file: string): CliError {
  try {
    readPlanFile(file);
  } catch (error) {
    if (error instanceof CliError) return error;
    throw error;
  }
  throw new Error('The file was accepted.');
}

const deep = (depth: number) => `a: ${'['.repeat(depth)}${']'.repeat(depth)}`;

const bomb = [
  'a0: &a0 [x, x]',
  ...Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(9)}]`),
];

describe('a plan file', () => {
  it('in YAML and the same in JSON give the same plan', () => {
    const plan = { name: 'p', resources: { a: { kind: 'k', connection: 'c', spec: { n: 1, list: [true, null] } } } };
    const yaml = 'name: p\nresources:\n  a: { kind: k, connection: c, spec: { n: 1, list: [true, null] } }\n';
    expect(readPlanFile(fileOf(yaml))).toEqual(plan);
    expect(readPlanFile(fileOf(JSON.stringify(plan)))).toEqual(plan);
  });

  it('may use aliases, which are written out before anything else sees the plan', () => {
    expect(readPlanFile(fileOf('a: &x { n: 1 }\nb: *x\n'))).toEqual({ a: { n: 1 }, b: { n: 1 } });
  });

  it.each([
    ['a missing bracket', `name: p\nspec: [${SECRET}, 2\nother: 1\n`, /^line \d+, column \d+$/, /bracket/],
    ['a key that stands twice', `name: p\nname: ${SECRET}\n`, /^line 2, column 1$/, /stands twice/],
    ['a tab as indentation', `name: p\nspec:\n\tpassword: ${SECRET}\n`, /^line 3/, /spaces|fit|valid/],
    ['a tag', `name: p\nspec: !secret ${SECRET}\n`, /^line 2/, /tags/],
    ['two documents', `name: p\n---\nname: ${SECRET}\n`, /^line/, /one document/],
  ])('with %s is refused with the line, and without what stands there', (_what, text, path, message) => {
    const error = refusalOf(fileOf(text));
    expect(error.exitCode).toBe(EXIT.invalid);
    expect(error.problems[0]?.path).toMatch(path);
    expect(error.problems[0]?.message).toMatch(message);
    expect(JSON.stringify([error.message, error.problems])).not.toContain(SECRET);
  });

  it('with an alias that has no anchor is refused without its name', () => {
    const error = refusalOf(fileOf(`name: p\nspec: *${SECRET}\n`));
    expect(error.message).toMatch(/without an anchor/);
    expect(error.message).not.toContain(SECRET);
  });

  it.each([
    ['an alias bomb', bomb.join('\n')],
    ['ten thousand nested lists', deep(10_000)],
    ['a million open brackets', deep(900_000)],
    ['bytes that are not UTF-8', new Uint8Array([0x61, 0x3a, 0x20, 0xff, 0xfe])],
    ['more than two megabytes', `a: ${'x'.repeat(2_000_001)}`],
  ])('with %s is refused quickly as invalid input', (_what, content) => {
    expect(refusalOf(fileOf(content)).exitCode).toBe(EXIT.invalid);
  });

  it.each([
    ['ProjectId: 4634978808809541234', 'ProjectId'],
    ['list: [1, 9007199254740993]', 'list[1]'],
    ['n: .inf', 'n'],
  ])('with the number in "%s" is refused, since a double would change it', (text, path) => {
    expect(refusalOf(fileOf(text)).problems.map((problem) => problem.path)).toEqual([path]);
  });

  it('that does not exist, or is a directory, is refused with what to give instead', () => {
    expect(refusalOf(join(folder, 'none.yaml')).message).toMatch(/does not exist; give the path/);
    expect(refusalOf(folder).message).toMatch(/is a directory; give the path/);
  });
});
