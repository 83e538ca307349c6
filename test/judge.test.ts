/** The judge of whole runs has to see what is wrong: each sentence it can say, said once. */
import { expect, test } from 'vitest';
import type { LedgerStep } from '../contract/ledger.js';
import { formatMarker } from '../contract/marker.js';
import type { ResourceView } from '../simulator/resources.js';
import { type Closed, judge } from './support/judge.js';
import { fabric } from './support/resources.js';

const RUN = { workflowId: 'provision-p', runId: 'run-1' };
const KIND = 'huawei.dataarts-fabric.workspace';

function alive(id: string, step?: string, runId = RUN.runId): ResourceView {
  const marker = { namespace: 'default', workflowId: RUN.workflowId, step: step ?? '', runId, keep: false };
  const description = step === undefined ? 'a bystander' : formatMarker(marker);
  return { kind: KIND, id, name: `ws-${id}`, description, createdAt: '2026-01-01T00:00:00.000Z', contents: [] };
}

function closed(outcome: 'Provisioned' | 'RolledBack', a: Partial<LedgerStep>, more: Partial<Closed> = {}): Closed {
  const step: LedgerStep = { kind: KIND, connection: 'huawei', state: 'live', ...a };
  const plan = { name: 'p', resources: { a: fabric() } };
  return { ...RUN, plan, outcome, ledger: { plan: 'p', outcome, steps: { a: step }, moves: [] }, ...more };
}

const WRONG: readonly [string, Closed, readonly ResourceView[], RegExp][] = [
  [
    'an orphan after a rollback',
    closed('RolledBack', { state: 'deleted' }),
    [alive('1', 'a')],
    /is deleted, but .* is alive/,
  ],
  ['a live step without a resource', closed('Provisioned', { id: '1' }), [], /no .* has the id/],
  [
    'a second resource beside the first',
    closed('Provisioned', { id: '1' }),
    [alive('1', 'a'), alive('2', 'a')],
    /beside/,
  ],
  ['a resource that lost its marker', closed('Provisioned', { id: '1' }), [alive('1')], /does not carry its marker/],
  [
    'an adopted one with our marker',
    closed('Provisioned', { id: '1', adopted: true }),
    [alive('1', 'a')],
    /called adopted/,
  ],
  ['a step that is not at its end', closed('RolledBack', { state: 'deleting' }), [], /is deleting though/],
  [
    'a kept step that nobody retained',
    closed('RolledBack', { state: 'kept', id: '1' }),
    [alive('1', 'a')],
    /not retained/,
  ],
  [
    'a step of no plan',
    closed('RolledBack', { state: 'deleted' }),
    [alive('1', 'b')],
    /a step that the plan does not have/,
  ],
  [
    'an outcome that the ledger denies',
    closed('RolledBack', { state: 'deleted' }, { outcome: 'Cancelled' }),
    [],
    /its ledger says/,
  ],
];

test.each(WRONG)('%s is told in a sentence of its own', (_what, run, resources, sentence) => {
  expect(judge({ closed: run, resources, bystanders: [] }).join('\n')).toMatch(sentence);
});

test('a run that kept its promise is told nothing, whatever others own', () => {
  const resources = [alive('1', 'a'), alive('2', 'a', 'another-run'), alive('3')];
  expect(judge({ closed: closed('Provisioned', { id: '1' }), resources, bystanders: [alive('3')] })).toEqual([]);
});

test('a bystander that is gone or changed is told, marker or not', () => {
  const run = closed('RolledBack', { state: 'refused' });
  expect(judge({ closed: run, resources: [], bystanders: [alive('3')] })).toEqual([expect.stringMatching(/is gone/)]);
  const resources = [{ ...alive('3'), description: 'taken over' }];
  expect(judge({ closed: run, resources, bystanders: [alive('3')] })).toEqual([expect.stringMatching(/was changed/)]);
});
