/** Configuration files as people write them, right and wrong, against providers with the shape of ours. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Provider } from '../activities/cloud.js';
import { ConfigProblems } from '../contract/config-problems.js';
import { SecretUnavailable } from '../contract/secrets.js';
import { type Environment, findConfigFile } from '../worker/config/config-file.js';
import { type ConnectionConfigs, toConnections } from '../worker/config/connections.js';
import { loadConfig } from '../worker/config/load-config.js';
import { simulatorConnections } from '../worker/config/simulator-connections.js';

const unused = () => {
  throw new Error('no call is made while a configuration is checked');
};
const calls = { limits: { requestsPerMinute: 60, concurrency: 8 }, authenticate: unused, classify: unused };

const huawei: Provider = {
  ...calls,
  name: 'huawei',
  services: {
    'dataarts-studio': (region) => `https://dayu.${region}.myhuaweicloud.com`,
    'dataarts-fabric': (region) => {
      if (region !== 'cn-north-4') throw new Error('not offered');
      return `https://fabric.${region}.myhuaweicloud.com`;
    },
  },
  credentials: z.union(
    [
      z.strictObject({ accessKey: z.string(), secretKey: z.string(), securityToken: z.string().optional() }),
      z.strictObject({ userName: z.string(), password: z.string(), domainName: z.string() }),
    ],
    { error: 'give accessKey and secretKey, or userName, password and domainName' },
  ),
  scopeKeys: ['projectId', 'instanceId'],
};
const naver: Provider = {
  ...calls,
  name: 'naver',
  services: { 'data-forest': () => 'https://df.apigw.ntruss.com' },
  credentials: z.strictObject({ accessKey: z.string(), secretKey: z.string() }),
  scopeKeys: ['accountId'],
};
const alibaba: Provider = {
  ...calls,
  name: 'alibaba',
  services: { dataworks: (region) => `https://dataworks.${region}.aliyuncs.com` },
  credentials: z.strictObject({ accessKeyId: z.string(), accessKeySecret: z.string() }),
  scopeKeys: ['projectId'],
};
const providers = [huawei, naver, alibaba];
const env: Environment = { AK: 'ak-of-env', SK: 'sk-of-env', EMPTY: '' };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(text: string, name = 'provisioner.config.yaml'): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

/** The problems of a file as `path: message` lines. */
function problemsOf(text: string): string[] {
  return caught(() => loadConfig(write(text), env, providers));
}

function problemsOfOne(connection: object): string[] {
  return caught(() => toConnections({ it: connection } as unknown as ConnectionConfigs, providers, { env, folder }));
}

function caught(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigProblems) return error.problems.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  return [];
}

const keys = { accessKey: { env: 'AK' }, secretKey: { env: 'SK' } };

const YAML = `
connections:
  huawei-prod:
    provider: huawei
    region: cn-north-4
    scope: { projectId: '0a1b', instanceId: 'i-1' }
    credentials: { accessKey: { env: AK }, secretKey: { file: huawei-sk } }
    secrets: { hdfsPassword: { env: SK } }
    limits: { requestsPerMinute: 20, concurrency: 8, workers: 2 }
    lateCommitWindow: 2m
  naver:
    provider: naver
    credentials: { accessKey: { env: AK }, secretKey: { env: SK } }
`;

