/**
 * Checks Alibaba's ACS3-HMAC-SHA256 and the older RPC HMAC-SHA1 from the raw request. The V3 canonical request is rebuilt
 * from the headers listed as signed. Sources: Alibaba Cloud, "V3 request structure and signature", "RPC mechanism".
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { decodePairs, encodeRfc3986, headerOf, type Pairs, type RawRequest } from '../http.js';

const AUTHORIZATION = /^ACS3-HMAC-SHA256 Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/;
const UTC_SECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** What a request says about its caller; `holds` compares the signature with ours. */
export interface AlibabaClaim {
  readonly accessKeyId: string;
  readonly nonce: string | undefined;
  readonly signedAt: number | undefined;
  readonly securityToken: string | undefined;
  /** Text that the gateway quotes when the signature is wrong. */
  readonly stringToSign: string;
  holds(secret: string): boolean;
}

/** Either form, or the name of what is missing from the request. */
export function readClaim(request: RawRequest, parameters: Pairs): AlibabaClaim | string {
  if (headerOf(request, 'authorization') !== undefined) return readV3(request);
  const values = new Map(parameters);
  return values.has('Signature') ? readRpc(request, parameters, values) : 'Authorization';
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function equal(expected: Buffer, given: Buffer): boolean {
  return expected.length === given.length && timingSafeEqual(expected, given);
}

function readTime(text: string | undefined): number | undefined {
  return text !== undefined && UTC_SECONDS.test(text) ? Date.parse(text) : undefined;
}

function readV3(request: RawRequest): AlibabaClaim | string {
  const match = AUTHORIZATION.exec(headerOf(request, 'authorization') ?? '');
  if (!match) return 'Authorization';
  const [, accessKeyId = '', headers = '', signature = ''] = match;
  const signedHeaders = headers.split(';');
  const bodyHash = sha256(request.body);
  const canonical = [
    request.method,
    request.path,
    canonicalQuery(decodePairs(request.query)),
    ...signedHeaders.map((name) => `${name}:${valuesOf(request, name)}`),
    '',
    headers,
    bodyHash,
  ].join('\n');
  const stringToSign = `ACS3-HMAC-SHA256\n${sha256(canonical)}`;
  return {
    accessKeyId,
    nonce: headerOf(request, 'x-acs-signature-nonce'),
    signedAt: readTime(headerOf(request, 'x-acs-date')),
    securityToken: headerOf(request, 'x-acs-security-token'),
    stringToSign,
    holds: (secret) =>
      signsEnough(request, signedHeaders) &&
      headerOf(request, 'x-acs-content-sha256') === bodyHash &&
      equal(createHmac('sha256', secret).update(stringToSign, 'utf8').digest(), Buffer.from(signature, 'hex')),
  };
}

const ALWAYS_SIGNED = [
  'host',
  'x-acs-action',
  'x-acs-content-sha256',
  'x-acs-date',
  'x-acs-signature-nonce',
  'x-acs-version',
];

/** The documents demand all common headers: every x-acs- header that is present, host, and content-type if present. */
function signsEnough(request: RawRequest, signedHeaders: readonly string[]): boolean {
  const sorted = [...signedHeaders].sort();
  const inOrder = signedHeaders.every((name, i) => name === sorted[i] && request.headers.has(name));
  const present = [...request.headers.keys()].filter((name) => name.startsWith('x-acs-') || name === 'content-type');
  return inOrder && [...ALWAYS_SIGNED, ...present].every((name) => signedHeaders.includes(name));
}

/** Values of a repeated header are joined by commas after sorting. */
function valuesOf(request: RawRequest, name: string): string {
  return [...(request.headers.get(name) ?? [])]
    .map((value) => value.trim())
    .sort()
    .join(',');
}

/** Sorted by name; a name with an empty value keeps its `=`. Also what the RPC signature signs. */
function canonicalQuery(pairs: Pairs): string {
  return pairs
    .map(([name, value]) => [encodeRfc3986(name), encodeRfc3986(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function readRpc(request: RawRequest, parameters: Pairs, values: ReadonlyMap<string, string>): AlibabaClaim | string {
  const missing = ['AccessKeyId', 'SignatureMethod', 'SignatureNonce', 'Timestamp'].find((name) => !values.has(name));
  if (missing) return missing;
  const signed = canonicalQuery(parameters.filter(([name]) => name !== 'Signature'));
  const stringToSign = `${request.method}&%2F&${encodeRfc3986(signed)}`;
  return {
    accessKeyId: values.get('AccessKeyId') ?? '',
    nonce: values.get('SignatureNonce'),
    signedAt: readTime(values.get('Timestamp')),
    securityToken: values.get('SecurityToken'),
    // The whole parameter list: it would quote the request's own Spec and token.
    stringToSign: sha256(stringToSign),
    holds: (secret) =>
      values.get('SignatureMethod') === 'HMAC-SHA1' &&
      equal(
        Buffer.from(createHmac('sha1', `${secret}&`).update(stringToSign, 'utf8').digest('base64')),
        Buffer.from(values.get('Signature') ?? ''),
      ),
  };
}
