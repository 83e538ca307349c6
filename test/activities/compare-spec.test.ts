import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareSpec } from '../../activities/compare-spec.js';
import type { Json, JsonObject } from '../../contract/plan.js';

function differing(planned: JsonObject, shown: JsonObject): readonly string[] {
  return compareSpec(planned, shown).flatMap(({ field, same }) => (same ? [] : [field]));
}

const compared = (planned: JsonObject, shown: JsonObject) => compareSpec(planned, shown).map(({ field }) => field);

const key = fc.string({ unit: fc.constantFrom(...'abcde'), minLength: 1, maxLength: 3 });
const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
const { tree } = fc.letrec<{ tree: JsonObject; value: Json }>((tie) => ({
  tree: fc.dictionary(key, tie('value'), { maxKeys: 4 }),
  value: fc.oneof({ maxDepth: 3 }, scalar, tie('tree'), fc.array(tie('tree'), { maxLength: 4 }), fc.array(scalar)),
}));

/** The same as another writes it: keys and lists in another order, numbers as text. */
function rewritten(value: Json): Json {
  if (Array.isArray(value)) return value.map(rewritten).reverse();
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, inner]) => [name, rewritten(inner as Json)]),
  );
}

/** Every place in a tree where one field stands, and the tree with another value there. */
function* changes(value: Json, path = ''): Generator<readonly [field: string, changed: Json]> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const [name, inner] of Object.entries(value)) {
      const at = path === '' ? name : `${path}.${name}`;
      for (const [field, changed] of changes(inner as Json, at)) yield [field, { ...value, [name]: changed }];
    }
  } else if (Array.isArray(value) && value.some((item) => typeof item === 'object' && item !== null)) {
    for (const [index, item] of value.entries()) {
      for (const [field, changed] of changes(item as Json, `${path}[${index}]`))
        yield [field, value.with(index, changed)];
    }
  } else yield [path, 'changed behind our back'];
}

test('what is shown as it was planned differs in nothing, however it is written', () => {
  fc.assert(
    fc.property(tree, (planned) => {
      expect(differing(planned, planned)).toEqual([]);
      expect(differing(planned, rewritten(planned) as JsonObject)).toEqual([]);
    }),
  );
});

test('one field that was changed is named by its path, and no other', () => {
  fc.assert(
    fc.property(tree, (planned) => {
      for (const [field, changed] of changes(planned)) {
        expect(differing(planned, changed as JsonObject)).toEqual([field]);
      }
    }),
  );
});

test('what is planned and not shown, or shown and not planned, is not compared', () => {
  expect(compared({ a: 1, b: { c: 2, d: 3 } }, { b: { c: 2, x: 9 }, y: 9 })).toEqual(['b.c']);
});

test('a field that is shown without a value differs from one that is planned with one', () => {
  expect(compareSpec({ metastore_id: 'm' }, { metastore_id: null })).toEqual([
    { field: 'metastore_id', planned: 'm', actual: null, same: false },
  ]);
});

test.each(['', [], {}, null])('%j that comes back as nothing is no difference', (planned) => {
  expect(differing({ a: planned }, { a: null })).toEqual([]);
});

test.each([
  ['0', 0],
  [20_001, '20001'],
  ['4634978808809541234', '4634978808809541234'],
])('an id planned as %j and shown as %j is the same', (planned, actual) => {
  expect(differing({ id: planned }, { id: actual })).toEqual([]);
});

test.each([
  ['01', 1],
  ['true', true],
  ['1', true],
])('%j is not the same as %j', (planned, actual) => {
  expect(differing({ a: planned }, { a: actual })).toEqual(['a']);
});

test('tags in another order, with what their cloud added to each, differ in nothing', () => {
  const planned = { tags: [{ key: 'team' }, { key: 'env', value: 'test' }] };
  const shown = {
    tags: [
      { key: 'env', value: 'test', by: 'us' },
      { key: 'team', value: '', by: 'us' },
    ],
  };
  expect(differing(planned, shown)).toEqual([]);
});

test('a changed tag is found where the plan has it, wherever its cloud lists it', () => {
  const planned = [
    { key: 'team', value: 'a' },
    { key: 'env', value: 'test' },
    { key: 'cost', value: '1' },
  ];
  const shown = [
    { key: 'cost', value: '1' },
    { key: 'env', value: 'live' },
    { key: 'team', value: 'b' },
  ];
  expect(compareSpec({ tags: planned }, { tags: shown }).filter(({ same }) => !same)).toEqual([
    { field: 'tags[0].value', planned: 'a', actual: 'b', same: false },
    { field: 'tags[1].value', planned: 'test', actual: 'live', same: false },
  ]);
});

test('an item without a difference is found before the others share what is left', () => {
  const planned = [{ key: 'a', value: '1' }, { key: 'b' }];
  const shown = [
    { key: 'b', value: '1' },
    { key: 'c', value: '2' },
  ];
  expect(differing({ tags: planned }, { tags: shown })).toEqual(['tags[0].key', 'tags[0].value']);
});

test('a tag that was added or taken away makes the list differ as one', () => {
  const tags = [{ key: 'team', value: 'a' }];
  expect(differing({ tags }, { tags: [...tags, { key: 'env' }] })).toEqual(['tags']);
  expect(differing({ tags }, { tags: [] })).toEqual(['tags']);
});

test('a list of plain values differs as one', () => {
  expect(differing({ ports: [80, 443] }, { ports: [443, 8080] })).toEqual(['ports']);
});

test('of long lists that differ in many items each is still compared, in its order', () => {
  const items = (name: string) => Array.from({ length: 500 }, (_, index) => ({ name, index }));
  expect(differing({ items: items('a') }, { items: items('b') })).toHaveLength(500);
});

test('a key that every object has by birth is compared as any other', () => {
  expect(compared({ toString: 'a', constructor: { name: 'b' } }, {})).toEqual([]);
});
