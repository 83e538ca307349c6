/**
 * Requests as they came over the wire and answers as they go back. Signatures are checked against these very bytes, so
 * nothing here decodes, normalises or merges before somebody asks for it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { stringify } from 'lossless-json';

export interface RawRequest {
  readonly method: string;
  /** Path as it stood in the request line, still percent-encoded. */
  readonly path: string;
  /** Query as it stood in the request line, without `?`. */
  readonly query: string;
  /** Lower-case name → values in the order they came. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, where bigints become numbers with all their digits; a string goes out as it is. Left out: an empty body. */
  readonly body?: unknown;
}

/** Huawei's gateway takes bodies up to 12 MB with AK/SK; nobody else here documents more. */
const MAX_BODY_BYTES = 12 * 1024 * 1024;

export class BodyTooLarge extends Error {}

export async function readRequest(incoming: IncomingMessage): Promise<RawRequest> {
  const target = incoming.url ?? '/';
  const mark = target.indexOf('?');
  const headers = new Map<string, string[]>();
  for (let i = 0; i + 1 < incoming.rawHeaders.length; i += 2) {
    const name = (incoming.rawHeaders[i] ?? '').toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), incoming.rawHeaders[i + 1] ?? '']);
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new BodyTooLarge('the body is larger than 12 MB');
    chunks.push(chunk);
  }
  return {
    method: incoming.method ?? 'GET',
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? '' : target.slice(mark + 1),
    headers,
    body: Buffer.concat(chunks),
  };
}

/** All values of a header as one, the way a proxy would join them. */
export function headerOf(request: RawRequest, name: string): string | undefined {
  return request.headers.get(name)?.join(',').trim();
}

export type Pairs = readonly (readonly [name: string, value: string])[];

/** Decodes a query or a form: `+` and `%20` are both a space (Alibaba's Python SDK sends the one, its Node core the other). */
export function decodePairs(encoded: string): Pairs {
  return encoded
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const mark = pair.indexOf('=');
      return mark < 0 ? [decode(pair), ''] : [decode(pair.slice(0, mark)), decode(pair.slice(mark + 1))];
    });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

/** RFC 3986: everything but letters, digits and `-_.~`. Both Huawei and Alibaba sign this form. */
export function encodeRfc3986(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

export function sendAnswer(response: ServerResponse, answer: Answer): void {
  const { body } = answer;
  const text = typeof body === 'string' ? body : (stringify(body) ?? '');
  response.writeHead(answer.status, {
    'content-type': 'application/json;charset=UTF-8',
    'content-length': Buffer.byteLength(text),
    ...answer.headers,
  });
  response.end(text);
}
