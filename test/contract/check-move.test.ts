import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkMove } from '../../contract/check-move.js';
import { MOVES, type MoveName } from '../../contract/moves.js';

const who = { by: 'ann', why: 'ticket 7' };
const right: Readonly<Record<MoveName, object>> = {
  retry: { ...who, step: 'a' },
  adopt: { ...who, step: 'a', id: 'x' },
  skip: { ...who, step: 'a', outputs: { id: 'x', more: [1] } },
  rollback: who,
  abandon: { ...who, step: 'a', confirm: 'name' },
  approve: who,
  reject: who,
  deprovision: { ...who, includeProtected: true },
};
const said = (move: MoveName, request: unknown) =>
  checkMove(move, request).map(({ path, message }) => `${path}: ${message}`);

describe.each(MOVES)('%s', (move) => {
  test('that says all it must has no problem', () => {
    expect(checkMove(move, right[move])).toEqual([]);
  });

  test('wants every field that it has, and tells them all at once', () => {
    const needed = Object.keys(right[move]).filter((name) => name !== 'includeProtected');
    expect(checkMove(move, {}).map(({ path }) => path)).toEqual(needed);
  });

  test('takes no field of another', () => {
    const others = ['step', 'id', 'outputs', 'confirm', 'includeProtected'].filter((name) => !(name in right[move]));
    for (const name of others) {
      expect(said(move, { ...right[move], [name]: 'x' })[0]).toMatch(`${name}: unknown field; ${move} takes: by, why`);
    }
  });

  test.each([null, undefined, 'text', 7, [], ['by']])('that is %j is told what would be right', (request) => {
    expect(said(move, request)[0]).toContain('must be one object, such as {"by": "you", "why": "the reason"');
  });
});

test('the least that may be left out of a deprovision is what it includes', () => {
  expect(checkMove('deprovision', who)).toEqual([]);
  expect(said('deprovision', { ...who, includeProtected: 'yes' })).toEqual(['includeProtected: must be true or false']);
});

test.each([
  ['nothing', ''],
  ['only spaces', '  '],
  ['a number', 7],
])('a reason that is %s is asked for', (_what, why) => {
  expect(said('rollback', { by: 'ann', why })).toEqual(['why: required: 1 to 500 characters']);
});

test('by and why are as long as they may be, and no longer', () => {
  expect(checkMove('rollback', { by: 'b'.repeat(100), why: 'w'.repeat(500) })).toEqual([]);
  expect(said('rollback', { by: 'b'.repeat(101), why: 'w'.repeat(501) })).toEqual([
    'by: at most 100 characters',
    'why: at most 500 characters',
  ]);
});

test.each(['\n', '\t', '\u0000', '\u001b[31m', '\u0085', '\u2028', '\u202e', '\u2066', '\u200f'])(
  'a text with the control character %j is refused',
  (bad) => {
    expect(said('retry', { ...who, step: `a${bad}` })).toEqual(['step: must be one line, without control characters']);
    expect(said('retry', { by: `a${bad}b`, why: 'w', step: 'a' })).toEqual([
      'by: must be one line, without control characters',
    ]);
  },
);

test('outputs have an id, and a size that the ledger can carry', () => {
  const skip = (outputs: unknown) => said('skip', { ...who, step: 'a', outputs });
  expect(skip({})).toEqual(['outputs.id: required: 1 to 256 characters']);
  expect(skip([])).toEqual(['outputs: required: an object with id, and what other steps refer to']);
  expect(skip({ id: 'x', big: 'b'.repeat(4_000) })).toEqual(['outputs: at most 4000 bytes of JSON']);
  expect(skip({ id: 'x', big: '界'.repeat(1_300) })).toEqual([]);
  expect(skip({ id: 'x', big: '界'.repeat(1_400) })).toEqual(['outputs: at most 4000 bytes of JSON']);
});

test('a field that is no plain word is not repeated', () => {
  expect(checkMove('rollback', { ...who, '<script>': 1 })).toMatchObject([{ path: '' }]);
});

test('whatever is sent is answered with problems or none, never with an exception', () => {
  fc.assert(
    fc.property(fc.constantFrom(...MOVES), fc.jsonValue(), (move, request) => {
      for (const { message } of checkMove(move, request)) expect(message).not.toBe('');
    }),
  );
});
