/**
 * Single requests to the simulator, signed by what is not ours (the clouds' cores, or node:crypto for NAVER), and answered
 * with status, headers and body as they came. For what the official clients hide or cannot do.
 */
import { createHash, createHmac, randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { AKSKSigner } from '@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js';
import { BasicCredentials } from '@huaweicloud/huaweicloud-sdk-core/auth/BasicCredentials.js';
import type { Simulator } from '../../simulator/start.js';
import type { HuaweiCall } from './huawei-client.js';

const { OpenApiUtil } = createRequire(import.meta.url)(
  '@alicloud/openapi-core',
) as typeof import('@alicloud/openapi-core');

export interface WireAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: unknown;
}

export async function send(url: string, init: RequestInit): Promise<WireAnswer> {
  const response = await fetch(url, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: text === '' ? undefined : JSON.parse(text) };
}

type Words = Readonly<Record<string, string>>;

const sdkDate = (ms: number): string => new Date(ms).toISOString().replace(/[-:]|\.\d+/g, '');

/** `ageMs` sets the signing time back. */
export interface Signing {
  readonly secret?: string;
  readonly key?: string;
  readonly ageMs?: number;
  readonly nonce?: string;
  readonly headers?: Words;
  /** Added after signing. */
  readonly unsignedHeaders?: Words;
}

export function sendHuawei(simulator: Simulator, call: HuaweiCall, signing: Signing = {}): Promise<WireAnswer> {
  const { accessKey, secretKey, projectId, instanceId } = simulator.credentials.huawei;
  const path = call.url.replace('{project_id}', projectId).replace('{instance_id}', instanceId);
  const credential = new BasicCredentials({ ak: signing.key ?? accessKey, sk: signing.secret ?? secretKey, projectId });
  const headers = AKSKSigner.sign(
    {
      endpoint: `${simulator.endpoint}${path}`,
      method: call.method,
      headers: {
        'content-type': 'application/json',
        'X-Project-Id': projectId,
        'X-Sdk-Date': sdkDate(Date.now() - (signing.ageMs ?? 0)),
        ...signing.headers,
      },
      queryParams: call.query ?? {},
      ...(call.data && { data: call.data }),
    } as Parameters<typeof AKSKSigner.sign>[0],
    credential,
  ) as Record<string, string>;
  return send(urlOf(simulator, path, call), initOf(call, headers));
}

/** With an IAM token in place of a signature. */
export function sendWithToken(simulator: Simulator, call: HuaweiCall, token: string): Promise<WireAnswer> {
  const { projectId, instanceId } = simulator.credentials.huawei;
  const path = call.url.replace('{project_id}', projectId).replace('{instance_id}', instanceId);
  return send(
    urlOf(simulator, path, call),
    initOf(call, { 'x-auth-token': token, 'content-type': 'application/json' }),
  );
}

function urlOf({ endpoint }: Simulator, path: string, { query = {} }: HuaweiCall): string {
  const text = Object.entries(query)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
  return `${endpoint}${path}${text === '' ? '' : `?${text}`}`;
}

function initOf({ method, data }: HuaweiCall, headers: Words): RequestInit {
  return { method, headers, ...(data && { body: JSON.stringify(data) }) };
}

export function tokenRequest(simulator: Simulator, change: { readonly password?: string } = {}): HuaweiCall {
  const { userName, password, domainName, projectId } = simulator.credentials.huawei;
  const user = { name: userName, password: change.password ?? password, domain: { name: domainName } };
  const auth = { identity: { methods: ['password'], password: { user } }, scope: { project: { id: projectId } } };
  return { method: 'POST', url: '/v3/auth/tokens', data: { auth } };
}

/** The one request that nobody signs. */
export function sendUnsigned(simulator: Simulator, call: HuaweiCall): Promise<WireAnswer> {
  return send(urlOf(simulator, call.url, call), initOf(call, { 'content-type': 'application/json' }));
}

export function sendNaver(
  simulator: Simulator,
  call: string,
  body: unknown,
  signing: Signing = {},
): Promise<WireAnswer> {
  const { accessKey, secretKey } = simulator.credentials.naver;
  const path = `/api/v2/${call}`;
  const timestamp = String(Date.now() - (signing.ageMs ?? 0));
  const key = signing.key ?? accessKey;
  const signature = createHmac('sha256', signing.secret ?? secretKey)
    .update(`POST ${path}\n${timestamp}\n${key}`)
    .digest('base64');
  return send(`${simulator.endpoint}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-ncp-apigw-timestamp': timestamp,
      'x-ncp-iam-access-key': key,
      'x-ncp-apigw-signature-v2': signature,
      ...signing.headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** What an AI workspace needs at least. */
export function aiWorkspace(simulator: Simulator, name: string, docker: object = {}): object {
  const { accountId } = simulator.credentials.naver;
  return { accountId, name, configuration: { docker: { command: 'ls', image: 'tensorflow:r2.3.1-py3', ...docker } } };
}

export function sendAlibaba(
  simulator: Simulator,
  action: string,
  form: Words,
  signing: Signing = {},
): Promise<WireAnswer> {
  const { accessKeyId, accessKeySecret } = simulator.credentials.alibaba;
  const body = new URLSearchParams(form).toString();
  const bodyHash = createHash('sha256').update(body).digest('hex');
  const headers: Words = {
    host: new URL(simulator.endpoint).host,
    'content-type': 'application/x-www-form-urlencoded',
    'x-acs-action': action,
    'x-acs-version': '2024-05-18',
    'x-acs-date': new Date(Date.now() - (signing.ageMs ?? 0)).toISOString().replace(/\.\d+/, ''),
    'x-acs-signature-nonce': signing.nonce ?? randomUUID(),
    'x-acs-content-sha256': bodyHash,
    ...signing.headers,
  };
  const request = { method: 'POST', pathname: '/', query: {}, headers } as unknown as Parameters<
    typeof OpenApiUtil.getAuthorization
  >[0];
  const key = signing.key ?? accessKeyId;
  const secret = signing.secret ?? accessKeySecret;
  const authorization = OpenApiUtil.getAuthorization(request, 'ACS3-HMAC-SHA256', bodyHash, key, secret);
  return send(`${simulator.endpoint}/`, {
    method: 'POST',
    headers: { ...headers, ...signing.unsignedHeaders, authorization },
    body,
  });
}

/** The older RPC signature that Terraform's provider still uses: everything in one parameter list. */
export function sendAlibabaRpc(simulator: Simulator, action: string, form: Words): Promise<WireAnswer> {
  const { accessKeyId, accessKeySecret } = simulator.credentials.alibaba;
  const parameters: Record<string, string> = {
    Action: action,
    Version: '2024-05-18',
    Format: 'JSON',
    AccessKeyId: accessKeyId,
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: randomUUID(),
    Timestamp: new Date().toISOString().replace(/\.\d+/, ''),
    ...form,
  };
  const Signature = OpenApiUtil.getRPCSignature(parameters, 'POST', accessKeySecret);
  return send(`${simulator.endpoint}/`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ ...parameters, Signature }).toString(),
  });
}
