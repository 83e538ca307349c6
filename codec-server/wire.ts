/** Payloads as Temporal's codec protocol has them: protobuf's JSON, every bytes field in base64. Unknown fields are let go. */
import type { Payload } from '@temporalio/common';
import { z } from 'zod';

const base64 = z.string().regex(/^[A-Za-z0-9+/_-]*={0,2}$/);

const bodySchema = z.object({
  payloads: z.array(z.object({ metadata: z.record(z.string(), base64).default({}), data: base64.default('') })),
});

export interface WirePayload {
  readonly metadata: Readonly<Record<string, string>>;
  readonly data: string;
}

/** Undefined where it is something else. */
export function readPayloads(body: unknown): Payload[] | undefined {
  const parsed = bodySchema.safeParse(body);
  return parsed.data?.payloads.map(({ metadata, data }) => ({
    metadata: mapped(metadata, bytesOf),
    data: bytesOf(data),
  }));
}

export function writePayload({ metadata, data }: Payload): WirePayload {
  return { metadata: mapped(metadata ?? {}, textOf), data: textOf(data) };
}

function mapped<From, To>(fields: Readonly<Record<string, From>>, change: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, change(value)]));
}

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, 'base64');
}

function textOf(bytes: Uint8Array | null | undefined): string {
  return Buffer.from(bytes ?? []).toString('base64');
}
