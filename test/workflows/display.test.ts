import { expect, test } from 'vitest';
import type { Ledger } from '../../contract/ledger.js';
import type { ResolvedStep } from '../../contract/steps.js';
import { ledgerAsMarkdown } from '../../workflows/display.js';

const step = { kind: 'k', connection: 'c', state: 'refused' } as const;

function shown(message: string): string {
  const ledger: Ledger = {
    plan: 'p',
    steps: { a: { ...step, cause: { type: 'InvalidRequest', message } } },
    moves: [],
  };
  return ledgerAsMarkdown(ledger, { simulated: [] });
}

test('raw HTML that a provider sent cannot reach the page of the operator', () => {
  expect(shown('<img src=x onerror=alert(1)> &lt; {namespace}')).toContain(
    '\\<img src=x onerror=alert(1)> \\&lt; {namespace\\}',
  );
});

test('a backslash before raw HTML does not undo the one that escapes it', () => {
  expect(shown('\\<img src=x>')).toContain('\\\\\\<img');
});

test('a provider text with bars and line breaks stays in its line of the list', () => {
  const line = shown('one | two\r\n\nthree').split('\n').at(-1);
  expect(line).toBe('* **a** InvalidRequest: one \\| two three');
});

test('a step that waits is told first, with its reason and its moves', () => {
  const attention = { reason: 'no permission', since: '2026-01-01T00:00:00.000Z', moves: ['retry'] } as const;
  const text = ledgerAsMarkdown({ plan: 'p', steps: { a: { ...step, attention } }, moves: [] }, { simulated: [] });
  expect(text).toMatch(
    /^### Plan p: waits for an operator\n\n\*\*a\*\* no permission \(since .*\)\. Send the update retry \(More Actions/,
  );
});

test('a plan on the simulator says so', () => {
  expect(ledgerAsMarkdown({ plan: 'p', steps: {}, moves: [] }, { simulated: ['huawei'] })).toContain('simulator');
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
    { simulated: ['huawei', 'naver'] },
  );
  expect(text.replaceAll('\u2003', '')).toBe(
    [
      '### Plan orders: RolledBack',
      '',
      'On the simulator, nothing real is touched: huawei, naver',
      '',
      '| step | state | id | kind |',
      '|:---|:---|:---|:---|',
      '| a | refused |  | k.a |',
      '| b | kept, adopted | x\\_1 | k.b |',
      '| c | planned |  | k.c |',
      '',
      'Notes:',
      '',
      '* **a** Throttling: slow \\[down\\]',
    ].join('\n'),
  );
  expect(text).toContain('| c\u2003 | planned\u2003 | \u2003 | k.c\u2003 |');
});

test('an id leads to the page of its resource, whatever characters the cloud put into it', () => {
  const ledger: Ledger = { plan: 'p', steps: { a: { ...step, state: 'live', id: 'x)<b>"_y' } }, moves: [] };
  const resolved = { key: 'a', console: 'https://console.example/?id={id}' } as ResolvedStep;
  expect(ledgerAsMarkdown(ledger, { simulated: [], steps: [resolved] })).toContain(
    '| [x)\\<b>"\\_y](https://console.example/?id=x%29%3Cb%3E%22_y)\u2003 |',
  );
});

test('a plan on its way says so, and a step that waits says so in its row and why above, once', () => {
  const attention = { reason: 'a < b & c', since: 'S', moves: ['retry', 'skip'] } as const;
  const cause = { type: 'NotEmpty', message: 'm' } as const;
  const head = (steps: Ledger['steps']) =>
    ledgerAsMarkdown({ plan: 'p', steps, moves: [] }, { simulated: [] }).split('\n');
  expect(head({ a: step })).toEqual([
    '### Plan p: in progress',
    '',
    ...head({ a: step }).slice(2, 4),
    '| a\u2003 | refused\u2003 | \u2003 | k\u2003 |',
  ]);
  const lines = head({ a: { ...step, attention, cause } });
  expect(lines[2]).toBe('**a** a \\< b \\& c (since S). Send the update retry or skip (More Actions, Send an Update).');
  expect(lines[3]).toBe('');
  expect(lines).toContain('| a\u2003 | refused, **waits**\u2003 | \u2003 | k\u2003 |');
  expect(lines.join('\n').match(/ b .* c/g)).toHaveLength(1);
});

test('what is to be sent stands below as JSON to paste, with every field that the move wants', () => {
  const attention = { reason: 'r', since: 'S', moves: ['retry', 'skip', 'rollback'] } as const;
  const text = ledgerAsMarkdown({ plan: 'p', steps: { a: { ...step, attention } }, moves: [] }, { simulated: [] });
  const fences = [...text.matchAll(/Update \*\*(\w+)\*\*:\n\n```json\n([^`]*)\n```/g)];
  expect(fences.map(([, move, json]) => [move, JSON.parse(json ?? '')])).toEqual([
    ['retry', { step: 'a', by: '', why: '' }],
    ['skip', { step: 'a', by: '', why: '', outputs: { id: '' } }],
    ['rollback', { by: '', why: '' }],
  ]);
  // One line alone would be reformatted by the first click, and sent by the second.
  for (const [, , json = ''] of fences) expect(json.split('\n').length).toBeGreaterThan(2);
});

test('who abandons is told the name to type, and the request that the provider refused', () => {
  const attention = { reason: 'r', since: 'S', moves: ['abandon'], requestId: 'req-1' } as const;
  const ledger: Ledger = { plan: 'p', steps: { a: { ...step, id: 'id-a', attention } }, moves: [] };
  const resolved = { key: 'a', name: 'orders' } as ResolvedStep;
  expect(ledgerAsMarkdown(ledger, { simulated: [], steps: [resolved] })).toContain(
    'Provider request req-1. Send the update abandon (More Actions, Send an Update). To abandon, confirm with the name orders.',
  );
  expect(ledgerAsMarkdown(ledger, { simulated: [] })).toContain('confirm with the name id-a.');
});

test('a plan that waits for approval says so before all steps', () => {
  const attention = { reason: 'waits for approval', since: 'S', moves: ['approve', 'reject'] } as const;
  const text = ledgerAsMarkdown({ plan: 'p', steps: { a: step }, attention, moves: [] }, { simulated: [] });
  expect(text).toContain('**The plan** waits for approval (since S). Send the update approve or reject');
});

test('operators’ moves are listed in order, with what they wrote escaped', () => {
  const moves: Ledger['moves'] = [
    { move: 'retry', step: 'a', by: 'ann', why: '<b>now</b>', at: 'T1', result: 'failed', error: 'no' },
    { move: 'rollback', by: 'bob', why: 'enough', at: 'T2' },
  ];
  const lines = ledgerAsMarkdown({ plan: 'p', steps: { a: step }, moves }, { simulated: [] })
    .replaceAll('\u2003', '')
    .split('\n');
  expect(lines.slice(-4)).toEqual([
    'Moves:',
    '',
    '* T1 ann: retry a (\\<b>now\\</b>): failed: no',
    '* T2 bob: rollback (enough): under way',
  ]);
});

test('of a managed plan a step says what the last look showed', () => {
  const verified = { verdict: 'same', differences: [], at: 'T' } as const;
  const text = ledgerAsMarkdown(
    { plan: 'p', outcome: 'Provisioned', steps: { a: { ...step, state: 'live', verified } }, moves: [] },
    { simulated: [] },
  );
  expect(text).toContain('* **a** same at T');
});
