/** The SDK's log as lines for people, on stderr: as its own logger writes them, without what must not get out. */
import { inspect } from 'node:util';
import type { LogLevel } from '@temporalio/common';
import { DefaultLogger } from '@temporalio/worker';
import { safeEntry } from './safe-entry.js';

export interface TextLoggerOptions {
  readonly level: LogLevel;
  /** What must not be in any line, as it is now. */
  readonly secrets: () => readonly string[];
  /** Default: stderr. */
  readonly write?: (line: string) => void;
}

/** A logger for `Runtime.install`. */
export function createTextLogger({ level, secrets, write = toStderr }: TextLoggerOptions): DefaultLogger {
  return new DefaultLogger(level, (entry) => {
    const { time, fields, message } = safeEntry(entry, secrets());
    const more = Object.keys(fields).length === 0 ? '' : ` ${inspect(fields)}`;
    write(`${time} [${entry.level}] ${message}${more}\n`);
  });
}

function toStderr(line: string): void {
  process.stderr.write(line);
}
