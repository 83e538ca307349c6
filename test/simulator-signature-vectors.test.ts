/** The simulator's verifiers against published signatures, against the clouds' own signers, and against changed requests. */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { AKSKSigner } from '@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js';
import { BasicCredentials } from '@huaweicloud/huaweicloud-sdk-core/auth/BasicCredentials.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readClaim as readAlibabaClaim } from '../simulator/alibaba/signature.js';
import { decodePairs, type RawRequest } from '../simulator/http.js';
import { readClaim as readHuaweiClaim, signatureHolds } from '../simulator/huawei/signature.js';
import { naverSignatureHolds } from '../simulator/naver/signature.js';

function raw(method: string, target: string, headers: Readonly<Record<string, string>>, body = ''): RawRequest {
  const [path = '', query = ''] = target.split('?');
  const lists = Object.entries(headers).map(([name, value]) => [name, [value]] as const);
  return { method, path, query, headers: new Map(lists), body: Buffer.from(body) };
}

describe('SDK-HMAC-SHA256', () => {
  const verify = (method: string, target: string, body: string, signature: string): boolean => {
    const request = raw(
      method,
      target,
      {
        host: 'service.endpoint.myhuaweicloud.com',
        'x-sdk-date': '20200608T023900Z',
        authorization: `SDK-HMAC-SHA256 Access=AccessKey, SignedHeaders=host;x-sdk-date, Signature=${signature}`,
      },
      body,
    );
    const claim = readHuaweiClaim(request);
    return claim !== undefined && signatureHolds(request, claim, 'SecretKey');
  };

  // huaweicloud-sdk-python-v3, huaweicloud-sdk-core/tests/test_signer.py
  it.each([
    ['GET', '', 'cfb4171acec81de07d50e53d57eb77edd537414d66ddb1d7d780f128e12cd842'],
    ['POST', '{"name":"test","id":1}', '436b1ac0a1ae03705934bb70ef2f2e09f7bfed2117d731a38235053199323a1f'],
  ])('accepts the published %s and refuses it with another query', (method, body, signature) => {
    expect(verify(method, '/resources?size=1', body, signature)).toBe(true);
    expect(verify(method, '/resources?size=2', body, signature)).toBe(false);
    expect(verify(method, '/resources?size=1', `${body} `, signature)).toBe(false);
  });
});

describe('ACS3-HMAC-SHA256', () => {
  // alibabacloud.com, "V3 request structure and signature"
  const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  const image = 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd';
  const signature = '06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0';
  const verify = (action: string): boolean => {
    const headers = {
      host: 'ecs.cn-shanghai.aliyuncs.com',
      'x-acs-action': action,
      'x-acs-content-sha256': empty,
      'x-acs-date': '2023-10-26T10:22:32Z',
      'x-acs-signature-nonce': '3156853299f313e23d1673dc12e1703d',
      'x-acs-version': '2014-05-26',
    };
    const names = Object.keys(headers).join(';');
    const authorization = `ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=${names},Signature=${signature}`;
    const request = raw('POST', `/?ImageId=${image}&RegionId=cn-shanghai`, { ...headers, authorization });
    const claim = readAlibabaClaim(request, []);
    return typeof claim !== 'string' && claim.holds('YourAccessKeySecret');
  };

  it('accepts the published signature and refuses it for another action', () => {
    expect(verify('RunInstances')).toBe(true);
    expect(verify('StopInstances')).toBe(false);
  });
});

describe('the RPC signature with HMAC-SHA1', () => {
  it('accepts the example of the documents and refuses another secret', () => {
    const query =
      'Format=XML&AccessKeyId=testid&Action=DescribeRegions&SignatureMethod=HMAC-SHA1&Version=2014-05-26' +
      '&SignatureNonce=3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf&SignatureVersion=1.0' +
      '&Timestamp=2016-02-23T12%3A46%3A24Z&Signature=OLeaidS1JvxuMvnyHOwuJ%2BuX5qY%3D';
    const claim = readAlibabaClaim(raw('GET', `/?${query}`, {}), decodePairs(query));
    expect(typeof claim !== 'string' && claim.holds('testsecret')).toBe(true);
    expect(typeof claim !== 'string' && claim.holds('other')).toBe(false);
  });
});

