/**
 * `SDK-HMAC-SHA256`: how Huawei's gateway wants an AK/SK request signed ("Signing API Requests" in API Gateway's
 * developer guide, devg-apisign/api-sign-algorithm). Pure: everything it depends on is in its arguments.
 */
import { createHash, createHmac } from 'node:crypto';
import type { WireRequest } from '../../cloud.js';
import { encodeRfc3986 } from '../../http/endpoint.js';

const ALGORITHM = 'SDK-HMAC-SHA256';

export interface SigningKey {
  readonly accessKey: string;
  readonly secretKey: string;
}

/** `20251120T010203Z`. The gateway accepts 15 minutes of difference to its own clock. */
export function sdkDate(now: number): string {
  return new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, '');
}

/** The Authorization header. Signs exactly the headers given, which must hold `host` and `x-sdk-date`. */
export function authorizationOf(request: WireRequest, { accessKey, secretKey }: SigningKey): string {
  const stringToSign = [ALGORITHM, request.headers['x-sdk-date'], sha256(canonicalRequest(request))].join('\n');
  const signature = createHmac('sha256', secretKey).update(stringToSign).digest('hex');
  return `${ALGORITHM} Access=${accessKey}, SignedHeaders=${signedHeaders(request)}, Signature=${signature}`;
}

export function canonicalRequest(request: WireRequest): string {
  const { method, url, headers, body } = request;
  const headerLines = headerNames(request).map((name) => `${name}:${headers[name]?.trim()}\n`);
  return [
    method,
    canonicalPath(url),
    canonicalQuery(url),
    headerLines.join(''),
    signedHeaders(request),
    sha256(body),
  ].join('\n');
}

function headerNames({ headers }: WireRequest): string[] {
  return Object.keys(headers).sort();
}

function signedHeaders(request: WireRequest): string {
  return headerNames(request).join(';');
}

/** Ends with a slash, though the path of the real request does not. */
function canonicalPath({ pathname }: URL): string {
  const encoded = pathname
    .split('/')
    .map((segment) => encodeRfc3986(decodeURIComponent(segment)))
    .join('/');
  return encoded.endsWith('/') ? encoded : `${encoded}/`;
}

export function canonicalQuery({ searchParams }: URL): string {
  return [...searchParams]
    .map(([key, value]): readonly [string, string] => [encodeRfc3986(key), encodeRfc3986(value)])
    .sort(([keyA, valueA], [keyB, valueB]) => compare(keyA, keyB) || compare(valueA, valueB))
    .map(([key, value]) => `${key}=${value}`)
    .join('&');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
