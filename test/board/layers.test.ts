/** Where steps stand in the drawing of a plan, and which lines lead to them. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { directOf, layersOf, needsOf } from '../../board/layers.js';
import type { Plan } from '../../contract/plan.js';

const resource = (more: object) => ({ kind: 'k', connection: 'c', spec: {}, ...more });
const plan = (resources: Plan['resources']): Plan => ({ name: 'p', resources });

test('a step stands behind all that it depends on or refers to, and a line comes only from the nearest', () => {
  const steps = ['flow', 'base', 'ai'];
  const needs = needsOf(
    steps,
    plan({
      base: resource({}),
      ai: resource({ dependsOn: ['base', 'gone'] }),
      flow: resource({ spec: { x: [{ $ref: 'ai.id' }], y: { $ref: 'base.id' } } }),
    }),
  );
  expect(layersOf(needs)).toEqual([['base'], ['ai'], ['flow']]);
  expect(needs.get('flow')).toEqual(['ai', 'base']);
  expect(directOf(needs).get('flow')).toEqual(['ai']);
});

test('without a plan every step stands in one column', () => {
  expect(layersOf(needsOf(['a', 'b'], undefined))).toEqual([['a', 'b']]);
});

test('whatever needs what, circles included, every step stands in exactly one place', () => {
  const graph = fc.array(fc.array(fc.nat(11), { maxLength: 4 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(graph, (edges) => {
      const steps = edges.map((_, index) => `s${index}`);
      const resources = edges.map((needed, index) => [
        `s${index}`,
        resource({ dependsOn: needed.map((n) => `s${n}`) }),
      ]);
      const needs = needsOf(steps, plan(Object.fromEntries(resources)));
      expect(layersOf(needs).flat().sort()).toEqual([...steps].sort());
      expect([...directOf(needs).keys()]).toEqual(steps);
    }),
  );
});
