/** A token by reference: from a file or a variable, never on the command line, where everybody on this machine reads it. */
import { readFileSync } from 'node:fs';
import { CliError, EXIT } from './exit.js';

/** Undefined where neither says one. Throws where the file cannot be read. */
export function readToken(tokenFile: string | undefined, variable: string): string | undefined {
  if (tokenFile === undefined) return process.env[variable]?.trim() || undefined;
  try {
    return readFileSync(tokenFile, 'utf8').trim();
  } catch {
    throw new CliError(EXIT.invalid, `--token-file: ${tokenFile} must be a readable file that holds the token`);
  }
}
