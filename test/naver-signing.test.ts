/** NAVER's signature v2: computed vectors (node:crypto and openssl agreed), then random requests against node:crypto. */
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { naverHeaders, naverSignature } from '../activities/providers/naver/signing.js';

test('the create request signs to the vector that openssl gives', () => {
  const signature = naverSignature({
    method: 'POST',
    target: '/api/v2/aiworkspaces/create',
    timestamp: 1658898041497,
    accessKey: '17F9A6E9F72BD92ED94B',
    secretKey: 'test-secret',
  });
  expect(signature).toBe('oye/EWSKKMoIgBhYpVZxb5MiAkAeiIjIiZ+q5Hu6P2A=');
});

test('a request with a query signs the query exactly as sent', () => {
  const signature = naverSignature({
    method: 'GET',
    target: '/vserver/v2/getZoneList?regionCode=KR&responseFormatType=json',
    timestamp: 1521787414578,
    accessKey: 'accessKey',
    secretKey: 'secretKey',
  });
  expect(signature).toBe('yqKnF2nzyUKX7YvBwdW7cRjwUcHjS3nl4yyrdMbClxg=');
});

test('any request carries the signature that node:crypto computes for its headers', () => {
  const word = fc.string({ minLength: 1 });
  fc.assert(
    fc.property(
      fc.webPath(),
      fc.webQueryParameters(),
      fc.nat(),
      word,
      word,
      (path, query, at, accessKey, secretKey) => {
        const target = query === '' ? path : `${path}?${query}`;
        const headers = naverHeaders({ method: 'POST', target, timestamp: at, accessKey, secretKey });
        const text = `POST ${target}\n${headers['x-ncp-apigw-timestamp']}\n${headers['x-ncp-iam-access-key']}`;
        expect(headers['x-ncp-apigw-signature-v2']).toBe(createHmac('sha256', secretKey).update(text).digest('base64'));
      },
    ),
  );
});
