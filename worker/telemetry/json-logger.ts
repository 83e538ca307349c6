/**
 * The SDK's log as JSON lines on stderr, by pino. Its own fields keep their names but for `runId`; a task token, which could
 * complete somebody's activity, never gets out, and neither does what a connection's secrets look like.
 */
import type { LogLevel, LogMetadata } from '@temporalio/common';
import { DefaultLogger, type LogEntry } from '@temporalio/worker';
import pino from 'pino';
import { hideSecrets } from '../../activities/http/hide-secrets.js';

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
const MAX_DEPTH = 6;

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
    const hidden = secrets();
    const fields = clean(fieldsOf(entry.meta), hidden, 0) as object;
    const time = new Date(Number(entry.timestampNanos / 1_000_000n)).toISOString();
    logger[levelOf(entry.level)]({ time, ...fields }, hideSecrets(entry.message, hidden));
  });
}

function levelOf(level: LogLevel): 'trace' | 'debug' | 'info' | 'warn' | 'error' {
  return level.toLowerCase() as 'trace' | 'debug' | 'info' | 'warn' | 'error';
}

function fieldsOf(meta: LogMetadata | undefined): LogMetadata {
  const { taskToken: _token, workflowRunId, ...rest } = meta ?? {};
  return { ...rest, ...(workflowRunId !== undefined && { runId: workflowRunId }) };
}

/** Plain data without a secret in any text: whatever is logged, pino only has to write it down. */
function clean(value: unknown, hidden: readonly string[], depth: number): unknown {
  if (typeof value === 'string') return hideSecrets(value, hidden);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '…';
  if (value instanceof Error) return clean(plainError(value), hidden, depth);
  if (value instanceof Date) return value.toJSON();
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (Array.isArray(value)) return value.map((item) => clean(item, hidden, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, clean(inner, hidden, depth + 1)]));
}

/** An error's own words. A Temporal failure's protobuf beside them would only say it all again, in bytes. */
function plainError(error: Error): object {
  const { name, message, stack, cause } = error;
  const type = 'type' in error && typeof error.type === 'string' ? error.type : name;
  return { type, message, ...(stack && { stack }), ...(cause !== undefined && { cause }) };
}
