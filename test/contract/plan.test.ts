import { expect, test } from 'vitest';
import { findReferences, findSecrets } from '../../contract/find-references.js';
import type { Plan } from '../../contract/plan.js';
import { planHash } from '../../contract/plan-hash.js';
import { checkPlanShape } from '../../contract/plan-schema.js';
import { resolveReferences } from '../../contract/references.js';

const resource = { kind: 'k', connection: 'c', spec: {} };
const plan: Plan = { name: 'orders', resources: { workspace: resource } };

function problems(input: unknown): readonly { path: string; message: string }[] {
  const checked = checkPlanShape(input);
  return 'problems' in checked ? checked.problems : [];
}

test('a plan of one resource is sound', () => {
  expect(problems(plan)).toEqual([]);
});

test.each([
  ['null', null, ''],
  ['a string', 'plan', ''],
  ['no name', { resources: { a: resource } }, 'name'],
  ['a name with a slash', { ...plan, name: 'a/b' }, 'name'],
  ['a name that is too long', { ...plan, name: 'a'.repeat(64) }, 'name'],
  ['no resources', { ...plan, resources: {} }, 'resources'],
  ['an unknown key', { ...plan, colour: 'red' }, 'colour'],
  ['an unknown key in a resource', { ...plan, resources: { a: { ...resource, colour: 1 } } }, 'resources.a.colour'],
  ['a step name with a dot', { ...plan, resources: { 'a.b': resource } }, 'resources.a.b'],
  ['a wrong onFailure', { ...plan, onFailure: 'explode' }, 'onFailure'],
  ['a wrong ifExists', { ...plan, resources: { a: { ...resource, ifExists: 'maybe' } } }, 'resources.a.ifExists'],
  ['a spec that is a list', { ...plan, resources: { a: { ...resource, spec: [] } } }, 'resources.a.spec'],
])('a plan with %s is refused with the path', (_what, input, path) => {
  expect(problems(input).map((problem) => problem.path)).toContain(path);
});

test.each([null, 'hello', []])('what is no object is told what a plan is: %j', (input) => {
  expect(problems(input)).toEqual([{ path: '', message: 'must be an object with name and resources' }]);
});

test('201 resources are one too many and the remedy says how many may be', () => {
  const resources = Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`s${index}`, resource]));
  expect(problems({ ...plan, resources })).toEqual([
    { path: 'resources', message: 'at most 200 resources; split the plan' },
  ]);
});

test('a plan of over a megabyte is refused by its size alone', () => {
  const big = { ...plan, resources: { a: { ...resource, spec: { text: 'x'.repeat(1_000_001) } } } };
  expect(problems(big)).toEqual([{ path: '', message: 'at most 1000000 bytes of JSON; split the plan' }]);
});

test('a plan that is nested deeper than any spec is refused before anything recurses', () => {
  let spec: unknown = 'end';
  for (let level = 0; level < 5000; level += 1) spec = { inner: spec };
  const deep = { ...plan, resources: { a: { ...resource, spec: { spec } } } };
  expect(problems(deep)).toEqual([{ path: '', message: 'at most 100 levels deep' }]);
});

test('a step with an unfit name hides no problem of its resource', () => {
  const found = problems({ ...plan, resources: { 'a.b': { ...resource, retain: 'yes' } } });
  expect(found.map(({ path }) => path)).toEqual(['resources.a.b', 'resources.a.b.retain']);
});

test('every problem of a plan comes in one answer and none holds a value of it', () => {
  const found = problems({
    name: 'sécret/name',
    colour: 'sécret',
    resources: { a: { ...resource, retain: 'sécret' } },
  });
  expect(found.map(({ path }) => path).sort()).toEqual(['colour', 'name', 'resources.a.retain']);
  expect(JSON.stringify(found)).not.toContain('sécret');
});

test('the order of keys does not make another plan', () => {
  const other: Plan = { resources: { workspace: { spec: {}, connection: 'c', kind: 'k' } }, name: 'orders' };
  expect(planHash(other)).toBe(planHash(plan));
  expect(planHash({ ...plan, onFailure: 'pause' })).not.toBe(planHash(plan));
  // A program that leaves a field out and one that sets it to undefined send the same JSON.
  expect(planHash({ ...plan, onFailure: undefined } as unknown as typeof plan)).toBe(planHash(plan));
});

test('a hash is SHA-256 over the JSON with its keys in order, in every version: memos of older runs hold it', () => {
  // printf '{"name":"orders","resources":{}}' | sha256sum
  const sum = 'f53c74907bfff5bb59833557ce0eff53e97e6cb9c596c09ac7eb5287f13ff072';
  expect(planHash({ resources: {}, name: 'orders' })).toBe(sum);
});

test('references are found with their place and replaced by outputs', () => {
  const spec = { a: { $ref: 'workspace.id' }, list: [{ $ref: 'other.name' }], text: `cron \${bizdate}` };
  expect(findReferences(spec)).toEqual([
    { path: ['a'], step: 'workspace', output: 'id' },
    { path: ['list', 0], step: 'other', output: 'name' },
  ]);
  expect(resolveReferences(spec, { workspace: { id: '42' }, other: { id: '1', name: 'n' } })).toEqual({
    a: '42',
    list: ['n'],
    text: `cron \${bizdate}`,
  });
});

test('a reference that is not step dot output is found without an output', () => {
  const shapes = [{ $ref: 'workspace' }, { $ref: 5 }, { $ref: 'a.b.c' }, { $ref: 'a.b', more: 1 }];
  for (const shape of shapes) expect(findReferences({ a: shape })[0]?.output).toBe('');
});

test('a secret is found by its name wherever it stands', () => {
  expect(findSecrets({ env: { TOKEN: { $secret: 'hdfs' } } })).toEqual([{ path: ['env', 'TOKEN'], name: 'hdfs' }]);
});
