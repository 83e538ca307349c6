/** What a read finds when a resource is changed behind our back: of each kind, every field that its cloud shows. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Kind } from '../activities/kind.js';
import { BUILT_IN_KINDS, BUILT_IN_PROVIDERS } from '../activities/providers/built-in.js';
import type { Drift } from '../contract/drift.js';
import { formatMarker } from '../contract/marker.js';
import type { Json, JsonObject } from '../contract/plan.js';
import { type Simulator, startSimulator } from '../simulator/start.js';
import { Stage } from '../testing/contract-stage.js';
import { simulatorConnections } from '../testing/index.js';
import { toConnections } from '../worker/config/connections.js';
import { search } from './support/canaries.js';

const SECRET = 'drift-canary-9f31c7d2e5';

interface Planned {
  readonly spec: (name: string) => JsonObject;
  /** What its cloud does not show, or writes itself: fields of the spec below that no read compares. */
  readonly unseen: readonly string[];
}

const nodeOutput = { data: 'simulated_project.orders', artifactType: 'NodeOutput', refTableName: 'orders' };

/** As much as each spec can say. */
const PLANNED: Readonly<Record<string, Planned>> = {
  'huawei.dataarts-studio.workspace': {
    spec: (name) => ({
      name,
      eps_id: '0',
      description: 'of the team',
      job_log_location_name: 'obs://logs/a/',
      bad_record_location_name: 'obs://bad/a/',
    }),
    unseen: ['project_id', 'instance_id'],
  },
  'huawei.dataarts-fabric.workspace': {
    spec: (name) => ({
      name,
      description: 'of the team',
      metastore_id: '0123456789abcdef0123456789abcdef',
      enterprise_project_id: '0',
      tags: [{ key: 'team', value: 'data' }, { key: 'cost' }],
    }),
    unseen: ['project_id'],
  },
  'naver.data-forest.ai-workspace': {
    spec: (name) => ({
      name,
      description: 'of the team',
      configuration: {
        name: 'inner',
        queueName: 'gpu',
        userPackageUri: 'hdfs://koya/user/package.zip',
        data: {
          input: [{ hdfs: 'hdfs://koya/in', path: '/in' }],
          output: [{ hdfs: 'hdfs://koya/out', path: '/out', overwrite: true }],
        },
        docker: {
          image: 'tensorflow:r2.3.1-py3',
          command: 'ls',
          args: '-l',
          env: { MODE: 'fast', TOKEN: { $secret: 'token' } },
          exposeTcpPorts: [80, 443],
        },
        resource: { cpuCount: 1, gpuCount: 1, gpuModel: 'T4', memoryMb: 1024 },
      },
    }),
    unseen: ['accountId'],
  },
  'alibaba.dataworks.workflow': {
    spec: (name) => ({
      Spec: {
        version: '1.1.0',
        kind: 'CycleWorkflow',
        metadata: { team: 'data' },
        spec: {
          name,
          type: 'CycleWorkflow',
          workflows: [
            {
              name,
              owner: '1000000000000001',
              description: 'of the team',
              script: { path: `team/${name}`, language: 'odps-sql', runtime: { command: 'WORKFLOW' } },
              trigger: { type: 'Scheduler', cron: '00 00 00 * * ?', timezone: 'Asia/Shanghai', delaySeconds: 10 },
              strategy: { priority: 1, instanceMode: 'T+1', rerunTimes: 3, ignoreBranchConditionSkip: true },
              outputs: { nodeOutputs: [nodeOutput, { ...nodeOutput, data: 'simulated_project.items' }] },
            },
          ],
        },
      },
    }),
    unseen: ['ProjectId', 'Spec.version', 'Spec.metadata.team'],
  },
  'alibaba.dataworks.project': {
    spec: (name) => ({
      Name: name,
      DisplayName: `${name} of the team`,
      Description: 'of the team',
      PaiTaskEnabled: false,
      DevEnvironmentEnabled: true,
      DevRoleDisabled: false,
      AliyunResourceGroupId: 'rg-acfmzbn7pti3zfa',
      AliyunResourceTags: [
        { Key: 'team', Value: 'data' },
        { Key: 'cost', Value: '1' },
      ],
    }),
    unseen: [],
  },
};

let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ settings: { projectInitializingMs: 0 } });
});
afterAll(() => simulator.close());

function stageFor(kind: Kind, readSecret: () => string = () => SECRET): Stage {
  const provider = BUILT_IN_PROVIDERS.find(({ name }) => name === kind.provider);
  const limits = { limits: { requestsPerMinute: 100_000, concurrency: 50 }, secrets: { token: () => SECRET } };
  const config = simulatorConnections(simulator.description, limits)[kind.provider];
  if (!provider || !config) throw new Error(`no cloud for ${kind.name}`);
  const [connection] = toConnections({ drift: config }, [provider]);
  const planned = PLANNED[kind.name];
  if (!connection || !planned) throw new Error(`no plan for ${kind.name}`);
  return new Stage({
    kind,
    provider,
    connection: { ...connection, readSecret },
    spec: planned.spec,
    patienceMs: 20_000,
  });
}

