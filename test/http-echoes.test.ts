/** Gateways that repeat the request in their refusal, as real ones do: nothing of it that is secret gets into the failure. */
import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { CloudRequest } from '../activities/cloud.js';
import { alibaba } from '../activities/providers/alibaba/provider.js';
import { huawei } from '../activities/providers/huawei/provider.js';
import { naver } from '../activities/providers/naver/provider.js';
import { search } from './support/canaries.js';
import { type Asked, type Scripted, scriptedCloud } from './support/scripted-cloud.js';
import { thrownBy } from './support/wire-server.js';

const SECRET = 'hunter2 "Q\\/&+=<é>-7f3a9c';
/** What would be left of it where only a part was taken out. */
const PIECES = ['hunter2', '7f3a9c'];
const KEYS = {
  huawei: {
    accessKey: 'CANARYHUAWEIAK00001',
    secretKey: 'canary-huawei-secret-key',
    securityToken: 'canary/token+huawei==',
  },
  user: { userName: 'canary-user', password: 'canary "pass" & w\\rd', domainName: 'canary-domain' },
  naver: { accessKey: 'CANARYNAVERAK000001', secretKey: 'canary-naver-secret-key' },
  alibaba: {
    accessKeyId: 'CANARYALIBABAAK0001',
    accessKeySecret: 'canary-alibaba-secret',
    securityToken: 'canary/token+alibaba==',
  },
} as const;
const TOKEN = `MIIcanary${createHash('sha512').update('token').digest('base64').repeat(12)}`;

const scope = { projectId: '1'.repeat(32), instanceId: '2'.repeat(32), accountId: 'Account1' };
const request: CloudRequest = { operation: 'X', service: '', method: 'POST', path: '/v1/things', effect: 'creates' };
const json = { name: 'thing', env: { HDFS_PASSWORD: SECRET, OTHER: SECRET } };
const form = { Spec: JSON.stringify(json), ProjectId: '1' };

/** Each cloud's way to say no, its gateway's and its services', around the words. */
const CLOUDS = {
  'the gateway of Huawei': {
    ...{
      provider: huawei,
      credentials: KEYS.huawei,
      request: { ...request, service: 'dataarts-fabric', operation: 'CreateWorkspace', json },
    },
    no: (words: string) => ({ status: 400, body: { error_code: 'APIG.0106', error_msg: words, request_id: 'r-1' } }),
  },
  'DataArts Studio': {
    ...{
      provider: huawei,
      credentials: KEYS.user,
      request: { ...request, service: 'dataarts-studio', operation: 'CreateManagerWorkSpace', json },
    },
    no: (words: string) => ({ status: 400, body: { errors: [{ error_code: 'DAYU.4402', error_msg: words }] } }),
  },
  'DataArts Fabric': {
    ...{
      provider: huawei,
      credentials: KEYS.user,
      request: { ...request, service: 'dataarts-fabric', operation: 'CreateWorkspace', json },
    },
    no: (words: string) => ({
      status: 403,
      body: { error: { code: '403', message: words, title: words }, error_code: 403, error_msg: words },
    }),
  },
  'the gateway of NAVER': {
    ...{
      provider: naver,
      credentials: KEYS.naver,
      request: { ...request, service: 'data-forest', operation: 'aiworkspaces/create', json },
    },
    no: (words: string) => ({ status: 400, body: { error: { errorCode: '100', message: words, details: words } } }),
  },
  'Data Forest': {
    ...{
      provider: naver,
      credentials: KEYS.naver,
      request: { ...request, service: 'data-forest', operation: 'aiworkspaces/create', json },
    },
    no: (words: string) => ({ status: 400, body: { success: false, message: words } }),
  },
  DataWorks: {
    ...{
      provider: alibaba,
      credentials: KEYS.alibaba,
      request: { ...request, service: 'dataworks', operation: 'CreateWorkflowDefinition', path: '/', form },
    },
    no: (words: string) => ({ status: 400, body: { RequestId: 'R-1', Code: 'InvalidParameter', Message: words } }),
  },
  'a code of Alibaba': {
    ...{
      provider: alibaba,
      credentials: KEYS.alibaba,
      request: { ...request, service: 'dataworks', operation: 'CreateWorkflowDefinition', path: '/', form },
    },
    no: (words: string) => ({ status: 400, body: { RequestId: words, Code: words, Message: 'no' } }),
  },
} as const;

const headerLines = ({ headers }: Asked) => Object.entries(headers).map(([name, value]) => `${name}:${value}`);
const authOf = ({ headers }: Asked) =>
  String(headers.authorization ?? headers['x-auth-token'] ?? headers['x-ncp-apigw-signature-v2']);
const encode = encodeURIComponent;

