/**
 * A plan from a YAML or JSON file, or from standard input. Syntax errors come with line and column and in our own words:
 * the parser's would quote the file. Numbers that a double cannot hold are refused rather than rounded.
 */
import { readFileSync } from 'node:fs';
import { type ErrorCode, LineCounter, parseDocument, type YAMLError } from 'yaml';
import { pathText } from '../contract/check-shape.js';
import type { Problem } from '../contract/failures.js';
import { CliError, EXIT } from './exit.js';

/** Twice a plan's limit of 1 MB, since YAML may be wordier than the JSON it stands for. */
const MAX_FILE_BYTES = 2_000_000;

/** The parser bounds its depth only after it has kept every open bracket: a megabyte of them would exhaust the memory. */
const MAX_OPEN_BRACKETS = 1_000;

/** No plan needs more; an alias bomb has thousands. */
const MAX_ALIASES = 100;

const REMEDIES: Partial<Record<ErrorCode, string>> = {
  BAD_ALIAS: 'an alias must be a name after the star',
  BAD_INDENT: 'the indentation does not fit; or a bracket, brace or quote above is not closed',
  BAD_SCALAR_START: 'a plain value cannot start with this character; put it in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a key and a nested block cannot share a line; a value that holds ": " needs quotes',
  DUPLICATE_KEY: 'this key stands twice; keep one',
  MISSING_CHAR: 'a closing bracket, brace, comma, colon or quote is missing here or above',
  MULTILINE_IMPLICIT_KEY: 'a key must stand on one line, followed by a colon',
  RESOURCE_EXHAUSTION: 'this is nested too deeply',
  MULTIPLE_DOCS: 'one document only; remove the "---" between them',
  TAB_AS_INDENT: 'indent with spaces, not with a tab',
  TAG_RESOLVE_FAILED: 'tags (!name) have no meaning in a plan; remove it',
  UNEXPECTED_TOKEN: 'this does not fit here',
};

/** `-` reads standard input. Throws a CliError that names the file, and never shows what is in it. */
export function readPlanFile(file: string): unknown {
  const text = readText(file);
  try {
    return parsePlan(file, text);
  } catch (error) {
    if (error instanceof CliError) throw error;
    const remedy = structureRemedy(error);
    if (remedy === undefined) throw error;
    throw new CliError(EXIT.invalid, `${nameOf(file)} ${remedy}`, [], { cause: error });
  }
}

function parsePlan(file: string, text: string): unknown {
  if (openBrackets(text) > MAX_OPEN_BRACKETS) throw new RangeError();
  const lines = new LineCounter();
  const document = parseDocument(text, { prettyErrors: false, lineCounter: lines, intAsBigInt: true });
  const errors = [...document.errors, ...document.warnings];
  if (errors.length > 0) {
    const problems = errors.slice(0, 10).map((error) => syntaxProblem(error, lines));
    throw new CliError(EXIT.invalid, `${nameOf(file)} is not valid YAML or JSON`, problems);
  }
  const problems: Problem[] = [];
  const plan = exactNumbers(document.toJS({ maxAliasCount: MAX_ALIASES }), [], problems);
  if (problems.length > 0)
    throw new CliError(EXIT.invalid, `${nameOf(file)} holds numbers that cannot be kept`, problems);
  return plan;
}

/** What the parser throws only while it builds the value, with the file's text in its messages. */
function structureRemedy(error: unknown): string | undefined {
  if (error instanceof RangeError) return 'is nested too deeply';
  if (!(error instanceof ReferenceError)) return undefined;
  return error.message.startsWith('Unresolved')
    ? 'has an alias (*name) without an anchor (&name) before it'
    : 'uses too many aliases; write the values out';
}

/** The most brackets that are open at once, quoted ones included: a plan's text has no thousand unmatched ones either. */
function openBrackets(text: string): number {
  let open = 0;
  let most = 0;
  for (const [char] of text.matchAll(/[[\]{}]/g)) {
    open += char === '[' || char === '{' ? 1 : -1;
    if (open > most) most = open;
  }
  return most;
}

function syntaxProblem(error: YAMLError, lines: LineCounter): Problem {
  const { line, col } = lines.linePos(error.pos[0]);
  return { path: `line ${line}, column ${col}`, message: REMEDIES[error.code] ?? 'this is not valid here' };
}

function exactNumbers(value: unknown, path: readonly (string | number)[], problems: Problem[]): unknown {
  if (typeof value === 'bigint') {
    const number = Number(value);
    if (Number.isSafeInteger(number)) return number;
    problems.push({ path: pathText(...path), message: 'too large for an exact number; write it in quotes' });
    return String(value);
  }
  if (typeof value === 'number' && !Number.isFinite(value)) {
    problems.push({ path: pathText(...path), message: 'must be a finite number' });
  }
  if (Array.isArray(value)) return value.map((inner, index) => exactNumbers(inner, [...path, index], problems));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, exactNumbers(inner, [...path, key], problems)]),
  );
}

function readText(file: string): string {
  try {
    const bytes = readFileSync(file === '-' ? 0 : file);
    if (bytes.length > MAX_FILE_BYTES) {
      throw new CliError(EXIT.invalid, `${nameOf(file)} is larger than ${MAX_FILE_BYTES} bytes; split the plan`);
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(EXIT.invalid, `${nameOf(file)} ${readRemedy(error)}`, [], { cause: error });
  }
}

function readRemedy(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return 'does not exist; give the path of a file in YAML or JSON';
    case 'EISDIR':
      return 'is a directory; give the path of a file in YAML or JSON';
    case 'EACCES':
    case 'EPERM':
      return 'cannot be read; its permissions forbid it';
    case 'ERR_ENCODING_INVALID_ENCODED_DATA':
      return 'is not UTF-8 text';
    default:
      return 'cannot be read';
  }
}

function nameOf(file: string): string {
  return file === '-' ? 'Standard input' : file;
}
