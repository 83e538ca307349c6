/**
 * What each simulated cloud accepts. The same shape goes in (`--credentials FILE`) and out (the first line on stdout),
 * so that the line one simulator printed can be the next one's file.
 */
import { isObject } from './fields.js';

export interface HuaweiCredentials {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly projectId: string;
  readonly instanceId: string;
  readonly userName: string;
  readonly password: string;
  readonly domainName: string;
  /** Makes the key a temporary one: requests signed with it must carry this in `X-Security-Token`. */
  readonly securityToken?: string;
}

export interface NaverCredentials {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly accountId: string;
}

export interface AlibabaCredentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly projectId: string;
  /** Makes the key an STS key: requests signed with it must carry this in `x-acs-security-token`. */
  readonly securityToken?: string;
}

export interface SimulatorCredentials {
  readonly huawei: HuaweiCredentials;
  readonly naver: NaverCredentials;
  readonly alibaba: AlibabaCredentials;
}

export type PartialCredentials = {
  readonly [Cloud in keyof SimulatorCredentials]?: Partial<SimulatorCredentials[Cloud]>;
};

const DEFAULTS: SimulatorCredentials = {
  huawei: {
    accessKey: 'SIMULATORHUAWEIKEY01',
    secretKey: 'simulator-huawei-secret-key',
    projectId: '0123456789abcdef0123456789abcdef',
    instanceId: 'fedcba9876543210fedcba9876543210',
    userName: 'simulator-user',
    password: 'simulator-huawei-password',
    domainName: 'simulator-domain',
  },
  naver: {
    accessKey: 'SIMULATORNAVERKEY001',
    secretKey: 'simulator-naver-secret-key',
    accountId: 'SimulatorAccount000001',
  },
  alibaba: {
    accessKeyId: 'SIMULATORALIBABAKEY1',
    accessKeySecret: 'simulator-alibaba-access-key-secret',
    projectId: '10000',
  },
};

const KEYS: { readonly [Cloud in keyof SimulatorCredentials]: readonly (keyof SimulatorCredentials[Cloud])[] } = {
  huawei: [...(Object.keys(DEFAULTS.huawei) as (keyof HuaweiCredentials)[]), 'securityToken'],
  naver: Object.keys(DEFAULTS.naver) as (keyof NaverCredentials)[],
  alibaba: [...(Object.keys(DEFAULTS.alibaba) as (keyof AlibabaCredentials)[]), 'securityToken'],
};

export function completeCredentials(given: PartialCredentials = {}): SimulatorCredentials {
  return {
    huawei: { ...DEFAULTS.huawei, ...given.huawei },
    naver: { ...DEFAULTS.naver, ...given.naver },
    alibaba: { ...DEFAULTS.alibaba, ...given.alibaba },
  };
}

/**
 * Checks a credentials file that was already parsed. Every key is optional; `endpoint` may stay in from a first line.
 * Throws one Error that names all problems by path, never by value.
 */
export function parseCredentials(value: unknown): PartialCredentials {
  if (!isObject(value)) throw new Error('simulator credentials: must be an object with huawei, naver, alibaba');
  const problems: string[] = [];
  for (const [cloud, fields] of Object.entries(value)) {
    if (cloud === 'endpoint') continue;
    if (!isCloud(cloud)) problems.push(`${cloud}: unknown; known are huawei, naver, alibaba`);
    else if (!isObject(fields)) problems.push(`${cloud}: must be an object`);
    else problems.push(...problemsOf(cloud, fields));
  }
  if (problems.length > 0) throw new Error(`simulator credentials: ${problems.join('; ')}`);
  return value as PartialCredentials;
}

function isCloud(name: string): name is keyof SimulatorCredentials {
  return Object.hasOwn(KEYS, name);
}

function problemsOf(cloud: keyof SimulatorCredentials, fields: Readonly<Record<string, unknown>>): string[] {
  const known: readonly string[] = KEYS[cloud];
  return Object.entries(fields).flatMap(([key, value]) => {
    if (!known.includes(key)) return [`${cloud}.${key}: unknown; known are ${known.join(', ')}`];
    if (typeof value !== 'string' || value === '') return [`${cloud}.${key}: must be a non-empty string`];
    // DataWorks project ids are int64, and go out as JSON numbers.
    const isId = cloud !== 'alibaba' || key !== 'projectId' || /^\d{1,18}$/.test(value);
    return isId ? [] : ['alibaba.projectId: must be a string of 1 to 18 digits'];
  });
}
