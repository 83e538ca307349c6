/** What a parent commands with `executeProvision`: a child that rolls back where a plain one would be terminated. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Isolates } from '../../testing/explorer/sdk-isolate.js';
import { OneRun, workflowIsolates } from '../support/one-run.js';

let isolates: Isolates;
let run: OneRun;

beforeAll(async () => {
  isolates = await workflowIsolates();
});
afterEach(() => run.end());
afterAll(() => isolates.close());

const plan = { name: 'orders', resources: {} };
const child = {
  do: 'child',
  type: 'provision',
  workflowId: 'provision-orders',
  args: [plan],
  onParentClose: 'cancel',
  onCancel: 'wait',
  summary: 'plan orders',
};

// A workflow function like any other: called as a workflow itself, it is its own parent.
const parent = { workflowType: 'executeProvision', workflowId: 'parent' };

test('a child that provisions is asked to roll back when its parent ends, and is waited for', async () => {
  run = await OneRun.with(isolates, [plan], parent);
  expect(run.commands).toEqual([{ ...child, taskQueue: 'provisioner' }]);
});

test('a child may be provisioned on another queue than its parent', async () => {
  run = await OneRun.with(isolates, [plan, { taskQueue: 'elsewhere' }], parent);
  expect(run.commands).toEqual([{ ...child, taskQueue: 'elsewhere' }]);
});
