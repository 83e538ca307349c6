/**
 * Where a command's words go. With --json exactly one document reaches stdout, for errors too, and nothing else; without
 * it, lines for people. Notes and errors go to stderr, so that stdout can be piped.
 */
import { writeSync } from 'node:fs';
import pc from 'picocolors';
import { CliError, EXIT, type ExitCode } from './exit.js';
import { printable, printableJson } from './printable.js';

export interface OutputOptions {
  readonly json: boolean;
  readonly verbose: boolean;
}

export class Output {
  readonly json: boolean;
  readonly verbose: boolean;
  #documented = false;

  constructor({ json, verbose }: OutputOptions) {
    this.json = json;
    this.verbose = verbose;
  }

  /** A line of the answer. Nothing with --json. */
  line(text = ''): void {
    if (!this.json) process.stdout.write(`${text}\n`);
  }

  /** A line beside the answer: hints, warnings. Nothing with --json. */
  note(text: string): void {
    if (!this.json) process.stderr.write(`${text}\n`);
  }

  /** The one document of --json; the second call of a command is a defect. */
  document(value: unknown): void {
    if (!this.json) return;
    if (this.#documented) throw new Error('A command wrote two JSON documents.');
    this.#documented = true;
    process.stdout.write(`${printableJson(value)}\n`);
  }

  /** Tells an error and returns its exit code. Stack traces only with --verbose. */
  fail(error: unknown): ExitCode {
    const known = error instanceof CliError;
    const message = printable(error instanceof Error ? error.message : String(error));
    const problems = known ? error.problems : [];
    if (this.json && !this.#documented) {
      this.document({ error: message, ...(problems.length > 0 && { problems }) });
    } else {
      process.stderr.write(`${pc.red('error:')} ${message}\n`);
      for (const { path, message: remedy } of problems) {
        process.stderr.write(`  ${path ? `${printable(path)}: ` : ''}${printable(remedy)}\n`);
      }
    }
    if (this.verbose) process.stderr.write(`${stackOf(error)}\n`);
    return known ? error.exitCode : EXIT.defect;
  }
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}

/** For a line that must be out before the process goes on to block or die: the simulator's first one. */
export function writeLineNow(text: string): void {
  writeSync(1, `${text}\n`);
}
