/**
 * NAVER Cloud's API gateway signature, version 2: it covers method, path, time and key. The body is not signed, though
 * several pages say so (reference: hmac/hmac.go of NaverCloudPlatform/ncloud-sdk-go-v2, make_signature of
 * ncloud-sdk-python). The gateway allows five minutes between its clock and ours.
 */
import { createHmac } from 'node:crypto';

export interface NaverSigningInput {
  readonly method: string;
  /** Path with query, exactly as sent; never the host. */
  readonly target: string;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly accessKey: string;
  readonly secretKey: string;
}

export function naverSignature({ method, target, timestamp, accessKey, secretKey }: NaverSigningInput): string {
  return createHmac('sha256', secretKey).update(`${method} ${target}\n${timestamp}\n${accessKey}`).digest('base64');
}

export function naverHeaders(input: NaverSigningInput): Readonly<Record<string, string>> {
  return {
    'x-ncp-apigw-timestamp': String(input.timestamp),
    'x-ncp-iam-access-key': input.accessKey,
    // The official SDKs mostly send "-v1" with the same string; Data Forest's pages name "-v2".
    'x-ncp-apigw-signature-v2': naverSignature(input),
  };
}
