import { expect, test } from 'vitest';
import { z } from 'zod';
import { checkShape, pathText } from '../../contract/check-shape.js';

function messages(schema: z.ZodType<unknown>, value: unknown): readonly string[] {
  const checked = checkShape(schema, value);
  return 'problems' in checked ? checked.problems.map(({ path, message }) => `${path}: ${message}`) : [];
}

test('a path reads as a person would write it in code', () => {
  expect(pathText('resources', 'a', 'spec', 'tags', 0, 'key')).toBe('resources.a.spec.tags[0].key');
  expect(pathText(0, 'a')).toBe('[0].a');
  expect(pathText()).toBe('');
});

test.each([
  ['a field that is not there', z.object({ a: z.string() }), {}, 'a: required: string'],
  ['a field of another type', z.object({ a: z.string() }), { a: 1 }, 'a: must be of type string'],
  ['free keys that are no object', z.record(z.string(), z.string()), 1, ': must be of type object'],
  ['a text that is too long', z.string().max(2), 'abc', ': at most 2 characters'],
  ['a text that is too short', z.string().min(2), 'a', ': at least 2 characters'],
  ['a list that is too long', z.array(z.string()).max(1), ['a', 'b'], ': at most 1 entries'],
  ['a list that is too short', z.array(z.string()).min(1), [], ': at least 1 entries'],
  [
    'a map that is too large',
    z.map(z.string(), z.string()).check(z.maxSize(0)),
    new Map([['a', 'b']]),
    ': at most 0 entries',
  ],
  ['a number that is too large', z.number().max(3), 4, ': at most 3'],
  ['a number that is too small', z.number().min(3), 2, ': at least 3'],
  ['a word that is none of those allowed', z.enum(['x', 'y']), 'z', ': must be one of: x, y'],
  ['a text of the wrong form', z.string().regex(/^a$/), 'b', ': must match /^a$/'],
  ['a text that is no date', z.iso.date(), 'b', ': must be a valid date'],
  ['a number between the steps', z.number().multipleOf(5), 7, ': must be a multiple of 5'],
  ['none of several forms', z.union([z.string(), z.number()]), true, ': matches none of the documented forms'],
])('%s is told with what would be right', (_what, schema, value, message) => {
  expect(messages(schema, value)).toEqual([message]);
});

test('each unknown field is told apart, with the fields that are known there', () => {
  const schema = z.strictObject({ inner: z.strictObject({ a: z.string().optional(), b: z.string().optional() }) });
  expect(messages(schema, { inner: { c: 1, d: 2 } })).toEqual([
    'inner.c: unknown field; known here: a, b',
    'inner.d: unknown field; known here: a, b',
  ]);
  expect(messages(z.strictObject({}), { c: 1 })).toEqual(['c: unknown field; known here: none']);
});

test('a problem that the schema explains itself keeps the words of the schema', () => {
  expect(
    messages(
      z.string().refine(() => false, { error: 'in own words' }),
      'a',
    ),
  ).toEqual([': in own words']);
});

test('every path begins where the value stands', () => {
  expect(checkShape(z.object({ a: z.string() }), {}, ['resources', 'x'])).toEqual({
    problems: [{ path: 'resources.x.a', message: 'required: string' }],
  });
});

test('problems below an ignored path do not count, those beside it do', () => {
  const schema = z.object({ list: z.array(z.object({ a: z.string() })), b: z.string() });
  const value = { list: [{ a: 1 }, { a: 2 }], b: 'b' };
  expect(checkShape(schema, value, [], [['list', 0]])).toEqual({
    problems: [{ path: 'list[1].a', message: 'must be of type string' }],
  });
  expect(
    checkShape(
      schema,
      value,
      [],
      [
        ['list', 0, 'a'],
        ['list', 1],
      ],
    ),
  ).toEqual({ value });
});

test('a value that is right comes back as the schema makes it', () => {
  expect(checkShape(z.object({ a: z.string().default('x') }), {})).toEqual({ value: { a: 'x' } });
});
