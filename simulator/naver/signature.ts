/**
 * Checks NAVER Cloud's signature v2 from the raw request: method, path with query as sent, timestamp and key. The body is
 * not part of it. Source: NAVER Cloud Platform API, "Common guide" and the signing code of its Go SDK.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { headerOf, type RawRequest } from '../http.js';

const CLOCK_TOLERANCE_MS = 5 * 60 * 1000;

export interface NaverKey {
  readonly accessKey: string;
  readonly secretKey: string;
}

export function naverSignatureHolds(request: RawRequest, key: NaverKey, now: number): boolean {
  const timestamp = headerOf(request, 'x-ncp-apigw-timestamp') ?? '';
  if (headerOf(request, 'x-ncp-iam-access-key') !== key.accessKey || !/^\d{13}$/.test(timestamp)) return false;
  if (Math.abs(now - Number(timestamp)) > CLOCK_TOLERANCE_MS) return false;
  const target = request.query === '' ? request.path : `${request.path}?${request.query}`;
  const toSign = `${request.method} ${target}\n${timestamp}\n${key.accessKey}`;
  const expected = Buffer.from(createHmac('sha256', key.secretKey).update(toSign, 'utf8').digest('base64'));
  const given = Buffer.from(headerOf(request, 'x-ncp-apigw-signature-v2') ?? '');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
