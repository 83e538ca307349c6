/** The SDK's log as JSON lines on stderr, by pino. */
import type { LogLevel } from '@temporalio/common';
import { DefaultLogger, type LogEntry } from '@temporalio/worker';
import pino from 'pino';
import { safeEntry } from './safe-entry.js';

export interface JsonLoggerOptions {
  readonly level: LogLevel;
  /** What must not be in any line, as it is now. */
  readonly secrets: () => readonly string[];
  /** Default: stderr, written at once, so that no line is lost when the process dies. */
  readonly destination?: pino.DestinationStream;
}

/** Names under which a secret would travel, if anything of ours or of the SDK's ever logged one. */
const SECRET_FIELDS = [
  'authorization',
  'password',
  'secretKey',
  'accessKeySecret',
  'securityToken',
  'credentials',
  'headers',
];

/** A logger for `Runtime.install`. */
export function createJsonLogger({ level, secrets, destination }: JsonLoggerOptions): DefaultLogger {
  const stream = destination ?? pino.destination({ dest: 2, sync: true });
  const paths = SECRET_FIELDS.flatMap((name) => [name, `*.${name}`]);
  const options: pino.LoggerOptions = {
    level: 'trace',
    base: null,
    timestamp: false,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths, censor: '***' },
  };
  const logger = pino(options, stream);
  return new DefaultLogger(level, (entry: LogEntry) => {
    const { time, fields, message } = safeEntry(entry, secrets());
    logger[levelOf(entry.level)]({ time, ...fields }, message);
  });
}

function levelOf(level: LogLevel): 'trace' | 'debug' | 'info' | 'warn' | 'error' {
  return level.toLowerCase() as 'trace' | 'debug' | 'info' | 'warn' | 'error';
}
