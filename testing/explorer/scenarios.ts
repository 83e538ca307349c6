/** The scenarios that `npm run explore` goes through: small plans on every sort of cloud that the built-in kinds talk to. */
import type { Plan, PlanResource } from '../../contract/plan.js';
import { type CloudName, resource, scenario } from './build-scenario.js';
import { LONG_OPERATOR_SCENARIOS, OPERATOR_SCENARIOS } from './operator-scenarios.js';
import type { Adversity, Bounds, Scenario } from './scenario.js';

/** Any two things may go wrong, in any order and at any point. */
const ANY_TWO: Bounds = { adversities: 2, depth: 600 };
const ANY_ONE: Bounds = { adversities: 1, depth: 600 };
/** Order among steps side by side is free up to this many times out of turn. */
const PARALLEL: Bounds = { adversities: 1, preemptions: 1, depth: 800 };
const DIAMOND: Bounds = { adversities: 1, preemptions: 1, depth: 1200 };

/** What a cloud and a network do wrong, and a cancel: the two of them meet most often. */
const COMMON: readonly Adversity[] = ['requests', 'cancel', 'lost-attempts'];

/** A sweep and what it is for have a scenario of their own. */
const SWEEP: readonly Adversity[] = ['terminate', 'sweep', 'workflow-reset', 'continue-as-new', 'requests'];

const after = (step: string): Partial<PlanResource> => ({ dependsOn: [step] });

function chain(first: CloudName, second: CloudName): Plan['resources'] {
  const referring = { name: 'thing-b', needs: { $ref: 'a.id' } };
  return { a: resource(first, 'thing-a'), b: { ...resource(second, 'thing-b'), spec: referring } };
}

const DIAMOND_PLAN: Plan['resources'] = {
  a: resource('studio', 'thing-a'),
  b: resource('fabric', 'thing-b', after('a')),
  c: resource('naver', 'thing-c', after('a')),
  d: resource('naver', 'thing-d', { dependsOn: ['b', 'c'] }),
};

/** What `npm run explore` goes through. */
export const SCENARIOS: readonly Scenario[] = [
  scenario('one step, restarted at every point', { a: resource('naver', 'thing-a') }, ANY_ONE, {
    restarts: 'everywhere',
  }),
  scenario('one retained step', { a: resource('naver', 'thing-a', { retain: true }) }, ANY_ONE),
  scenario('one step that pauses', { a: resource('naver', 'thing-a') }, ANY_TWO, {
    onFailure: 'pause',
    adversities: COMMON,
  }),
  scenario('one step beside a stranger of its name', { a: resource('naver', 'thing-a') }, ANY_ONE, {
    bystanders: [{ name: 'thing-a', marker: 'none' }],
  }),
  scenario('one step beside what an earlier run of the plan made', { a: resource('studio', 'thing-a') }, ANY_ONE, {
    bystanders: [{ name: 'thing-a', marker: 'other-run' }],
  }),
  scenario('one step that adopts a stranger', { a: resource('naver', 'thing-a', { ifExists: 'adopt' }) }, ANY_ONE, {
    bystanders: [{ name: 'thing-a', marker: 'none' }],
  }),
  scenario(
    'one step that may adopt, and finds nothing',
    { a: resource('naver', 'thing-a', { ifExists: 'adopt' }) },
    ANY_ONE,
  ),
  scenario('one step and a sweep', { a: resource('naver', 'thing-a') }, ANY_TWO, { adversities: SWEEP }),
  scenario('two steps, the second refers to the first', chain('studio', 'naver'), ANY_ONE),
  scenario('two steps, any two of the common mishaps', chain('fabric', 'naver'), ANY_TWO, { adversities: COMMON }),
  scenario('two steps side by side', { a: resource('naver', 'thing-a'), b: resource('naver', 'thing-b') }, PARALLEL),
  scenario('a diamond of four steps', DIAMOND_PLAN, DIAMOND),
  ...OPERATOR_SCENARIOS,
  // The longest last: where time is bounded, the others are exhausted.
  scenario('one step on a cloud that refuses duplicates', { a: resource('fabric', 'thing-a') }, ANY_TWO),
  scenario('one step on a cloud that accepts duplicates', { a: resource('naver', 'thing-a') }, ANY_TWO),
  scenario('one step on a cloud that answers no id', { a: resource('studio', 'thing-a') }, ANY_TWO),
  ...LONG_OPERATOR_SCENARIOS,
];
