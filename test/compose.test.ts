/** docker-compose.yml and what lies beside it, as far as that can be told without an engine. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { BUILT_IN_PROVIDERS } from '../activities/providers/built-in.js';
import { startSimulator } from '../simulator/start.js';
import { loadConfig } from '../worker/config/load-config.js';
import { METRICS } from '../worker/telemetry/metric-list.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(`${ROOT}${path}`, 'utf8');

interface Service {
  readonly image: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
}

const text = read('docker-compose.yml');
const { services } = parse(text, { merge: true }) as { readonly services: Readonly<Record<string, Service>> };
const settings = Object.fromEntries(
  [...read('.env').matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
);
const ours = Object.values(services).filter(({ image }) => image === 'temporal-provisioner');

describe('the compose file', () => {
  test('takes every variable from .env, where each is used', () => {
    const used = new Set([...text.matchAll(/\$\{([A-Z_]+)\}/g)].map(([, name]) => name));
    const others = ['COMPOSE_PROFILES'];
    expect([...used, ...others].sort()).toEqual(Object.keys(settings).sort());
  });

  test('pins every image but our own to a version', () => {
    const images = Object.values(services).map(({ image }) => image);
    const pinned = images.filter((image) => image !== 'temporal-provisioner');
    expect(pinned.length).toBeGreaterThan(5);
    for (const image of pinned) expect(image).toMatch(/^[a-z/-]+:\$\{([A-Z_]+_VERSION)\}$/);
    for (const [name, value] of Object.entries(settings)) {
      // PostgreSQL's own have two parts.
      const full = name === 'POSTGRESQL_VERSION' ? /^\d+\.\d+$/ : /^v?\d+\.\d+\.\d+$/;
      if (name?.endsWith('_VERSION')) expect(value, name).toMatch(full);
    }
    expect(settings.NODE_IMAGE).toMatch(/^node:\d+\.\d+\.\d+-bookworm-slim$/);
    expect(text).not.toContain('auto-setup');
  });

  test('builds ours on the same version of Node as the Dockerfile alone does', () => {
    const dockerfile = read('Dockerfile');
    expect(/^ARG NODE_IMAGE=(.*)$/m.exec(dockerfile)?.[1]).toBe(settings.NODE_IMAGE);
    for (const [, base] of dockerfile.matchAll(/^FROM (\S+)/gm)) expect(base).toMatch(/^\$\{NODE_IMAGE\}$/);
  });

  test('publishes ports on this machine only', () => {
    const ports = Object.values(services).flatMap(({ ports = [] }) => ports);
    expect(ports.length).toBeGreaterThan(3);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  test('lets our containers write nowhere, and gives them no capability', () => {
    expect(ours.length).toBeGreaterThan(4);
    for (const service of ours) {
      expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
    }
  });

  test('mounts only what is there, or is made first', () => {
    const paths = Object.values(services)
      .flatMap(({ volumes = [] }) => volumes)
      .map((volume) => volume.split(':')[0] ?? '')
      .filter((path) => path.startsWith('./'));
    expect(paths.length).toBeGreaterThan(5);
    for (const path of paths) expect(existsSync(`${ROOT}${path}`), path).toBe(true);
  });
});

test("the simulator's worker has the keys that every simulator accepts", async () => {
  const { environment = {} } = services['simulator-worker'] ?? {};
  const config = loadConfig('deploy/simulator/provisioner.config.yaml', environment, BUILT_IN_PROVIDERS, {
    folder: ROOT,
    unread: true,
  });
  const simulator = await startSimulator();
  const { huawei, naver, alibaba } = simulator.credentials;
  await simulator.close();
  expect(environment).toMatchObject({
    HUAWEI_AK: huawei.accessKey,
    HUAWEI_SK: huawei.secretKey,
    NAVER_AK: naver.accessKey,
    NAVER_SK: naver.secretKey,
    ALIBABA_AK: alibaba.accessKeyId,
    ALIBABA_SK: alibaba.accessKeySecret,
  });
  const scopes = Object.fromEntries(config.connections.map(({ name, scope }) => [name, scope]));
  expect(scopes).toEqual({
    huawei: { projectId: huawei.projectId, instanceId: huawei.instanceId },
    naver: { accountId: naver.accountId },
    alibaba: { projectId: alibaba.projectId },
  });
});

test('the dashboard asks for metrics that a worker has', () => {
  const known = Object.keys(METRICS).flatMap((name) => [name, `${name}_bucket`]);
  const asked = [...read('deploy/grafana/dashboards/provisioner.json').matchAll(/provisioner_[a-z_]+/g)].map(
    ([name]) => name,
  );
  expect(new Set(asked).size).toBeGreaterThan(8);
  for (const name of asked) expect(known).toContain(name);
});
