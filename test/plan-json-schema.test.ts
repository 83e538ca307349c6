/** The JSON Schema of a plan, judged by a validator that is not ours: never stricter than our own check, seldom looser. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createCatalog } from '../activities/catalog.js';
import { kindJsonSchema, planJsonSchema } from '../activities/plan-json-schema.js';
import { BUILT_IN_KINDS, BUILT_IN_PROVIDERS } from '../activities/providers/built-in.js';
import { resolvePlan } from '../activities/resolve-plan.js';
import type { Json, Plan } from '../contract/plan.js';
import { VERSION } from '../contract/version.js';
import { loadConfig } from '../worker/config/load-config.js';
import { runCli } from './cli-process.js';
import { aiWorkspace, fabric, KINDS } from './support/resources.js';

const root = new URL('../', import.meta.url);
const ajv = new Ajv2020({ strict: true, allErrors: true });
const validate = ajv.compile(planJsonSchema(BUILT_IN_KINDS));

/** Where the schema says that a plan is wrong; empty where it is right. */
function wrong(plan: unknown): string[] {
  validate(plan);
  return [...new Set((validate.errors ?? []).map(({ instancePath }) => instancePath))];
}

const example = (name: string) => parse(readFileSync(new URL(`examples/${name}`, root), 'utf8')) as Plan;
const examples = readdirSync(new URL('examples', root)).filter(
  (name) => name.endsWith('.yaml') && !name.includes('.config.'),
);

describe('a plan that our own check accepts validates', () => {
  it.each(examples)('the example %s', (name) => {
    expect(wrong(example(name))).toEqual([]);
  });

  it.each(KINDS)('a plan with the resource of %s', (_operation, resource) => {
    expect(wrong({ name: 'one', resources: { a: resource() } })).toEqual([]);
  });

  it('with every field that a plan may have', () => {
    const ai = aiWorkspace('ai', { dependsOn: ['f'], ifExists: 'adopt', retain: false, protect: true });
    const lifetime = { ttl: '7d', verifyEvery: '90m' };
    const plan = { name: 'all', onFailure: 'pause', approval: 'required', managed: true, lifetime };
    expect(wrong({ ...plan, resources: { f: fabric(), ai } })).toEqual([]);
  });

  it('of a kind that only the user knows, whatever its spec holds', () => {
    const own = { kind: 'acme.lockers.locker', connection: 'lockers', spec: { name: { any: ['thing'] } } };
    expect(wrong({ name: 'own', resources: { own } })).toEqual([]);
  });

  it('with any one value of the examples changed, taken away or added', () => {
    // As the worker with the configuration beside them checks it: without one, less is known to be wrong.
    const file = fileURLToPath(new URL('examples/provisioner.config.yaml', root));
    const { connections, ...names } = loadConfig(file, {}, BUILT_IN_PROVIDERS, { unread: true });
    const catalog = createCatalog({ kinds: BUILT_IN_KINDS, connections, ...names });
    const run = { namespace: 'default', workflowId: 'w', firstRunId: 'r'.repeat(36), killers: [] };
    const accepted = examples
      .flatMap((name) => variants(example(name) as unknown as Json))
      .filter((plan) => 'plan' in resolvePlan(plan, catalog, run) && !hasReferenceForSpec(plan));
    expect(accepted.length).toBeGreaterThan(100);
    for (const plan of accepted) expect(wrong(plan), JSON.stringify(plan)).toEqual([]);
  });
});

/** Our check lets it pass, and no output is a whole spec: the schema is right to refuse it. */
function hasReferenceForSpec(plan: Json): boolean {
  return Object.values((plan as unknown as Plan).resources).some(({ spec }) => Object.hasOwn(spec, '$ref'));
}

const OTHERS: readonly Json[] = [
  ...[{ $ref: 'fabric.id' }, { $ref: 'ai.name' }, { $secret: 'hdfsPassword' }, {}, [], null, true, false],
  ...['', 'other', 'Other_name', 'x'.repeat(300), '7d', 0, 1, 2.5, -1, 1e300],
];

