/** What a parent commands with `executeProvision`: a child that rolls back where a plain one would be terminated. */
import { expect, test } from 'vitest';
import { OneRun, useIsolates } from '../support/one-run.js';

const isolates = useIsolates();
let run: OneRun;

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
