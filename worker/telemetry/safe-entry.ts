/**
 * What may be said of an entry of the SDK's log, in whatever form it is written. Its own fields keep their names but for `runId`; a
 * task token, which could complete somebody's activity, never gets out, and neither does what a connection's secrets look like.
 */
import type { LogMetadata } from '@temporalio/common';
import type { LogEntry } from '@temporalio/worker';
import { hideSecrets } from '../../activities/http/hide-secrets.js';

export interface SafeEntry {
  readonly time: string;
  readonly fields: object;
  readonly message: string;
}

export function safeEntry({ message, meta, timestampNanos }: LogEntry, hidden: readonly string[]): SafeEntry {
  return {
    time: new Date(Number(timestampNanos / 1_000_000n)).toISOString(),
    fields: clean(fieldsOf(meta), hidden, 0) as object,
    message: hideSecrets(message, hidden),
  };
}

const MAX_DEPTH = 6;

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
