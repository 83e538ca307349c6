/** Huawei's signature: every published and computed vector, then the official SDK's own signer on random requests. */
import { createHash } from 'node:crypto';
import { AKSKSigner } from '@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js';
import { BasicCredentials } from '@huaweicloud/huaweicloud-sdk-core/auth/BasicCredentials.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { WireRequest } from '../activities/cloud.js';
import { encodeForm } from '../activities/http/endpoint.js';
import { authorizationOf, canonicalQuery, canonicalRequest, sdkDate } from '../activities/providers/huawei/signing.js';

const key = { accessKey: 'AccessKey', secretKey: 'SecretKey' };

function wire(method: string, url: string, headers: Record<string, string>, body = ''): WireRequest {
  const parsed = new URL(url);
  return { method, url: parsed, headers: { host: parsed.host, ...headers }, body };
}

const sdkHost = 'https://service.endpoint.myhuaweicloud.com';

// huaweicloud-sdk-python-v3, huaweicloud-sdk-core/tests/test_signer.py
test.each([
  ['GET', '', 'cfb4171acec81de07d50e53d57eb77edd537414d66ddb1d7d780f128e12cd842'],
  ['POST', '{"name":"test","id":1}', '436b1ac0a1ae03705934bb70ef2f2e09f7bfed2117d731a38235053199323a1f'],
])('the published vector of the Python SDK comes out the same for %s', (method, body, signature) => {
  const request = wire(method, `${sdkHost}/resources?size=1`, { 'x-sdk-date': '20200608T023900Z' }, body);
  expect(authorizationOf(request, key)).toBe(
    `SDK-HMAC-SHA256 Access=AccessKey, SignedHeaders=host;x-sdk-date, Signature=${signature}`,
  );
});

test('the published query string is sorted by key and encoded like the SDK does', () => {
  const query = [
    ['limit', '1'],
    ['enable', 'true'],
    ['test', '一 (&=?!#%.*)'],
    ['path', '/tmp/123'],
    ['multi', '1'],
    ['multi', '2'],
    ['multi', '3'],
  ];
  const text = query.map(([name = '', value = '']) => encodeForm({ [name]: value })).join('&');
  expect(canonicalQuery(new URL(`${sdkHost}/?${text}`))).toBe(
    'enable=true&limit=1&multi=1&multi=2&multi=3&path=%2Ftmp%2F123&test=%E4%B8%80%20%28%26%3D%3F%21%23%25.%2A%29',
  );
});

test('the canonical request of the documentation has the hash that the documentation prints', () => {
  const path = '/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs?limit=2&marker=13551d6b-755d-4757-b956-536f674975c0';
  const headers = { 'content-type': 'application/json', 'x-sdk-date': '20191115T033655Z' };
  const text = canonicalRequest(wire('GET', `https://service.region.example.com${path}`, headers));
  expect(createHash('sha256').update(text).digest('hex')).toBe(
    'b25362e603ee30f4f25e7858e8a7160fd36e803bb2dfe206278659d71a9bcd7a',
  );
});

const project = '0123456789abcdef0123456789abcdef';
const dayu = 'https://dayu.cn-north-4.myhuaweicloud.com';
const fabric = 'https://fabric.cn-southwest-2.myhuaweicloud.com';
const oneWorkspace = `${fabric}/v1/workspaces/90a827a1-ca72-4be8-943b-774f94000000`;

