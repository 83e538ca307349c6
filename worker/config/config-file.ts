/** The configuration file: where it is, and its text as data, YAML or JSON, told by its content. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { ConfigProblems } from '../../contract/config-problems.js';

export const DEFAULT_CONFIG_FILE = 'provisioner.config.yaml';

/** Variables that configuration is read with; `process.env` as a rule. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The configuration file: the one that was named (`--config`), else `PROVISIONER_CONFIG`, else
 * `provisioner.config.yaml` in the current folder if it is there. A named one need not exist; loading it says so.
 */
export function findConfigFile(
  named: string | undefined,
  env: Environment,
  folder = process.cwd(),
): string | undefined {
  const chosen = named || env.PROVISIONER_CONFIG;
  if (chosen) return resolve(folder, chosen);
  const usual = resolve(folder, DEFAULT_CONFIG_FILE);
  return existsSync(usual) ? usual : undefined;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    const message = code === 'ENOENT' ? 'there is no such file' : `cannot be read (${code})`;
    throw new ConfigProblems([{ path: '', message }], file);
  }
}

/** The parser's own messages quote the text, which may be a secret: only its code and place are told. */
function parseText(text: string, file: string): unknown {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: true });
  const problems = document.errors.map(({ code, pos }) => {
    const { line, col } = lineCounter.linePos(pos[0]);
    return { path: '', message: `is neither YAML nor JSON at line ${line}, column ${col} (${code})` };
  });
  if (problems.length > 0) throw new ConfigProblems(problems, file);
  try {
    return document.toJS();
  } catch {
    throw new ConfigProblems([{ path: '', message: 'must not use YAML aliases without an anchor, or too many' }], file);
  }
}

/** What the file holds, unchecked. Throws {@link ConfigProblems}. */
export function readConfigText(file: string): unknown {
  return parseText(readText(file), file);
}
