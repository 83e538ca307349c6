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
  const row = shown('one | two\nthree').split('\n').at(-1);
  expect(row).toContain('one \\| two three');
});

test('a step that waits is told first, with its reason and its moves', () => {
  const attention = { reason: 'no permission', since: '2026-01-01T00:00:00.000Z', moves: ['cancel'] };
  const text = ledgerAsMarkdown({ plan: 'p', steps: { a: { ...step, attention } }, moves: [] }, []);
  expect(text).toMatch(/^### Plan p: waits for an operator\n\n\*\*a\*\* no permission \(since .*\)\. Moves: cancel\./);
});

test('a plan on the simulator says so', () => {
  expect(ledgerAsMarkdown({ plan: 'p', steps: {}, moves: [] }, ['huawei'])).toContain('simulator');
});
