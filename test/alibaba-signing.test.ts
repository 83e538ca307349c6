/** Alibaba's signature V3: the published vector, vectors computed with Alibaba's own core, and that core as an oracle. */
import { OpenApiUtil } from '@alicloud/openapi-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AlibabaSigningInput, alibabaHeaders, authorization } from '../activities/providers/alibaba/signing.js';

function signatureOf(headers: Readonly<Record<string, string>>): string | undefined {
  return headers.authorization?.split('Signature=')[1];
}

const ours = {
  version: '2024-05-18',
  date: '2026-01-02T03:04:05Z',
  nonce: '0123456789abcdef0123456789abcdef',
  accessKeyId: 'testid',
  accessKeySecret: 'testsecret',
} as const;

const host = 'dataworks.cn-shanghai.aliyuncs.com';

const flow =
  '{"version":"2.0.0","kind":"CycleWorkflow","spec":{"workflows":[{"name":"ws_a","script":{"path":"ws_a","runtime":{"command":"WORKFLOW"}}}]}}';

const createRequest: AlibabaSigningInput = {
  ...ours,
  method: 'POST',
  url: new URL(`https://${host}/`),
  headers: { host, 'content-type': 'application/x-www-form-urlencoded', 'user-agent': 'not signed' },
  body: `ProjectId=10000&Spec=${encodeURIComponent(flow)}`,
  action: 'CreateWorkflowDefinition',
};

test('the RunInstances request of the documentation signs to its published signature', () => {
  const headers = alibabaHeaders({
    method: 'POST',
    url: new URL(
      'https://ecs.cn-shanghai.aliyuncs.com/?RegionId=cn-shanghai&ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd',
    ),
    headers: { host: 'ecs.cn-shanghai.aliyuncs.com' },
    body: '',
    action: 'RunInstances',
    version: '2014-05-26',
    date: '2023-10-26T10:22:32Z',
    nonce: '3156853299f313e23d1673dc12e1703d',
    accessKeyId: 'YourAccessKeyId',
    accessKeySecret: 'YourAccessKeySecret',
  });
  expect(signatureOf(headers)).toBe('06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0');
});

test('a create with a form body signs to the vector of the official core', () => {
  const headers = alibabaHeaders(createRequest);
  expect(headers['x-acs-content-sha256']).toBe('dca5e428dc6a0bac81d8f4660ac1b4cc08493c2578143cb9bb8e5bdf702429b0');
  expect(signatureOf(headers)).toBe('aa6243ea89620a96175b6fa22e5dab8afe392a8b8c7a341e168acf7d4f9b34f5');
});

test('the same create with a security token signs to its own vector', () => {
  const headers = alibabaHeaders({ ...createRequest, securityToken: 'ststoken' });
  expect(headers).toMatchObject({ 'x-acs-accesskey-id': 'testid', 'x-acs-security-token': 'ststoken' });
  expect(signatureOf(headers)).toBe('ec6541d9155430f4ba9b766382d72667734d50f3b37048e87786284ccf356290');
});

test('a get with its parameters in the query signs to its vector', () => {
  const headers = alibabaHeaders({
    ...ours,
    method: 'GET',
    url: new URL(`https://${host}/?ProjectId=10000&Id=4634978808809541234`),
    headers: { host },
    body: '',
    action: 'GetWorkflowDefinition',
  });
  expect(signatureOf(headers)).toBe('f8768b5afc27c6ed848292856dad53437acc480475a8c649ac2e66b957fffbe8');
});

test('random requests get the authorization that the official core computes', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 0, maxLength: 30 });
  const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.-]{0,12}$/);
  const headerValue = fc.stringMatching(/^[ !-~]{0,30}$/);
  const headers = fc.dictionary(
    fc.stringMatching(/^(x-acs-[a-z0-9-]{1,12}|accept|user-agent|content-type)$/),
    headerValue,
  );
  fc.assert(
    fc.property(
      fc.constantFrom('GET', 'POST'),
      fc.dictionary(name, text, { noNullPrototype: true }),
      headers,
      text,
      fc.string({ minLength: 1 }),
      (method, query, extra, body, secret) => {
        const url = new URL(`https://${host}/`);
        for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
        const signed = { ...extra, host };
        const payload = OpenApiUtil.hash(Buffer.from(body), 'ACS3-HMAC-SHA256').toString('hex');
        type OracleRequest = Parameters<typeof OpenApiUtil.getAuthorization>[0];
        const theirs = { method, pathname: '/', query, headers: signed } as unknown as OracleRequest;
        expect(authorization({ method, url, headers: signed, body, accessKeyId: 'AK', accessKeySecret: secret })).toBe(
          OpenApiUtil.getAuthorization(theirs, 'ACS3-HMAC-SHA256', payload, 'AK', secret),
        );
      },
    ),
    { numRuns: 300 },
  );
});
