import { expect, test } from 'vitest';
import type { Manifest } from '../../contract/manifest.js';
import { checkManifest } from '../../contract/manifest-schema.js';

const manifest: Manifest = {
  manifest: 1,
  plan: { name: 'orders', resources: { a: { kind: 'k', connection: 'c', spec: { name: 'x' } } } },
  owner: { namespace: 'default', workflowId: 'provision-orders', runId: 'r' },
  outcome: 'Provisioned',
  steps: { a: { state: 'live', id: '1', outputs: { id: '1', size: 3 } } },
};

function problems(input: unknown): string[] {
  const checked = checkManifest(input);
  return 'problems' in checked ? checked.problems.map(({ path, message }) => `${path}: ${message}`) : [];
}

test('a manifest is read as it was written, alone or in the document that holds it', () => {
  expect(checkManifest(manifest)).toEqual({ value: manifest });
  expect(checkManifest({ plan: 'orders', outcome: 'Provisioned', manifest })).toEqual({ value: manifest });
});

test.each([
  ['of another release', { ...manifest, manifest: 7 }, 'manifest: is of version 7; this release reads version 1'],
  ['of no version', { ...manifest, manifest: 'secret' }, 'manifest: must be a version; this release reads version 1'],
  ['that is none', { plan: manifest.plan }, ': is no manifest: provisioner export writes one'],
  ['that is a list', [manifest], ': is no manifest: provisioner export writes one'],
  ['without an owner', { ...manifest, owner: undefined }, 'owner: required: object'],
  ['with a plan that is none', { ...manifest, plan: { name: 'x' } }, 'plan.resources: required: object'],
  ['without its plan', { ...manifest, plan: undefined }, 'plan: must be an object with name and resources'],
  ['without a step of its plan', { ...manifest, steps: {} }, 'steps.a: required: every step of the plan'],
  [
    'with a step that its plan has not',
    { ...manifest, steps: { ...manifest.steps, b: { state: 'live' } } },
    'steps.b: unknown step; the plan has no such resource',
  ],
  [
    'with a state of another release',
    { ...manifest, steps: { a: { state: 'gone' } } },
    'steps.a.state: must be one of',
  ],
  ['with an unknown field', { ...manifest, colour: 1 }, 'colour: unknown field; known here: manifest, plan'],
  ['with outputs without an id', { ...manifest, steps: { a: { state: 'live', outputs: {} } } }, 'steps.a.outputs.id'],
])('a manifest %s is refused, with what would be right', (_what, input, problem) => {
  expect(problems(input)).toEqual([expect.stringContaining(problem)]);
});

test('a manifest larger than any plan with its outputs is refused by its size alone', () => {
  const outputs = { id: '1', text: 'x'.repeat(1_500_000) };
  expect(problems({ ...manifest, steps: { a: { state: 'live', outputs } } })).toEqual([
    ': at most 1500000 bytes of JSON; export it again',
  ]);
});
