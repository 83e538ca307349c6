import { expect, test } from 'vitest';
import { findReferences, findSecrets } from '../../contract/find-references.js';
import type { Plan } from '../../contract/plan.js';
import { planHash } from '../../contract/plan-hash.js';
import { checkBoundedPlan, checkPlanBounds, checkPlanShape, stepNameSchema } from '../../contract/plan-schema.js';
import { marked, resolveReferences, resolveSecrets } from '../../contract/references.js';

const resource = { kind: 'k', connection: 'c', spec: {} };
const plan: Plan = { name: 'orders', resources: { workspace: resource } };
const told = (input: unknown) => {
  const checked = checkPlanShape(input);
  return 'problems' in checked ? checked.problems.map(({ path, message }) => `${path}: ${message}`) : [];
};

test('a plan at every bound is sound', () => {
  const resources = Object.fromEntries(
    Array.from({ length: 200 }, (_, index) => [`s${index}`.padEnd(40, 'x'), resource]),
  );
  expect(told({ name: 'a'.repeat(63), resources })).toEqual([]);
});

test('a plan of exactly a megabyte is sound and one byte more is not', () => {
  const bytes = (text: string) => ({ ...plan, resources: { a: { ...resource, spec: { text } } } });
  const room = 1_000_000 - JSON.stringify(bytes('')).length;
  expect(told(bytes('x'.repeat(room)))).toEqual([]);
  expect(told(bytes('x'.repeat(room + 1)))).toEqual([': at most 1000000 bytes of JSON; split the plan']);
});

test('a plan may be a hundred levels deep and no deeper', () => {
  const deep = (levels: number) => Array.from({ length: levels }).reduce<unknown>((inner) => ({ inner }), 'end');
  expect(checkPlanBounds(deep(100))).toBeUndefined();
  expect(checkPlanBounds(deep(101))).toEqual({ path: '', message: 'at most 100 levels deep' });
});

test('what is no plan at all is within its bounds and told by its shape', () => {
  expect(checkPlanBounds(undefined)).toBeUndefined();
  expect(checkPlanBounds(null)).toBeUndefined();
  expect(told(undefined)).toEqual([': must be an object with name and resources']);
});

test('a plan without resources is told how many it needs', () => {
  expect(told({ ...plan, resources: {} })).toEqual(['resources: at least 1 resource']);
});

test.each(['', '-a', 'a-', 'a b', 'a.b', 'a/b', '_', 'é'])('a name such as %j is refused with the rule', (name) => {
  expect(told({ ...plan, name }).at(-1)).toBe(
    'name: letters, digits, - and _; the first and the last a letter or digit',
  );
});

test.each(['a', 'Z9', 'a-b_c', 'a--b', '0'])('a name such as %j is taken', (name) => {
  expect(told({ ...plan, name })).toEqual([]);
  expect(stepNameSchema.safeParse(name).success).toBe(true);
});

test('a step name has at most forty characters and at least one', () => {
  expect(told({ ...plan, resources: { ['a'.repeat(41)]: resource } })[0]).toBe(
    `resources.${'a'.repeat(41)}: at most 40 characters`,
  );
  expect(told({ ...plan, resources: { '': resource } })[0]).toBe('resources.: at least 1 characters');
});

test('kind and connection must say something, and needs are bounded', () => {
  const broken = { kind: '', connection: '', spec: {}, dependsOn: Array.from({ length: 201 }, () => 'a') };
  expect(told({ ...plan, resources: { a: broken } })).toEqual([
    'resources.a.kind: at least 1 characters',
    'resources.a.connection: at least 1 characters',
    'resources.a.dependsOn: at most 200 entries',
  ]);
});

test('every optional field is taken with each of its values', () => {
  for (const ifExists of ['fail', 'adopt'] as const)
    for (const onFailure of ['rollback', 'pause'] as const) {
      const full = { ...resource, dependsOn: [], ifExists, retain: true };
      expect(checkBoundedPlan({ ...plan, resources: { a: full }, onFailure })).toEqual({
        value: { ...plan, resources: { a: full }, onFailure },
      });
    }
});

test('the hash tells lists, nulls and nested values apart but not undefined from absent', () => {
  const withSpec = (spec: unknown) => ({ ...plan, resources: { a: { ...resource, spec } } }) as Plan;
  const different = [{}, { a: [1, 2] }, { a: [2, 1] }, { a: { 0: 1, 1: 2 } }, { a: null }, { a: { b: [{ c: 1 }] } }];
  expect(new Set(different.map((spec) => planHash(withSpec(spec)))).size).toBe(different.length);
  expect(planHash(withSpec({ a: undefined }))).toBe(planHash(withSpec({})));
  expect(planHash(withSpec({ a: [{ x: 1, y: 2 }] }))).toBe(planHash(withSpec({ a: [{ y: 2, x: 1 }] })));
  expect(planHash(withSpec({}))).toMatch(/^[0-9a-f]{64}$/);
});

test('a reference stays as it is until its output is known', () => {
  const spec = { a: { $ref: 'x.id' }, b: { $ref: 'x.other' }, c: { $ref: 'y.id' } };
  expect(resolveReferences(spec, { x: { id: '1' } })).toEqual({ a: '1', b: { $ref: 'x.other' }, c: { $ref: 'y.id' } });
});

test('an output that is false, zero or empty replaces its reference', () => {
  const outputs = { x: { id: '1', no: false, zero: 0, none: '' } };
  const spec = { a: [{ $ref: 'x.no' }, { $ref: 'x.zero' }, { $ref: 'x.none' }], n: null };
  expect(resolveReferences(spec, outputs)).toEqual({ a: [false, 0, ''], n: null });
});

test('a secret is replaced wherever it stands and a reference beside it is not', () => {
  const spec = { env: [{ A: { $secret: 'hdfs' } }], b: { $ref: 'x.id' }, c: { $secret: 5 } };
  expect(resolveSecrets(spec, (name) => `${name}!`)).toEqual({
    env: [{ A: 'hdfs!' }],
    b: { $ref: 'x.id' },
    c: { $secret: 5 },
  });
});

test('only an object of its own holds a reference', () => {
  expect(marked({ $ref: 'a.b' }, '$ref')).toBe('a.b');
  for (const value of [null, 'a', 1, ['$ref'], Object.create({ $ref: 'a.b' })]) {
    expect(marked(value, '$ref')).toBeUndefined();
  }
});

test('what stands beside a secret or below a reference is not looked into', () => {
  expect(findSecrets({ a: { $secret: 'n', more: 1 } })).toEqual([{ path: ['a'], name: '' }]);
  expect(findSecrets({ a: { $secret: 5 } })).toEqual([{ path: ['a'], name: '' }]);
  expect(findReferences({ a: { $ref: { $ref: 'a.b' } } })).toEqual([{ path: ['a'], step: '', output: '' }]);
  expect(findReferences({ a: { $secret: { $ref: 'a.b' } }, n: null })).toEqual([]);
  expect(findSecrets({ a: { $ref: { $secret: 'n' } } })).toEqual([]);
});