describe('a right configuration', () => {
  test.each([
    ['127.0.0.1:9464', { host: '127.0.0.1', port: 9464 }],
    ['[::1]:0', { host: '::1', port: 0 }],
    ['probes.internal:80', { host: 'probes.internal', port: 80 }],
  ])('a place to listen such as %s becomes host and port', (listen, place) => {
    write('sk-of-file', 'huawei-sk');
    expect(loadConfig(write(`${YAML}\nlisten: '${listen}'\n`), env, providers).listen).toEqual(place);
  });

  test.each(['9464', ':9464', '::1:9464', 'host:65536', 'http://host:1', ''])(
    'a place to listen such as "%s" is refused with its form',
    (listen) => {
      write('sk-of-file', 'huawei-sk');
      const problems = caught(() => loadConfig(write(`${YAML}\nlisten: '${listen}'\n`), env, providers));
      expect(problems).toEqual(['listen: must be HOST:PORT, such as 127.0.0.1:9464 or [::1]:9464']);
    },
  );

  test('a YAML file becomes connections with every setting that it names', () => {
    write('sk-of-file\n', 'huawei-sk');
    const { connections, taskQueue, searchAttributes } = loadConfig(write(YAML), env, providers);
    expect({ taskQueue, searchAttributes }).toEqual({ taskQueue: 'provisioner', searchAttributes: true });
    expect(connections[0]).toMatchObject({
      name: 'huawei-prod',
      provider: 'huawei',
      region: 'cn-north-4',
      scope: { projectId: '0a1b', instanceId: 'i-1' },
      simulator: false,
      limits: { requestsPerMinute: 20, concurrency: 8, workers: 2 },
      lateCommitWindowMs: 120_000,
      secretNames: ['hdfsPassword'],
    });
    expect(connections[0]?.readCredentials()).toEqual({ accessKey: 'ak-of-env', secretKey: 'sk-of-file' });
    expect(connections[0]?.readSecret('hdfsPassword')).toBe('sk-of-env');
  });

  test('a JSON file indented with tabs is read like a YAML one', () => {
    const json = JSON.stringify({ connections: { n: { provider: 'naver', credentials: keys } } }, null, '\t');
    expect(loadConfig(write(json), env, providers).connections.map(({ name }) => name)).toEqual(['n']);
  });

  test('a rotated secret file is read again on the next use', () => {
    write('first', 'huawei-sk');
    const [connection] = loadConfig(write(YAML), env, providers).connections;
    write('second\r\n', 'huawei-sk');
    expect(connection?.readCredentials().secretKey).toBe('second');
  });

  test('a secret that vanishes later throws an error that names its file', () => {
    write('first', 'huawei-sk');
    const [connection] = loadConfig(write(YAML), env, providers).connections;
    rmSync(join(folder, 'huawei-sk'));
    expect(() => connection?.readCredentials()).toThrow(SecretUnavailable);
    expect(() => connection?.readCredentials()).toThrow(/huawei-sk/);
  });

  test('a logged or serialised connection shows no secret', () => {
    const [connection] = toConnections({ n: { provider: 'naver', credentials: keys } }, providers, { env, folder });
    expect(JSON.stringify(connection)).not.toMatch(/of-env/);
  });

  test('a program may give functions for secrets, a simulator needs no region', () => {
    const description = {
      endpoint: 'http://127.0.0.1:4000',
      huawei: {
        accessKey: 'a',
        secretKey: 'b',
        projectId: 'p',
        instanceId: 'i',
        userName: 'u',
        password: 'w',
        domainName: 'd',
      },
      naver: { accessKey: 'c', secretKey: 'd', accountId: 'n' },
      alibaba: { accessKeyId: 'e', accessKeySecret: 'f', projectId: '10000' },
    };
    const connections = toConnections(simulatorConnections(description), providers, { env: {}, folder });
    expect(connections.map(({ name, simulator }) => [name, simulator])).toEqual([
      ['huawei', true],
      ['naver', true],
      ['alibaba', true],
    ]);
    expect(connections[2]?.readCredentials()).toEqual({ accessKeyId: 'e', accessKeySecret: 'f' });
    expect(connections[2]?.lateCommitWindowMs).toBe(2_000);
  });
});

describe('which file is read', () => {
  test('the named file wins over the variable, the variable over the usual name', () => {
    const usual = write('{}');
    const variable = { PROVISIONER_CONFIG: 'other.yaml' };
    expect(findConfigFile('named.yaml', variable, folder)).toBe(join(folder, 'named.yaml'));
    expect(findConfigFile(undefined, variable, folder)).toBe(join(folder, 'other.yaml'));
    expect(findConfigFile(undefined, {}, folder)).toBe(usual);
    expect(findConfigFile(undefined, {}, join(folder, 'elsewhere'))).toBeUndefined();
  });

  test('a missing file is told in one line that says what to do', () => {
    expect(caught(() => loadConfig(undefined, {}, providers, { folder: join(folder, 'none') }))[0]).toMatch(
      /write one, or name it/,
    );
    expect(caught(() => loadConfig('no.yaml', {}, providers, { folder: folder }))).toEqual([': there is no such file']);
  });
});

