/**
 * Runs as visibility tells them. The SDK's own list decodes every run's memo, and ends at the first that does not open: here a
 * memo is decoded only where it is asked for, so that one encrypted run does not hide the others from who has no key.
 */
import { type Client, defaultPayloadConverter } from '@temporalio/client';
import { decodePayloads } from '../activities/owner/payloads.js';
import { undecipherable } from './undecipherable.js';

/** A run as visibility tells it. */
export interface Told {
  readonly workflowId: string;
  readonly runId: string;
  readonly firstRunId: string;
  readonly status: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly startTime: Date;
  readonly closeTime?: Date | undefined;
}

export type Raw = NonNullable<
  Awaited<ReturnType<Client['workflowService']['listWorkflowExecutions']>>['executions']
>[number];

/** temporal.api.enums.v1.WorkflowExecutionStatus, in the words of the SDK's own list. */
const STATUS: Readonly<Record<number, string>> = {
  1: 'RUNNING',
  2: 'COMPLETED',
  3: 'FAILED',
  4: 'CANCELLED',
  5: 'TERMINATED',
  6: 'CONTINUED_AS_NEW',
  7: 'TIMED_OUT',
  8: 'PAUSED',
};

export function toldOf(raw: Raw): Told {
  const runId = raw.execution?.runId ?? '';
  const attributes = Object.entries(raw.searchAttributes?.indexedFields ?? {});
  return {
    workflowId: raw.execution?.workflowId ?? '',
    runId,
    firstRunId: raw.firstRunId || runId,
    status: STATUS[raw.status ?? 0] ?? 'UNKNOWN',
    attributes: Object.fromEntries(
      attributes.map(([name, payload]) => [name, defaultPayloadConverter.fromPayload(payload)]),
    ),
    startTime: dateOf(raw.startTime) ?? new Date(0),
    closeTime: dateOf(raw.closeTime),
  };
}

function dateOf(time: Raw['startTime']): Date | undefined {
  return time ? new Date(Number(time.seconds ?? 0) * 1_000 + (time.nanos ?? 0) / 1e6) : undefined;
}

/** All runs that a query finds, page by page. */
export async function* eachRun(client: Client, query: string, pageSize: number): AsyncGenerator<Raw> {
  const { namespace } = client.options;
  let nextPageToken: Uint8Array | undefined;
  do {
    const answer = await client.workflowService.listWorkflowExecutions({
      namespace,
      query,
      pageSize,
      ...(nextPageToken && { nextPageToken }),
    });
    yield* answer.executions ?? [];
    nextPageToken = answer.nextPageToken ?? undefined;
  } while (nextPageToken?.length);
}

/** One entry of a run's memo; undefined where there is none, or none that opens. */
export async function memoOf(client: Client, { memo }: Raw, key: string): Promise<unknown> {
  const payload = memo?.fields?.[key];
  if (!payload) return undefined;
  try {
    const [value] = await decodePayloads(client, [payload]);
    return value;
  } catch (error) {
    if (undecipherable(error) === undefined) throw error;
    return undefined;
  }
}
