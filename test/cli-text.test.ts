/** What reaches a terminal: no control characters from outside, and JSON that stays JSON. */
import { describe, expect, it } from 'vitest';
import { causeText, ledgerLines } from '../cli/ledger-table.js';
import { printable, printableJson } from '../cli/printable.js';
import { isParked } from '../cli/watch.js';
import type { Ledger } from '../contract/ledger.js';

const HOSTILE = 'quota\u001b[2J\u009b31m exceeded\r\nfake line\u202e';
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/;

const ledger = (steps: Ledger['steps']): Ledger => ({ plan: 'p', steps, moves: [] });

describe('text from a provider', () => {
  it('loses escape sequences, line breaks and direction marks before it is printed', () => {
    expect(printable(HOSTILE)).not.toMatch(CONTROLS);
    expect(printable(HOSTILE)).toContain('exceeded');
  });

  it('in a cause stays one line, with status, code and request id', () => {
    const text = causeText({
      type: 'ServiceLimitExceeded',
      message: HOSTILE,
      provider: 'alibaba',
      operation: 'CreateWorkflowDefinition',
      status: 400,
      code: '99',
      requestId: 'r-1',
    });
    expect(text).not.toMatch(CONTROLS);
    expect(text).toContain('alibaba CreateWorkflowDefinition, HTTP 400, code 99, request r-1');
  });

  it('in an id or a reason cannot add a line to the ledger', () => {
    const lines = ledgerLines(
      ledger({
        a: {
          kind: 'k',
          connection: 'c',
          state: 'deleting',
          id: HOSTILE,
          attention: { reason: HOSTILE, since: '2026-01-01T00:00:00Z', moves: ['retry'] },
        },
      }),
    );
    expect(lines).toHaveLength(2);
    expect(lines.join(' ')).not.toMatch(/[\r\n\u009b\u202e]/);
  });

  it('in a JSON document is escaped and comes back the same', () => {
    const text = printableJson({ message: HOSTILE });
    expect(text.replaceAll('\n', '')).not.toMatch(CONTROLS);
    expect(JSON.parse(text)).toEqual({ message: HOSTILE });
  });
});

describe('a run counts as parked', () => {
  const step = { kind: 'k', connection: 'c' } as const;
  const attention = { reason: 'r', since: 's', moves: [] };

  it('when a step needs an operator and no other step moves', () => {
    expect(isParked(ledger({ a: { ...step, state: 'deleting', attention }, b: { ...step, state: 'live' } }))).toBe(
      true,
    );
  });

  it('not while another step is still under way', () => {
    expect(isParked(ledger({ a: { ...step, state: 'deleting', attention }, b: { ...step, state: 'deleting' } }))).toBe(
      false,
    );
  });

  it('not when nothing needs an operator, nor after it has ended', () => {
    expect(isParked(ledger({ a: { ...step, state: 'live' } }))).toBe(false);
    expect(isParked({ ...ledger({ a: { ...step, state: 'live', attention } }), outcome: 'Provisioned' })).toBe(false);
  });
});