// Computed with the Node SDK 3.1.211 and with an independent Python program, which agree.
test.each([
  [
    'POST',
    `${dayu}/v1/${project}/workspaces/inst-1`,
    '{"name":"tesfasdfasdf","description":"","eps_id":"0"}',
    {},
    'a79e3fac8913c20d685aeb1d7fbd8dcd0847e68c00a767586d7b2e5569bf62c5',
  ],
  [
    'GET',
    `${dayu}/v1/${project}/workspaces/inst-1?limit=100&offset=0`,
    '',
    {},
    '74c55cefec5a7233618b2118047d2be3bdf221ae5549645881e7384fe64e8339',
  ],
  [
    'POST',
    `${dayu}/v1/${project}/inst-1/workspaces/batch-delete`,
    '{"workspace_ids":["dee0f3ba02d34ac9b5a5a80eb81a4536"]}',
    {},
    '139cddf310328848e58ecdad2b3631075ac23ce29f6a7e89859a407b02709cda',
  ],
  [
    'POST',
    `${fabric}/v1/workspaces`,
    '{"name":"fabric"}',
    {},
    '2111800ad286e68613c17345f4d911cc0e792aecb4b99b7c81b9f378f3c59dd5',
  ],
  [
    'GET',
    `${fabric}/v1/workspaces?enterprise_project_id=all_granted_eps&limit=100&name=fabric-1&offset=0`,
    '',
    {},
    '1f981f0512de90f94d0249b2d98c13a53238ab6eb53bcb75112de67302b2517f',
  ],
  ['DELETE', oneWorkspace, '', {}, 'a38b66f3416abf9b3b58fb97013f1934b5c6aead02a4d5819a61c4285c82f007'],
  [
    'DELETE',
    oneWorkspace,
    '',
    { 'x-security-token': 'tok' },
    'a2a0ec66de02f2c05091d9c9d96c2bcbc1d5fcc4fb7120c1137c07ff21d8a902',
  ],
])('the computed vector of our own call comes out the same: %s %s %s', (method, url, body, extra, signature) => {
  const headers = { 'content-type': 'application/json', 'x-project-id': project, 'x-sdk-date': '20251120T010203Z' };
  expect(authorizationOf(wire(method, url, { ...headers, ...extra }, body), key)).toContain(`Signature=${signature}`);
});

// Where the official signers of the languages disagree (names with _, paths already encoded) is left out.
const plain = fc.stringMatching(/^[A-Za-z0-9._~-]{1,12}$/).filter((text) => !/^\.+$/.test(text));
const anyText = fc.string({ unit: 'grapheme', minLength: 0, maxLength: 20 });

test('random requests get the same signature from the official SDK as from us', () => {
  const request = fc.record({
    method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
    segments: fc.array(plain, { minLength: 1, maxLength: 5 }),
    query: fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/), anyText, { maxKeys: 5 }),
    body: fc.option(fc.dictionary(plain, anyText, { minKeys: 1, maxKeys: 4 }), { nil: undefined }),
    headers: fc.dictionary(fc.stringMatching(/^x-[a-z]{1,8}$/), plain, { maxKeys: 3 }),
    secretKey: fc.string({ minLength: 1, maxLength: 40 }),
    date: fc.date({ min: new Date('2020-01-01'), max: new Date('2035-01-01'), noInvalidDate: true }),
  });
  fc.assert(
    fc.property(request, ({ method, segments, query, body, headers, secretKey, date }) => {
      const path = `/${segments.join('/')}`;
      const signed = { ...headers, 'content-type': 'application/json', 'x-sdk-date': sdkDate(date.getTime()) };
      const theirs: Record<string, string> = AKSKSigner.sign(
        {
          endpoint: `https://dayu.cn-north-4.myhuaweicloud.com${path}`,
          method,
          headers: { ...headers, 'content-type': 'application/json', 'X-Sdk-Date': sdkDate(date.getTime()) },
          queryParams: query,
          data: body,
        } as unknown as Parameters<typeof AKSKSigner.sign>[0],
        new BasicCredentials({ ak: 'AccessKey', sk: secretKey }),
      );
      const url = `https://dayu.cn-north-4.myhuaweicloud.com${path}?${encodeForm(query)}`;
      const text = body === undefined ? '' : JSON.stringify(body);
      const ours = authorizationOf(wire(method, url, signed, text), { accessKey: 'AccessKey', secretKey });
      expect(ours).toBe(theirs.Authorization);
    }),
    { numRuns: 500 },
  );
});
