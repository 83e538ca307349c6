/**
 * Checks SDK-HMAC-SHA256 from the raw request: the canonical request is rebuilt from the headers that the request lists
 * as signed, whatever they are. Source: Huawei Cloud, "AK/SK Signing and Authentication Algorithm".
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { decodePairs, encodeRfc3986, headerOf, type RawRequest } from '../http.js';

const AUTHORIZATION = /^SDK-HMAC-SHA256 Access=([^,\s]+), ?SignedHeaders=([^,\s]+), ?Signature=([0-9a-f]{64})$/;
const SDK_DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

export interface SignatureClaim {
  readonly accessKey: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** ms since 1970. */
  readonly signedAt: number;
}

/** What the Authorization header claims, or undefined where it is not of this form. */
export function readClaim(request: RawRequest): SignatureClaim | undefined {
  const match = AUTHORIZATION.exec(headerOf(request, 'authorization') ?? '');
  const date = SDK_DATE.exec(headerOf(request, 'x-sdk-date') ?? '');
  if (!match || !date) return undefined;
  const [, accessKey = '', headers = '', signature = ''] = match;
  const [, year, month, day, hour, minute, second] = date;
  return {
    accessKey,
    signedHeaders: headers.split(';'),
    signature,
    signedAt: Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`),
  };
}

export function signatureHolds(request: RawRequest, claim: SignatureClaim, secretKey: string): boolean {
  // Only the date must be signed; lists are lower-case and sorted, and never hold Authorization itself.
  const sorted = [...claim.signedHeaders].sort();
  const wellFormed =
    claim.signedHeaders.includes('x-sdk-date') &&
    !claim.signedHeaders.includes('authorization') &&
    claim.signedHeaders.every(
      (name, i) => name === sorted[i] && name === name.toLowerCase() && request.headers.has(name),
    );
  if (!wellFormed) return false;
  const bodyHash = signedBodyHash(request);
  if (bodyHash === undefined) return false;
  const canonical = [
    request.method,
    canonicalPath(request.path),
    canonicalQuery(request.query),
    `${claim.signedHeaders.map((name) => `${name}:${headerOf(request, name)}\n`).join('')}`,
    claim.signedHeaders.join(';'),
    bodyHash,
  ].join('\n');
  const toSign = ['SDK-HMAC-SHA256', headerOf(request, 'x-sdk-date'), sha256(canonical)].join('\n');
  const expected = createHmac('sha256', secretKey).update(toSign, 'utf8').digest();
  return timingSafeEqual(expected, Buffer.from(claim.signature, 'hex'));
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

/** The SDKs send UNSIGNED-PAYLOAD for bodies that are not JSON; any other value has to be the body's real hash. */
function signedBodyHash(request: RawRequest): string | undefined {
  const hash = sha256(request.body);
  const stated = headerOf(request, 'x-sdk-content-sha256');
  return stated === undefined || stated === 'UNSIGNED-PAYLOAD' || stated === hash ? (stated ?? hash) : undefined;
}

/** Segments encoded anew; the canonical form always ends with a slash. */
function canonicalPath(path: string): string {
  const encoded = path
    .split('/')
    .map((segment) => encodeRfc3986(decodeSegment(segment)))
    .join('/');
  return encoded.endsWith('/') ? encoded : `${encoded}/`;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function canonicalQuery(query: string): string {
  return decodePairs(query)
    .map(([name, value]) => [encodeRfc3986(name), encodeRfc3986(value)] as const)
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
