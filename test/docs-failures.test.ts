/** The page of outcomes and failures, against the words that workflows and activities really use. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readCloseFailure } from '../contract/close-failure.js';
import { type CloseType, FAILURE_TYPES, OUTCOMES, type Sent } from '../contract/failures.js';

const page = readFileSync(new URL('../docs/reference/failures.md', import.meta.url), 'utf8');

/** Rows of the table below a heading, cells without backticks. */
function rowsBelow(heading: string): string[][] {
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  const [, ...rows] = (section.split('\n## ')[0] ?? '').split('\n').filter((line) => /^\| [^-]/.test(line));
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.replaceAll('`', '').trim()),
  );
}

function firstColumn(heading: string): string[] {
  return rowsBelow(heading).map(([first = '']) => first);
}

/** The compiler refuses it where a name is missing or one too many. */
const CLOSE_TYPES: Readonly<Record<CloseType, true>> = {
  RolledBack: true,
  InvalidPlan: true,
  InvalidRequest: true,
  Misconfigured: true,
  Rejected: true,
  Abandoned: true,
};
const SENT: Readonly<Record<Sent, true>> = { never: true, refused: true, unknown: true, made: true };

test('the page tells every outcome, in the order of the source', () => {
  expect(firstColumn('Outcomes')).toEqual([...OUTCOMES]);
});

test('the page tells every failure type of an activity, in the order of the source', () => {
  expect(firstColumn('Failures of activities')).toEqual([...FAILURE_TYPES]);
});

test('the page tells every close type with the outcome that a caller reads from it', () => {
  const told = rowsBelow('Close types').map(([type, outcome]) => [type, outcome]);
  const read = Object.keys(CLOSE_TYPES).map((type) => [
    type,
    readCloseFailure({ name: 'ApplicationFailure', type, message: '', details: [] })?.outcome,
  ]);
  expect(told).toEqual(read);
});

test('the page tells what a create may have done, word by word', () => {
  expect(firstColumn('What a create may have done')).toEqual(Object.keys(SENT));
});

test('every type with which a row of an outcome closes is a close type of that outcome', () => {
  const outcomeOf = new Map(rowsBelow('Close types').map(([type = '', outcome]) => [type, outcome]));
  for (const [outcome = '', , closes = ''] of rowsBelow('Outcomes')) {
    const types = closes.match(/\w+/g)?.filter((word) => word in CLOSE_TYPES) ?? [];
    expect(new Set(types.map((type) => outcomeOf.get(type)))).toEqual(new Set(types.length > 0 ? [outcome] : []));
  }
});