/** Every plan that differs in one place. */
function variants(value: Json): Json[] {
  if (value === null || typeof value !== 'object') return [...OTHERS];
  const list = Array.isArray(value);
  const entries = Object.entries(value) as [string, Json][];
  const rebuilt = (pairs: readonly (readonly [string, Json])[]): Json =>
    list ? pairs.map(([, inner]) => inner) : Object.fromEntries(pairs);
  return [
    ...OTHERS,
    rebuilt([...entries, ['added', 'x']]),
    ...entries.flatMap(([key, inner]) => [
      rebuilt(entries.filter(([other]) => other !== key)),
      ...variants(inner).map((changed) => rebuilt(entries.map(([k, v]) => [k, k === key ? changed : v] as const))),
    ]),
  ];
}

describe('a plan that is wrong is told where', () => {
  const ai = aiWorkspace();
  const spec = ai.spec as { configuration: { docker: object } };
  const withSpec = (changed: object) => ({ name: 'p', resources: { ai: { ...ai, spec: { ...spec, ...changed } } } });
  const docker = (more: object) => withSpec({ configuration: { docker: { ...spec.configuration.docker, ...more } } });

  it.each<[string, string, unknown]>([
    ['a wrong field name in a spec', '/resources/ai/spec', withSpec({ nam: 'x' })],
    ['a wrong type in a spec', '/resources/ai/spec/configuration/docker/image', docker({ image: 7 })],
    ['a missing name in a spec', '/resources/ai/spec', withSpec({ name: undefined })],
    ['a secret where none may stand', '/resources/ai/spec/name', withSpec({ name: { $secret: 's' } })],
    ['a reference with something beside it', '/resources/ai/spec/name', withSpec({ name: { $ref: 'a.id', x: 1 } })],
    ['an unknown field at the top', '', { name: 'p', resources: { ai }, on_failure: 'pause' }],
    ['a missing name', '', { resources: { ai } }],
    ['no resource', '/resources', { name: 'p', resources: {} }],
    ['a step name with a dot', '/resources', { name: 'p', resources: { 'a.b': ai } }],
    ['a duration that is none', '/lifetime/ttl', { name: 'p', resources: { ai }, lifetime: { ttl: 'a week' } }],
  ])('%s', (_what, path, plan) => {
    const places = wrong(JSON.parse(JSON.stringify(plan)));
    expect(places).toContain(path);
  });

  it('a secret may stand where the kind allows one', () => {
    expect(wrong(docker({ env: { PASSWORD: { $secret: 's' } } }))).toEqual([]);
  });
});

describe('provisioner schema', () => {
  it('prints the schema that the package ships, with an id of this version', async () => {
    const { code, stdout } = await runCli(['schema']);
    expect(code).toBe(0);
    expect(stdout).toBe(readFileSync(new URL('dist/plan.schema.json', root), 'utf8'));
    expect(JSON.parse(stdout)).toEqual(planJsonSchema(BUILT_IN_KINDS));
    expect(JSON.parse(stdout).$id).toBe(`urn:temporal-provisioner:plan:${VERSION}`);
  });

  it('of one kind prints the schema of its spec, which validates by itself', async () => {
    const { stdout } = await runCli(['schema', '--kind', 'naver.data-forest.ai-workspace', '--json']);
    const one = ajv.compile(JSON.parse(stdout));
    expect(one(aiWorkspace().spec)).toBe(true);
    expect(one({ name: 'x' })).toBe(false);
    for (const kind of BUILT_IN_KINDS)
      expect(new Ajv2020({ strict: true }).validateSchema(kindJsonSchema(kind))).toBe(true);
  });

  it('of a kind that is not known ends with 2 and names those that are', async () => {
    const { code, stderr } = await runCli(['schema', '--kind', 'acme.lockers.locker']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/must be one of: .*alibaba\.dataworks\.project/);
  });
});
