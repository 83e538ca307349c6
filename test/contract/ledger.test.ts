import { expect, test } from 'vitest';
import { type LedgerStep, moveStep, STEP_STATES } from '../../contract/ledger.js';

const ALLOWED = new Set([
  'planned>creating',
  'planned>uncertain',
  'creating>live',
  'creating>refused',
  'creating>uncertain',
  'live>deleting',
  'live>kept',
  'live>uncertain',
  'uncertain>deleting',
  'uncertain>kept',
  'uncertain>creating',
  'uncertain>live',
  'uncertain>abandoned',
  'refused>uncertain',
  'refused>creating',
  'refused>live',
  'deleted>uncertain',
  'deleting>deleted',
  'deleting>abandoned',
  'deleting>kept',
]);

const moves = STEP_STATES.flatMap((from) => STEP_STATES.map((to) => [from, to] as const));

test.each(moves)('a step that is %s moves to %s only if the table says so', (from, to) => {
  const step: LedgerStep = { kind: 'k', connection: 'c', state: from };
  if (ALLOWED.has(`${from}>${to}`)) expect(moveStep(step, to).state).toBe(to);
  else expect(() => moveStep(step, to)).toThrow(`${from} cannot become ${to}`);
});
