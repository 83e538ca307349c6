/**
 * Alibaba Cloud signature V3, ACS3-HMAC-SHA256. Form parameters do not enter the canonical query: only the bytes of
 * the body are hashed. Date and nonce are inputs, so that each attempt gives fresh ones: a repeated nonce is refused.
 * Source: www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature.
 */
import { createHash, createHmac } from 'node:crypto';

const ALGORITHM = 'ACS3-HMAC-SHA256';

export interface AlibabaSigningInput {
  readonly method: string;
  readonly url: URL;
  /** Lower-case names, `host` included, `content-type` where there is a body. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly action: string;
  readonly version: string;
  /** UTC, to the second: `2026-01-02T03:04:05Z`. */
  readonly date: string;
  readonly nonce: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Of temporary keys (STS). */
  readonly securityToken?: string;
}

/** The headers that authenticate the request, `authorization` last. */
export function alibabaHeaders(input: AlibabaSigningInput): Readonly<Record<string, string>> {
  const own: Record<string, string> = {
    'x-acs-action': input.action,
    'x-acs-version': input.version,
    'x-acs-date': input.date,
    'x-acs-signature-nonce': input.nonce,
    'x-acs-content-sha256': sha256(input.body),
    ...(input.securityToken !== undefined && {
      'x-acs-accesskey-id': input.accessKeyId,
      'x-acs-security-token': input.securityToken,
    }),
  };
  return { ...own, authorization: authorization({ ...input, headers: { ...input.headers, ...own } }) };
}

/** What `authorization` needs: everything else of the signature is already in the headers. */
export type AlibabaSignedRequest = Pick<
  AlibabaSigningInput,
  'method' | 'url' | 'headers' | 'body' | 'accessKeyId' | 'accessKeySecret'
>;

export function authorization({
  method,
  url,
  headers,
  body,
  accessKeyId,
  accessKeySecret,
}: AlibabaSignedRequest): string {
  const signed = Object.keys(headers).filter(isSigned).sort();
  const canonical = [
    method,
    url.pathname,
    canonicalQuery(url),
    ...signed.map((name) => `${name}:${headers[name]?.trim() ?? ''}`),
    '',
    signed.join(';'),
    sha256(body),
  ].join('\n');
  const signature = createHmac('sha256', accessKeySecret)
    .update(`${ALGORITHM}\n${sha256(canonical)}`)
    .digest('hex');
  return `${ALGORITHM} Credential=${accessKeyId},SignedHeaders=${signed.join(';')},Signature=${signature}`;
}

function isSigned(name: string): boolean {
  return name.startsWith('x-acs-') || name === 'host' || name === 'content-type';
}

function canonicalQuery(url: URL): string {
  return [...url.searchParams]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&');
}

/** RFC 3986: what encodeURIComponent leaves bare besides letters, digits and `-._~`. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