describe("NAVER's signature v2", () => {
  // Computed with openssl from the string that the Go SDK signs.
  it('accepts a computed signature and refuses it for another path', () => {
    const key = { accessKey: '17F9A6E9F72BD92ED94B', secretKey: 'test-secret' };
    const headers = {
      'x-ncp-apigw-timestamp': '1658898041497',
      'x-ncp-iam-access-key': key.accessKey,
      'x-ncp-apigw-signature-v2': 'oye/EWSKKMoIgBhYpVZxb5MiAkAeiIjIiZ+q5Hu6P2A=',
    };
    const now = 1658898041497;
    expect(naverSignatureHolds(raw('POST', '/api/v2/aiworkspaces/create', headers), key, now)).toBe(true);
    expect(naverSignatureHolds(raw('POST', '/api/v2/aiworkspaces/delete', headers), key, now)).toBe(false);
  });
});

const word = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' });
/** Names as the APIs have them: the signers disagree about encoding others. */
const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.-]{0,6}$/);
const parameters = fc.dictionary(name, word, { maxKeys: 5, noNullPrototype: true });

const encode = (query: Readonly<Record<string, string>>): string =>
  Object.entries(query)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');

describe("what the clouds' own signers sign", () => {
  it('is accepted for Huawei and refused once body or query changed', () => {
    fc.assert(
      fc.property(parameters, word, (query, text) => {
        const host = 'dayu.cn-north-4.myhuaweicloud.com';
        const given = { 'content-type': 'application/json', 'X-Sdk-Date': '20251120T010203Z' };
        const request = {
          endpoint: `https://${host}/v1/p`,
          method: 'POST',
          headers: given,
          queryParams: query,
          data: { text },
        };
        const credential = new BasicCredentials({ ak: 'ak', sk: 'sk', projectId: 'p' });
        const signed = AKSKSigner.sign(request as Parameters<typeof AKSKSigner.sign>[0], credential);
        const headers = { 'content-type': 'application/json', host, ...lowerCase(signed) };
        const holds = (target: string, body: object): boolean => {
          const received = raw('POST', target, headers, JSON.stringify(body));
          const claim = readHuaweiClaim(received);
          return claim !== undefined && signatureHolds(received, claim, 'sk');
        };
        const target = `/v1/p?${encode(query)}`;
        expect(holds(target, { text })).toBe(true);
        expect(holds(target, { text: `${text}x` })).toBe(false);
        expect(holds(`${target}&more=1`, { text })).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it('is accepted for Alibaba and refused once body or query changed', () => {
    const { OpenApiUtil } = createRequire(import.meta.url)(
      '@alicloud/openapi-core',
    ) as typeof import('@alicloud/openapi-core');
    fc.assert(
      fc.property(parameters, word, (query, body) => {
        const hash = createHash('sha256').update(body).digest('hex');
        const headers = {
          host: 'dataworks.cn-shanghai.aliyuncs.com',
          'content-type': 'application/x-www-form-urlencoded',
          'x-acs-action': 'CreateWorkflowDefinition',
          'x-acs-version': '2024-05-18',
          'x-acs-date': '2026-01-02T03:04:05Z',
          'x-acs-signature-nonce': 'n',
          'x-acs-content-sha256': hash,
        };
        const request = { method: 'POST', pathname: '/', query, headers } as unknown as Parameters<
          typeof OpenApiUtil.getAuthorization
        >[0];
        const authorization = OpenApiUtil.getAuthorization(request, 'ACS3-HMAC-SHA256', hash, 'ak', 'sk');
        const holds = (target: string, sent: string): boolean => {
          const claim = readAlibabaClaim(raw('POST', target, { ...headers, authorization }, sent), []);
          return typeof claim !== 'string' && claim.holds('sk');
        };
        const target = `/?${encode(query)}`;
        expect(holds(target, body)).toBe(true);
        expect(holds(target, `${body}x`)).toBe(false);
        expect(holds(`${target}&more=1`, body)).toBe(false);
      }),
      { numRuns: 60 },
    );
  });
});

function lowerCase(headers: object): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}