describe('a wrong configuration', () => {
  test('every problem of the whole file is reported at once, each with its path', () => {
    const problems = problemsOf(`
taskqueue: x
connections:
  a b: { provider: naver, credentials: { accessKey: { env: AK }, secretKey: { env: NOT_SET } } }
  one:
    provider: huawei
    endpoint: http://huawei.example
    scope: { projectId: '1', account: '2' }
    credentials: { accessKey: { env: EMPTY }, secretKey: literal-value }
    limits: { requestPerMinute: 5, workers: 0 }
    lateCommitWindow: soon
  two: { provider: azure, credentials: {} }
  three: { provider: alibaba, lateCommitWindow: 5s, credentials: { accessKeyId: { env: AK }, accessKeySecret: { file: gone } } }
`);
    expect(problems).toEqual([
      'taskqueue: unknown field; known here: connections, taskQueue, searchAttributes, listen, encryption, deployment',
      'connections.a b: must be a name of at most 63 letters, digits, dots, dashes',
      'connections.a b.credentials.secretKey: the environment variable NOT_SET is not set',
      'connections.one.credentials.secretKey: must be { env: NAME } or { file: PATH }, never the value itself',
      'connections.one.limits.workers: must be a whole number from 1 to 1000',
      'connections.one.limits.requestPerMinute: unknown field; known here: requestsPerMinute, concurrency, workers',
      'connections.one.lateCommitWindow: must be a duration such as 2m, 90s or 500ms',
      'connections.one.credentials.accessKey: the environment variable EMPTY is empty',
      'connections.one.scope.account: unknown field; known here: projectId, instanceId',
      'connections.one.endpoint: must be https; plain http is only for this machine',
      'connections.two.provider: unknown provider; known here: huawei, naver, alibaba',
      `connections.three.credentials.accessKeySecret: cannot read the secret file ${join(folder, 'gone')} (ENOENT)`,
      'connections.three.region: is needed where no endpoint is given (for dataworks)',
      'connections.three.lateCommitWindow: must be at least 20s, the deadline of a request',
    ]);
  });

  test.each([
    [
      'a literal secret',
      'connections: { n: { provider: naver, credentials: { accessKey: hunter2, secretKey: hunter2 } } }',
    ],
    ['a secret where a region belongs', 'connections: { n: { provider: naver, region: hunter2!, credentials: {} } }'],
    ['a secret as an endpoint', 'connections: { n: { provider: naver, endpoint: hunter2, credentials: {} } }'],
    ['a secret as a provider', 'connections: { n: { provider: hunter2, credentials: {} } }'],
    ['a secret before a syntax error', 'connections: { n: "hunter2" hunter2'],
    ['a secret as an unresolved alias', 'connections: *hunter2'],
    ['a secret in the place of everything', 'hunter2'],
  ])('%s is refused without being printed', (_case, text) => {
    const problems = problemsOf(text);
    expect(problems).not.toEqual([]);
    expect(problems.join('\n')).not.toMatch(/hunter2/);
  });

  test('a syntax error is told with its line and column', () => {
    expect(problemsOf('connections:\n  a: [1\n')[0]).toMatch(/neither YAML nor JSON at line 3, column 1/);
  });

  test('a key that stands twice is refused instead of the last one winning', () => {
    expect(problemsOf('connections: {}\nconnections: {}\n')[0]).toMatch(/DUPLICATE_KEY/);
  });

  test('a file without connections says what is missing', () => {
    expect(problemsOf('taskQueue: q')).toEqual(['connections: required']);
    expect(problemsOf('connections: {}')).toEqual(['connections: must name at least one connection']);
  });

  test('an id written as a number is refused, since it may lose digits', () => {
    const [problem] = problemsOfOne({ provider: 'naver', scope: { accountId: 463497880880954 }, credentials: keys });
    expect(problem).toMatch(/scope.accountId: must be text; put a number in quotes/);
  });
});