type Path = readonly (string | number)[];

/** Each value of a spec with its path; a list of plain values, and a secret, is one. */
function* fieldsOf(value: Json, path: Path = []): Generator<Path> {
  const inner = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const whole = Array.isArray(value) ? inner.every(([, item]) => typeof item !== 'object') : inner.length === 0;
  if (whole || inner[0]?.[0] === '$secret') yield path;
  else
    for (const [key, item] of inner) yield* fieldsOf(item as Json, [...path, Array.isArray(value) ? Number(key) : key]);
}

function textOf(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');
}

function at(value: Json, path: Path): Json {
  return path.reduce<Json>((inner, part) => (inner as { readonly [key: string]: Json })[part] ?? null, value);
}

function withAt(value: Json, [first, ...rest]: Path, changed: Json): Json {
  if (first === undefined) return changed;
  if (Array.isArray(value)) return value.with(Number(first), withAt(value[Number(first)] as Json, rest, changed));
  const fields = value as JsonObject;
  return { ...fields, [first]: withAt(fields[first] ?? null, rest, changed) };
}

function otherThan(value: Json): Json {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 1;
  return Array.isArray(value) ? [...value, 9] : `${String(value)}-x`;
}

describe.each(BUILT_IN_KINDS.map((kind) => [kind.name, kind] as const))('%s', (name, kind) => {
  test('each field that its cloud shows is named when it was changed, and no other', async () => {
    const stage = stageFor(kind);
    const made = await stage.make();
    const fresh = await stage.read(made, made.id);
    expect(fresh).toMatchObject({ verdict: 'same', differences: [] });
    // What the cloud was sent: the marker in place, secrets read, the scope's ids filled in.
    const sent = JSON.parse(JSON.stringify(stage.prepared(made))) as JsonObject;
    const fields = [...fieldsOf(sent)].map((path) => [textOf(path), path] as const);
    const seen = fields.filter(([field]) => fresh.compared.includes(field));
    expect(fields.flatMap(([field]) => (fresh.compared.includes(field) ? [] : [field])).sort()).toEqual(
      [...(PLANNED[name]?.unseen ?? [])].sort(),
    );
    const told: Drift[] = [];
    for (const [field, path] of seen) {
      const [top, ...rest] = path as readonly [string, ...Path];
      const before = at(sent, path);
      const changed = otherThan(before);
      simulator.resources.edit(made.id, { fields: { [top]: withAt(sent[top] ?? null, rest, changed) } });
      const drift = await stage.read(made, made.id);
      told.push(drift);
      const secret = field.startsWith('configuration.docker.env.');
      const difference = secret ? { field } : { field, planned: before, actual: changed };
      expect(drift).toEqual({ verdict: 'differs', differences: [difference], compared: fresh.compared });
      simulator.resources.edit(made.id, { fields: { [top]: sent[top] ?? null } });
    }
    expect(await stage.read(made, made.id)).toEqual(fresh);
    expect(search({ told: JSON.stringify(told) }, [SECRET])).toEqual([]);
    await stage.close();
  });

  test('what was deleted behind our back is missing', async () => {
    const stage = stageFor(kind);
    const made = await stage.make();
    simulator.resources.remove(made.id);
    expect(await stage.read(made, made.id)).toMatchObject({ verdict: 'missing', differences: [], compared: [] });
    await stage.close();
  });

  test('what carries the marker of another owner is missing, unless it was adopted', async () => {
    const stage = stageFor(kind);
    const made = await stage.make();
    const other = formatMarker({ ...made.owner, runId: 'another-run', keep: false });
    const described = kind.description.write(stage.prepared(made), `theirs ${other}`) as JsonObject;
    const [top = ''] = kind.description.path.split('.');
    simulator.resources.edit(made.id, { fields: { [top]: described[top] } });
    expect(await stage.read(made, made.id)).toEqual({
      verdict: 'missing',
      differences: [],
      compared: [],
      why: 'the marker of another owner is on it',
    });
    const adopted = await stage.read(made, made.id, { adopted: true });
    expect(adopted).toMatchObject({ verdict: 'same' });
    expect(adopted.compared).not.toContain(kind.description.path);
    simulator.resources.remove(made.id);
    await stage.close();
  });

  test('a marker that is gone is a difference in the description', async () => {
    const stage = stageFor(kind);
    const made = await stage.make();
    const described = kind.description.write(stage.prepared(made), '') as JsonObject;
    const [top = ''] = kind.description.path.split('.');
    simulator.resources.edit(made.id, { fields: { [top]: described[top] } });
    expect(await stage.read(made, made.id)).toMatchObject({
      verdict: 'differs',
      differences: [{ field: kind.description.path, actual: '' }],
    });
    await stage.close();
  });
});
