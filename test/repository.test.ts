/** What must hold of the repository itself: the lockfile, the layout, and examples that are true. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createCatalog } from '../activities/catalog.js';
import { BUILT_IN_KINDS, BUILT_IN_PROVIDERS } from '../activities/providers/built-in.js';
import { resolvePlan } from '../activities/resolve-plan.js';
import type { Plan } from '../contract/plan.js';
import type { Manifest } from '../docs/generator/licences-page.js';
import { installedWith, type LockedPackage, type Lockfile, placesOf } from '../docs/generator/lockfile.js';
import { loadConfig } from '../worker/config/load-config.js';

const root = fileURLToPath(new URL('..', import.meta.url));

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

const lockfile = JSON.parse(read('package-lock.json')) as Lockfile;

function lockedPackages(): [string, LockedPackage][] {
  return Object.entries(lockfile.packages).filter(([path]) => path !== '');
}

describe('the lockfile', () => {
  test('every package is pinned by an integrity hash', () => {
    const unpinned = lockedPackages().filter(([, { integrity }]) => !integrity?.startsWith('sha512-'));
    expect(unpinned.map(([path]) => path)).toEqual([]);
  });

  test('no package names the address that it was downloaded from', () => {
    expect(read('package-lock.json')).not.toMatch(/"resolved"/);
  });

  test('of what is installed with ours and its peers these alone have an install script, and CI does without any', () => {
    const { dependencies, peerDependencies } = JSON.parse(read('package.json')) as Manifest;
    const scriptedOf = (names: object) =>
      installedWith(lockfile, Object.keys(names)).filter((path) => lockfile.packages[path]?.hasInstallScript);
    expect(scriptedOf(dependencies)).toEqual([]);
    expect(scriptedOf(peerDependencies)).toEqual([
      'node_modules/@grpc/proto-loader/node_modules/protobufjs',
      'node_modules/@swc/core',
    ]);
    expect(read('.ci/run')).toMatch(/^npm ci --ignore-scripts /m);
  });

  test('every dependency stands in it, those of other platforms too, or npm ci refuses it', () => {
    const packages = lockedPackages();
    const paths = new Set(packages.map(([path]) => path));
    const missing = packages.flatMap(([path, { dependencies, optionalDependencies }]) =>
      Object.keys({ ...dependencies, ...optionalDependencies })
        .filter((name) => !placesOf(path, name).some((place) => paths.has(place)))
        .map((name) => `${name} of ${path}`),
    );
    expect(missing).toEqual([]);
  });

  test('there is one protobufjs 8, since two make histories unreadable', () => {
    const copies = lockedPackages().filter(
      ([path, { version }]) => path.endsWith('node_modules/protobufjs') && version?.startsWith('8.'),
    );
    expect(copies).toHaveLength(1);
  });
});

test('the top level holds the parts that the README speaks of', () => {
  const folders = 'contract workflows activities worker client simulator test docs examples bench';
  expect(folders.split(' ').filter((folder) => !existsSync(join(root, folder)))).toEqual([]);
});

describe('the examples', () => {
  const keys = 'HUAWEI_AK HUAWEI_SK NCP_ACCESS_KEY NCP_SECRET_KEY HDFS_PASSWORD';
  const names = `${keys} ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET`.split(' ');
  const env = Object.fromEntries(names.map((name) => [name, 'set']));
  const { connections, taskQueue, searchAttributes } = loadConfig(
    join(root, 'examples/provisioner.config.yaml'),
    env,
    BUILT_IN_PROVIDERS,
  );
  const catalog = createCatalog({ kinds: BUILT_IN_KINDS, connections, taskQueue, searchAttributes });
  const plans = ['', 'kinds/'].flatMap((folder) =>
    readdirSync(join(root, 'examples', folder))
      .filter((name) => name.endsWith('.yaml') && !name.includes('.config.'))
      .map((name) => folder + name),
  );

  test.each(plans)('%s is a plan without a problem for the configuration beside it', (name) => {
    const plan: unknown = parse(read(`examples/${name}`));
    const run = { namespace: 'default', workflowId: `provision-${name}`, firstRunId: 'r'.repeat(36), killers: [] };
    expect(resolvePlan(plan, catalog, run)).not.toHaveProperty('problems');
  });

  test('each kind has a minimal plan of one resource, named after it', () => {
    const made = BUILT_IN_KINDS.map(({ name }) => {
      const { resources } = parse(read(`examples/kinds/${name}.yaml`)) as Plan;
      return Object.values(resources).map(({ kind }) => kind);
    });
    expect(made).toEqual(BUILT_IN_KINDS.map(({ name }) => [name]));
  });

  test('the flagship makes three workspaces at once and the workflow after them', () => {
    const plan: unknown = parse(read('examples/flagship.yaml'));
    const run = { namespace: 'default', workflowId: 'w', firstRunId: 'r', killers: [] };
    const resolution = resolvePlan(plan, catalog, run);
    const steps = 'plan' in resolution ? resolution.plan.steps : [];
    expect(Object.fromEntries(steps.map(({ key, dependsOn }) => [key, [...dependsOn].sort()]))).toEqual({
      studio: [],
      fabric: [],
      ai: [],
      workflow: ['ai', 'fabric', 'studio'],
    });
  });
});