/** What the refusal repeats, of a request that really came. */
const ECHOES: Readonly<Record<string, (asked: Asked) => string>> = {
  'the Authorization header': (asked) => `bad credentials: Authorization: ${authOf(asked)}`,
  'the credential alone': (asked) => `not accepted: ${authOf(asked)}`,
  'the credential percent-encoded': (asked) => `not accepted: ${encode(authOf(asked))}`,
  'all headers': (asked) => `headers were ${headerLines(asked).join('; ')}`,
  'the canonical request': (asked) =>
    `verify aksk signature fail, canonicalRequest:${asked.method}\n${asked.url}\n\n${headerLines(asked).join('\n')}\n\n${asked.body}`,
  'the string to sign': (asked) =>
    `server string to sign is:ACS3-HMAC-SHA256\n${encode(asked.body)}\n${headerLines(asked).join('&')}`,
  'the body': ({ body }) => `cannot read: ${body}`,
  'the body in JSON': ({ body }) => `cannot read: ${JSON.stringify(body)}`,
  'the body percent-encoded': ({ body }) => `cannot read: ${encode(body)}`,
  'the body percent-encoded twice': ({ body }) => `cannot read: ${encode(encode(body))}`,
  'the body in base64': ({ body }) =>
    `cannot read: ${Buffer.from(body)
      .toString('base64')
      .match(/.{1,64}/g)
      ?.join(' ')}`,
  'a value of it in JSON': () => `not allowed: ${JSON.stringify(SECRET)}`,
  'a value of it in ASCII': () => `not allowed: ${JSON.stringify(SECRET).replace('é', '\\u00e9').replace('/', '\\/')}`,
  'a value of it as HTML': () =>
    `<p>not allowed: ${SECRET.replaceAll('&', '&amp;').replaceAll('"', '&#34;').replaceAll('<', '&lt;')}</p>`,
  'a value of it as a form field': () => `not allowed: ${new URLSearchParams({ a: SECRET })}`,
  'a value of it in base64': () => `not allowed: ${Buffer.from(`x${SECRET}`).toString('base64')}`,
  'a value of it in hex': () => `not allowed: ${Buffer.from(SECRET).toString('hex').toUpperCase()}`,
  'a value of it that the cloud cut off': () => `not allowed: ${SECRET.slice(0, -4)}...`,
};

function signaturesOf({ headers }: Asked): string[] {
  const { authorization, 'x-auth-token': token, 'x-ncp-apigw-signature-v2': signature } = headers;
  return [authorization, token, signature, String(authorization).split('Signature=')[1]].flatMap((value) =>
    typeof value === 'string' ? [value] : [],
  );
}

const credentials = Object.values(KEYS).flatMap((keys) => Object.values(keys));

for (const [cloud, { provider, credentials: own, request: asking, no }] of Object.entries(CLOUDS)) {
  describe(`${cloud} repeats`, () => {
    test.each(Object.keys(ECHOES))('%s, and the failure holds nothing secret of it', async (what) => {
      const answer = (asked: Asked): Scripted => {
        if (!asked.url.startsWith('/v3/auth/tokens')) return no(ECHOES[what]?.(asked) ?? '');
        const times = { issued_at: '2026-01-01T00:00:00Z', expires_at: '2026-01-02T00:00:00Z' };
        return { status: 201, headers: { 'x-subject-token': TOKEN }, body: { token: times } };
      };
      const { cloud: line, asked } = await scriptedCloud(
        { provider, credentials: own, scope, secrets: { hdfsPassword: SECRET } },
        answer,
      );
      const error = await thrownBy(line.call(asking));
      const [last] = asked.slice(-1);
      const secrets = [...credentials, SECRET, ...PIECES, TOKEN, ...(last ? signaturesOf(last) : [])];
      const told = inspect(error, { depth: 9, maxStringLength: null });
      // The cloud's own words before the echo stay: they say what was wrong.
      expect(search({ failure: told }, secrets)).toEqual([]);
      expect(told.length).toBeGreaterThan(100);
    });
  });
}

test('the search finds each form of a secret, so that it can fail', () => {
  for (const form of [
    SECRET,
    JSON.stringify(SECRET),
    encode(SECRET),
    encode(encode(SECRET)),
    Buffer.from(SECRET).toString('hex'),
  ]) {
    expect(search({ place: `before ${form} after` }, [SECRET])).toHaveLength(1);
  }
  for (const before of ['', 'x', 'xy']) {
    expect(search({ place: Buffer.from(`${before}${SECRET}zz`).toString('base64') }, [SECRET])).toHaveLength(1);
  }
  expect(search({ place: 'nothing' }, [SECRET])).toEqual([]);
});