describe('what the provider judges', () => {
  const at = { provider: 'huawei', region: 'cn-north-4' };

  test('credentials of no accepted form are told in the words of the provider', () => {
    const told = ['connections.it.credentials: give accessKey and secretKey, or userName, password and domainName'];
    expect(problemsOfOne({ ...at, credentials: { accessKey: { env: 'AK' } } })).toEqual(told);
    expect(problemsOfOne({ provider: 'naver', credentials: { ...keys, token: { env: 'AK' } } })).toEqual([
      'connections.it.credentials.token: unknown field; known here: accessKey, secretKey',
    ]);
  });

  test('a map of endpoints needs a region for the services that it leaves out', () => {
    const endpoint = { 'dataarts-studio': 'https://dayu.example' };
    expect(problemsOfOne({ provider: 'huawei', endpoint, credentials: keys })).toEqual([
      'connections.it.region: is needed where no endpoint is given (for dataarts-fabric)',
    ]);
    const both = { ...endpoint, 'dataarts-fabric': 'https://fabric.example' };
    expect(problemsOfOne({ provider: 'huawei', endpoint: both, credentials: keys })).toEqual([]);
  });

  test('an unknown service or an unknown region is refused with what is allowed', () => {
    expect(problemsOfOne({ ...at, endpoint: { dayu: 'https://dayu.example' }, credentials: keys })).toEqual([
      'connections.it.endpoint.dayu: unknown service; known here: dataarts-studio, dataarts-fabric',
    ]);
    expect(problemsOfOne({ ...at, region: 'mars-1', credentials: keys })).toEqual([
      'connections.it.region: is not a region that provider huawei offers',
    ]);
  });

  test.each([
    ['https://key:value@dayu.example', 'must not hold a user name or a password'],
    ['https://dayu.example/?a=b', 'must not have a query or a fragment'],
    ['ftp://dayu.example', 'must be an https URL'],
    ['http://127.0.0.1.dayu.example', 'must be https; plain http is only for this machine'],
    ['http://[::1]:4000', 'its host is in a private network; if that is meant, set allowPrivateNetwork: true'],
    ['http://localhost:4000', 'its host is in a private network; if that is meant, set allowPrivateNetwork: true'],
    ['https://10.1.2.3', 'its host is in a private network; if that is meant, set allowPrivateNetwork: true'],
    ['https://169.254.169.254', 'its host is in a private network; if that is meant, set allowPrivateNetwork: true'],
    ['https://dayu.example/prefix', undefined],
  ])('the endpoint %s is judged by where it leads', (endpoint, message) => {
    const problems = problemsOfOne({ provider: 'huawei', endpoint, credentials: keys });
    expect(problems).toEqual(message === undefined ? [] : [`connections.it.endpoint: ${message}`]);
  });

  test('a connection that may enter a private network is held only from what is no network of hosts', () => {
    const inside = { provider: 'huawei', credentials: keys, allowPrivateNetwork: true };
    for (const endpoint of ['http://[::1]:4000', 'http://localhost:4000', 'https://10.1.2.3', 'https://dayu.example']) {
      expect(problemsOfOne({ ...inside, endpoint })).toEqual([]);
    }
    expect(problemsOfOne({ ...inside, endpoint: 'https://169.254.169.254' })).toEqual([
      'connections.it.endpoint: its host must not be at a link-local, multicast or reserved address',
    ]);
  });

  test('a connection that says simulator must stay on this machine', () => {
    const message = 'connections.it.endpoint: must be on this machine, since simulator is true';
    expect(problemsOfOne({ ...at, simulator: true, credentials: keys })).toEqual([message]);
    expect(
      problemsOfOne({ provider: 'huawei', endpoint: 'https://dayu.example', simulator: true, credentials: keys }),
    ).toEqual([message]);
  });

  test('a simulator connection may shorten the window that real clouds need', () => {
    const simulator = { provider: 'huawei', endpoint: 'http://127.0.0.1:4000', simulator: true, credentials: keys };
    expect(problemsOfOne({ ...simulator, lateCommitWindow: '500ms' })).toEqual([]);
    expect(problemsOfOne({ ...at, credentials: keys, lateCommitWindow: 20_000 })).toEqual([]);
    expect(problemsOfOne({ ...at, credentials: keys, lateCommitWindow: 19_999 })).toHaveLength(1);
  });

  test('a dry run leaves the secrets alone and still checks that they are references', () => {
    const file = join(folder, 'dry.yaml');
    const connection = (secretKey: string) => `connections:
  it:
    provider: naver
    credentials: { accessKey: { env: NO_SUCH_VARIABLE }, secretKey: ${secretKey} }
`;
    writeFileSync(file, connection('{ file: no-such-file }'));
    expect(loadConfig(file, env, providers, { unread: true }).connections).toHaveLength(1);
    expect(() => loadConfig(file, env, providers)).toThrow(ConfigProblems);
    writeFileSync(file, connection('literal'));
    expect(() => loadConfig(file, env, providers, { unread: true })).toThrow(ConfigProblems);
  });

  test('a simulator connection without limits is not held to those of the cloud', () => {
    const credentials = { accessKey: () => 'key', secretKey: () => 'secret' };
    const common = { provider: 'huawei', endpoint: 'http://127.0.0.1:4000', credentials };
    const [plain] = toConnections({ it: { ...common, allowPrivateNetwork: true } }, providers);
    const [simulated] = toConnections({ it: { ...common, simulator: true } }, providers);
    const [limited] = toConnections(
      { it: { ...common, simulator: true, limits: { requestsPerMinute: 20 } } },
      providers,
    );
    expect(plain?.limits.requestsPerMinute).toBeUndefined();
    expect(simulated?.limits.requestsPerMinute).toBe(6_000);
    expect(limited?.limits.requestsPerMinute).toBe(20);
  });
});
