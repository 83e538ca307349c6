/** Who is refused at each gateway, with which documented body; and what a refused request never does. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/start.js';
import { flowSpec } from './simulator/alibaba-client.js';
import { fabric, studio } from './simulator/huawei-client.js';
import {
  aiWorkspace,
  sendAlibaba,
  sendAlibabaRpc,
  sendHuawei,
  sendNaver,
  sendUnsigned,
  sendWithToken,
  tokenRequest,
} from './simulator/wire.js';

const MINUTE_MS = 60_000;

let simulator: Simulator;

beforeEach(async () => {
  simulator = await startSimulator();
});
afterEach(async () => {
  expect(simulator.state().resources).toEqual([]);
  await simulator.close();
});

describe('at the gateway of Huawei', () => {
  const create = studio.create('orders');

  it('a wrong secret is APIG.0301 with the request id in body and header', async () => {
    const answer = await sendHuawei(simulator, create, { secret: 'wrong' });
    expect(answer).toMatchObject({ status: 401, body: { error_code: 'APIG.0301' } });
    expect(answer.body).toMatchObject({ request_id: answer.headers.get('x-request-id') });
  });

  it('an unknown key and a missing signature are APIG.0301 too', async () => {
    expect(await sendHuawei(simulator, create, { key: 'UNKNOWN' })).toMatchObject({ status: 401 });
    const url = `/v1/${simulator.credentials.huawei.projectId}/workspaces/i`;
    expect(await sendUnsigned(simulator, { method: 'GET', url })).toMatchObject({ body: { error_code: 'APIG.0301' } });
  });

  it('a clock that is sixteen minutes off is refused and fourteen pass', async () => {
    const list = studio.list(1, 0);
    const late = await sendHuawei(simulator, list, { ageMs: 16 * MINUTE_MS });
    expect(late).toMatchObject({ status: 401, body: { error_code: 'APIG.0303' } });
    expect(await sendHuawei(simulator, list, { ageMs: -16 * MINUTE_MS })).toMatchObject({ status: 401 });
    expect(await sendHuawei(simulator, list, { ageMs: 14 * MINUTE_MS })).toMatchObject({ status: 200 });
  });

  it('the sixth signature failure in a row locks the key for five minutes', async () => {
    for (let i = 0; i < 5; i++) await sendHuawei(simulator, create, { secret: 'wrong' });
    expect(await sendHuawei(simulator, studio.list(1, 0))).toMatchObject({ status: 200 });
    for (let i = 0; i < 6; i++) await sendHuawei(simulator, create, { secret: 'wrong' });
    const locked = await sendHuawei(simulator, create);
    expect(locked).toMatchObject({ status: 401, body: { error_code: 'APIG.0301' } });
    expect(locked.text).toContain('AK access failed to reach the limit');
    simulator.changeSettings({ clockOffsetMs: 5 * MINUTE_MS });
    expect(await sendHuawei(simulator, studio.list(1, 0))).toMatchObject({ status: 200 });
  });

  it('a path that nobody publishes is APIG.0101 with status 404', async () => {
    const answer = await sendHuawei(simulator, { method: 'GET', url: '/v1/nowhere' });
    expect(answer).toMatchObject({ status: 404, body: { error_code: 'APIG.0101' } });
    simulator.changeSettings({ huaweiGatewayPrefix: 'APIGW' });
    expect(await sendHuawei(simulator, { method: 'PATCH', url: '/v1/workspaces' })).toMatchObject({
      body: { error_code: 'APIGW.0101' },
    });
  });

  it("another project is refused, and Fabric wants the project's header", async () => {
    expect(await sendHuawei(simulator, { ...create, url: '/v1/other/workspaces/i' })).toMatchObject({ status: 403 });
    const headers = { 'X-Project-Id': 'other' };
    expect(await sendHuawei(simulator, fabric.create('orders'), { headers })).toMatchObject({
      status: 403,
      body: { error_code: 'APIG.0302' },
    });
  });

  it('a token of IAM opens the API until it expires with APIG.0307', async () => {
    const issued = await sendUnsigned(simulator, tokenRequest(simulator));
    expect(issued).toMatchObject({ status: 201, body: { token: { methods: ['password'] } } });
    const token = issued.headers.get('x-subject-token') ?? '';
    expect(await sendWithToken(simulator, studio.list(1, 0), token)).toMatchObject({ status: 200 });
    expect(await sendWithToken(simulator, fabric.list({}), token)).toMatchObject({ status: 200 });
    simulator.changeSettings({ clockOffsetMs: 24 * 60 * MINUTE_MS });
    const expired = await sendWithToken(simulator, studio.list(1, 0), token);
    expect(expired).toMatchObject({ status: 401, body: { error_code: 'APIG.0307' } });
  });

  it('a made-up token is spelled as each service documents it', async () => {
    expect(await sendWithToken(simulator, studio.list(1, 0), 'x')).toMatchObject({ body: { error_code: 'APIG.0301' } });
    expect(await sendWithToken(simulator, fabric.list({}), 'x')).toMatchObject({ body: { error_code: 'APIG.1002' } });
  });

  it('IAM answers a wrong password with its nested error and 401', async () => {
    const answer = await sendUnsigned(simulator, tokenRequest(simulator, { password: 'wrong' }));
    expect(answer).toMatchObject({ status: 401, body: { error: { code: 401, title: 'Unauthorized' } } });
    const empty = await sendUnsigned(simulator, { method: 'POST', url: '/v3/auth/tokens', data: { auth: {} } });
    expect(empty).toMatchObject({
      status: 400,
      body: { error: { code: 400, message: 'The request body is invalid' } },
    });
  });
});

describe('at the gateway of NAVER', () => {
  const refused = { status: 401, body: { error: { errorCode: '200', message: 'Authentication Failed' } } };

  it('a wrong secret, a wrong key and a clock six minutes off are errorCode 200', async () => {
    const body = aiWorkspace(simulator, 'orders');
    for (const signing of [{ secret: 'wrong' }, { key: 'UNKNOWN' }, { ageMs: 6 * MINUTE_MS }]) {
      expect(await sendNaver(simulator, 'aiworkspaces/create', body, signing)).toMatchObject(refused);
    }
    const search = { search: { accountId: simulator.credentials.naver.accountId } };
    expect(await sendNaver(simulator, 'aiworkspaces/getList', search, { ageMs: 4 * MINUTE_MS })).toMatchObject({
      status: 200,
      body: { success: true, total: 0, contents: [] },
    });
  });

  it('an unknown path is errorCode 300 and XML is errorCode 100', async () => {
    expect(await sendNaver(simulator, 'aiworkspaces/rename', {})).toMatchObject({
      status: 404,
      body: { error: { errorCode: '300' } },
    });
    const headers = { 'content-type': 'application/xml' };
    expect(await sendNaver(simulator, 'accounts/getList', '', { headers })).toMatchObject({
      status: 400,
      body: { error: { errorCode: '100' } },
    });
  });
});

describe('at the gateway of Alibaba', () => {
  const create = (): Record<string, string> => ({
    ProjectId: simulator.credentials.alibaba.projectId,
    Spec: flowSpec('orders'),
  });

  it.each([
    ['a wrong secret', { secret: 'wrong' }, 'SignatureDoesNotMatch'],
    ['an unknown key', { key: 'UNKNOWN' }, 'InvalidAccessKeyId.NotFound'],
    ['a clock sixteen minutes off', { ageMs: 16 * MINUTE_MS }, 'InvalidTimeStamp.Expired'],
  ])('%s is refused with the documented code and a request id', async (_title, signing, Code) => {
    const answer = await sendAlibaba(simulator, 'CreateWorkflowDefinition', create(), signing);
    expect(answer).toMatchObject({ status: 400, body: { Code, HostId: expect.any(String) } });
    expect(answer.body).toMatchObject({ RequestId: answer.headers.get('x-acs-request-id') });
  });

  it('a nonce that comes again is SignatureNonceUsed', async () => {
    const nonce = 'the-same-nonce';
    expect(await sendAlibaba(simulator, 'ListProjects', {}, { nonce })).toMatchObject({ status: 200 });
    expect(await sendAlibaba(simulator, 'ListProjects', {}, { nonce })).toMatchObject({
      status: 400,
      body: { Code: 'SignatureNonceUsed' },
    });
  });

  it('an action or version that does not exist is InvalidApi.NotFound', async () => {
    expect(await sendAlibaba(simulator, 'CreateNothing', {})).toMatchObject({
      status: 404,
      body: { Code: 'InvalidApi.NotFound' },
    });
    const headers = { 'x-acs-version': '2020-05-18' };
    expect(await sendAlibaba(simulator, 'ListProjects', {}, { headers })).toMatchObject({ status: 404 });
  });

  it('an extra signed header passes and an x-acs- header left unsigned does not', async () => {
    const headers = { 'x-acs-credentials-provider': 'static_ak' };
    expect(await sendAlibaba(simulator, 'ListProjects', {}, { headers })).toMatchObject({ status: 200 });
    const unsigned = await sendAlibaba(simulator, 'ListProjects', {}, { unsignedHeaders: headers });
    expect(unsigned).toMatchObject({ status: 400, body: { Code: 'SignatureDoesNotMatch' } });
  });

  it('the older RPC signature is accepted as well', async () => {
    const spaces = { Names: '["a b", "c*d+e~f"]' };
    expect(await sendAlibabaRpc(simulator, 'ListProjects', spaces)).toMatchObject({
      status: 200,
      body: { PagingInfo: { TotalCount: 0 } },
    });
  });
});
