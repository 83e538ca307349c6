/**
 * Scenarios in which people decide: each leads, without anything else going wrong, to where a run waits for them, and then
 * any of the moves that the ledger offers may come, at any point, beside a mishap of another sort.
 */
import type { Plan } from '../../contract/plan.js';
import { resource, scenario } from './build-scenario.js';
import type { Adversity, Bounds, Decision, Given, Scenario } from './scenario.js';

/** The second move may come while the first is under way, or in one task with it. */
const TWO_MOVES: Bounds = { adversities: 0, preemptions: 0, decisions: 2, depth: 800 };
const ONE_BESIDE: Bounds = { adversities: 1, preemptions: 0, decisions: 1, depth: 800 };
const TWO_BESIDE: Bounds = { ...ONE_BESIDE, decisions: 2 };
const IN_ANY_ORDER: Bounds = { adversities: 1, decisions: 1, depth: 800 };

/** What a move meets outside of the clouds. */
const BESIDE: readonly Adversity[] = ['cancel', 'workflow-reset'];
/** Only a run that undoes or owns continues as new. */
const LONG: readonly Adversity[] = ['continue-as-new', ...BESIDE];

const given = (operation: Given['operation'], how: Given['how'], step = 'a'): Given => ({ operation, step, how });

/** Somebody else's, that could stand for the step. */
const theirs = [{ name: 'theirs', marker: 'none', beside: 'a' }] as const;

const retry = (step = 'a'): Decision => ({ move: 'retry', step });
const adopt = (id: 'own' | 'foreign', step = 'a'): Decision => ({ move: 'adopt', step, id });
const skip = (step = 'a'): Decision => ({ move: 'skip', step, outputs: { id: 'given' } });
const abandon = (step = 'a'): Decision => ({ move: 'abandon', step });
const rollback: Decision = { move: 'rollback' };

/** A rollback meets what a cancel meets, so that where those come it is left out. */
const OF_A_PAUSE: readonly Decision[] = [retry(), adopt('foreign'), adopt('own'), skip()];
const OF_AN_UNDO: readonly Decision[] = [retry(), adopt('foreign'), adopt('own'), abandon()];

const ONE: Plan['resources'] = { a: resource('quick', 'thing-a') };
const RETAINED: Plan['resources'] = { a: resource('quick', 'thing-a', { retain: true }) };
const PAIR: Plan['resources'] = { ...ONE, b: resource('quick', 'thing-b', { dependsOn: ['a'] }) };
const INSIDE: Plan['resources'] = {
  ...ONE,
  b: resource('quick', 'thing-b', { spec: { name: 'thing-b', needs: { $ref: 'a.id' } } }),
};
const BESIDES: Plan['resources'] = { ...ONE, b: resource('quick', 'thing-b') };

const paused = { onFailure: 'pause', bystanders: theirs, decisions: OF_A_PAUSE, adversities: BESIDE } as const;
const undone = { bystanders: theirs, decisions: OF_AN_UNDO, adversities: LONG } as const;

const REFUSED = [given('Create', 'refused')];
const UNCLEAR = [given('Create', 'unclear')];
const PARKED = [...UNCLEAR, given('Delete', 'refused')];

export const OPERATOR_SCENARIOS: readonly Scenario[] = [
  scenario('operators: a create that was refused', ONE, TWO_BESIDE, { ...paused, given: REFUSED }),
  scenario('operators: a create that nobody knows of, two moves', ONE, TWO_MOVES, {
    ...paused,
    given: UNCLEAR,
    decisions: [retry(), adopt('foreign'), skip()],
  }),
  // A reset comes where the order is free, and in the scenario before these two.
  scenario('operators: a create that nobody knows of, and a cancel', ONE, ONE_BESIDE, {
    ...paused,
    given: UNCLEAR,
    adversities: ['cancel'],
  }),
  scenario(
    'operators: a create that nobody knows of, restarted at every point',
    ONE,
    { ...ONE_BESIDE, adversities: 0 },
    {
      ...paused,
      given: UNCLEAR,
      restarts: 'everywhere',
    },
  ),
  scenario('operators: what stands for a step that another needs', PAIR, ONE_BESIDE, {
    ...paused,
    given: REFUSED,
    decisions: [...OF_A_PAUSE, rollback],
    adversities: ['refusals', 'cancel', 'workflow-reset'],
  }),
  scenario('operators: two steps that wait', BESIDES, TWO_MOVES, {
    ...paused,
    given: [...REFUSED, given('Create', 'refused', 'b')],
    decisions: [retry(), adopt('foreign'), rollback, skip('b')],
  }),
  scenario('operators: an undo that is refused, two moves', ONE, TWO_MOVES, { ...undone, given: PARKED }),
  scenario('operators: an undo that is refused, and a mishap', ONE, ONE_BESIDE, {
    ...undone,
    given: PARKED,
    decisions: [retry(), adopt('own'), abandon()],
  }),
  scenario('operators: an undo of what is retained', RETAINED, ONE_BESIDE, {
    ...undone,
    given: UNCLEAR,
    adversities: ['refusals'],
  }),
  scenario('operators: an undo of what lies in something', INSIDE, ONE_BESIDE, {
    ...undone,
    given: [given('Delete', 'refused', 'b')],
    decisions: [retry('b'), adopt('own', 'b'), abandon('b')],
    adversities: ['cancel'],
  }),
  scenario('operators: a plan that needs approval', ONE, TWO_BESIDE, {
    approval: 'required',
    decisions: [{ move: 'approve' }, { move: 'reject' }],
    adversities: ['refusals', ...BESIDE],
  }),
  scenario('operators: a managed plan', ONE, ONE_BESIDE, {
    lifetime: { ttl: '90m' },
    decisions: [{ move: 'deprovision' }, ...OF_AN_UNDO],
    adversities: ['refusals', ...LONG],
  }),
];

/** For a run that has the time. */
export const LONG_OPERATOR_SCENARIOS: readonly Scenario[] = [
  scenario('operators: a create that nobody knows of, in any order', ONE, IN_ANY_ORDER, { ...paused, given: UNCLEAR }),
  scenario('operators: an undo that is refused, in any order', ONE, IN_ANY_ORDER, { ...undone, given: PARKED }),
];
