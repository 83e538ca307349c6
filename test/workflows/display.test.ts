import { expect, test } from 'vitest';
import type { Ledger } from '../../contract/ledger.js';
import { ledgerAsMarkdown } from '../../workflows/display.js';

const step = { kind: 'k', connection: 'c', state: 'refused' } as const;

function shown(message: string): string {
  const ledger: Ledger = {
    plan: 'p',
    steps: { a: { ...step, cause: { type: 'InvalidRequest', message } } },
    moves: [],
  };
  return ledgerAsMarkdown(ledger, []);
}

test('raw HTML that a provider sent cannot reach the page of the operator', () => {
  expect(shown('<img src=x onerror=alert(1)>')).not.toContain('<img');
});

test('a provider text with bars and line breaks stays in its cell of the table', () => {
  const row = shown('one | two\r\n\nthree').split('\n').at(-1);
  expect(row).toContain('one \\| two three');
});

test('a step that waits is told first, with its reason and its moves', () => {
  const attention = { reason: 'no permission', since: '2026-01-01T00:00:00.000Z', moves: ['retry'] } as const;
  const text = ledgerAsMarkdown({ plan: 'p', steps: { a: { ...step, attention } }, moves: [] }, []);
  expect(text).toMatch(/^### Plan p: waits for an operator\n\n\*\*a\*\* no permission \(since .*\)\. Moves: retry\./);
});

test('a plan on the simulator says so', () => {
  expect(ledgerAsMarkdown({ plan: 'p', steps: {}, moves: [] }, ['huawei'])).toContain('simulator');
});

test('the whole page of a finished plan reads as it is written here', () => {
  const text = ledgerAsMarkdown(
    {
      plan: 'orders',
      outcome: 'RolledBack',
      steps: {
        a: { kind: 'k.a', connection: 'c', state: 'refused', cause: { type: 'Throttling', message: 'slow [down]' } },
        b: { kind: 'k.b', connection: 'c', state: 'kept', id: 'x_1', adopted: true },
        c: { kind: 'k.c', connection: 'c', state: 'planned' },
      },
      moves: [],
    },
    ['huawei', 'naver'],
  );
  expect(text.replaceAll('\u2003', '')).toBe(
    [
      '### Plan orders: RolledBack',
      '',
      'On the simulator, nothing real is touched: huawei, naver',
      '',
      '| step | state | note | id | kind |',
      '|:---|:---|:---|:---|:---|',
      '| a | refused | Throttling: slow \\[down\\] |  | k.a |',
      '| b | kept | adopted | x\\_1 | k.b |',
      '| c | planned |  |  | k.c |',
    ].join('\n'),
  );
  expect(text.split('\n').at(-1)).toBe('| c\u2003 | planned\u2003 | \u2003 | \u2003 | k.c\u2003 |');
});

test('a plan on its way says so, and a step that waits says why in its row too', () => {
  const attention = { reason: 'a < b & c', since: 'S', moves: ['retry', 'skip'] } as const;
  const cause = { type: 'NotEmpty', message: 'm' } as const;
  const head = (steps: Ledger['steps']) => ledgerAsMarkdown({ plan: 'p', steps, moves: [] }, []).split('\n');
  expect(head({ a: step })).toEqual([
    '### Plan p: in progress',
    '',
    ...head({ a: step }).slice(2, 4),
    '| a\u2003 | refused\u2003 | \u2003 | \u2003 | k\u2003 |',
  ]);
  const lines = head({ a: { ...step, attention, cause } });
  expect(lines[2]).toBe('**a** a &lt; b &amp; c (since S). Moves: retry, skip.');
  expect(lines[3]).toBe('');
  expect(lines.at(-1)).toContain('**waits:** a &lt; b &amp; c');
});
