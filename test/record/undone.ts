/** Scenarios that end as RolledBack or Cancelled. */
import { expect } from 'vitest';
import { outcomeOf } from '../support/closing.js';
import { aiWorkspace, fabric, studio, workflow } from '../support/resources.js';
import type { ProvisionRun, Rig } from '../support/rig.js';
import { planOf, type Scenario, scenario, untilInBackOff } from './scenario.js';

const REFUSED = { operation: 'CreateWorkflowDefinition', do: 'refuse', status: 400 } as const;

async function ends(rig: Rig, run: ProvisionRun, outcome: string, alive: readonly string[] = []) {
  expect(await outcomeOf(run)).toBe(outcome);
  expect(rig.alive()).toEqual(alive);
  rig.expectFired();
  return run;
}

const flagship = () => ({
  studio: studio(),
  fabric: fabric(),
  ai: aiWorkspace(),
  flow: workflow('daily_flow', { dependsOn: ['studio', 'fabric', 'ai'] }),
});

export const UNDONE: readonly Scenario[] = [
  scenario('rolled-back-refused', async (rig, name) => {
    rig.simulator.setFaults(REFUSED);
    return ends(rig, await rig.start(planOf(name, flagship())), 'RolledBack');
  }),
  scenario('rolled-back-retained', async (rig, name) => {
    rig.simulator.setFaults(REFUSED);
    const resources = { base: fabric('kept-ws', { retain: true }), flow: workflow('flow', { dependsOn: ['base'] }) };
    return ends(rig, await rig.start(planOf(name, resources)), 'RolledBack', ['kept-ws']);
  }),
  scenario('rolled-back-after-lost-answer', async (rig, name) => {
    rig.simulator.setFaults([REFUSED, { operation: 'aiworkspaces/create', do: 'cut-after', nth: 1 }]);
    const resources = { ai: aiWorkspace(), flow: workflow('flow', { dependsOn: ['ai'] }) };
    return ends(rig, await rig.start(planOf(name, resources)), 'RolledBack');
  }),
  scenario('rolled-back-late', async (rig, name) => {
    rig.simulator.setFaults([
      { operation: 'aiworkspaces/create', do: 'late', ms: 900, nth: 1 },
      { ...REFUSED, operation: 'CreateWorkspace' },
    ]);
    return ends(rig, await rig.start(planOf(name, { ai: aiWorkspace(), fabric: fabric() })), 'RolledBack');
  }),
  scenario('rolled-back-retained-late', async (rig, name) => {
    rig.simulator.setFaults([
      { operation: 'aiworkspaces/create', do: 'late', ms: 900, nth: 1 },
      { ...REFUSED, operation: 'CreateWorkspace' },
    ]);
    const resources = { ai: aiWorkspace('kept-late', { retain: true }), fabric: fabric() };
    return ends(rig, await rig.start(planOf(name, resources)), 'RolledBack', ['kept-late']);
  }),
  scenario('rolled-back-and-cancelled-then', async (rig, name) => {
    rig.simulator.setFaults([REFUSED, { operation: 'DeleteWorkspace', do: 'slow', ms: 1500 }]);
    const resources = { base: fabric(), flow: workflow('flow', { dependsOn: ['base'] }) };
    const deleting = rig.nextCall('DeleteWorkspace');
    const run = await rig.start(planOf(name, resources));
    await deleting;
    await run.cancel();
    return ends(rig, run, 'RolledBack');
  }),
  scenario('cancelled-before-its-first-task', async (rig, name) => {
    await rig.stopWorker();
    const run = await rig.start(planOf(name, { it: fabric() }));
    await run.cancel();
    await rig.startWorker();
    return ends(rig, run, 'Cancelled');
  }),
  scenario('cancelled-during-a-create', async (rig, name) => {
    rig.simulator.setFaults({ operation: 'CreateWorkflowDefinition', do: 'slow', ms: 1500 });
    const called = rig.nextCall('CreateWorkflowDefinition');
    const run = await rig.start(planOf(name, flagship()));
    await called;
    await run.cancel();
    return ends(rig, run, 'Cancelled');
  }),
  scenario('cancelled-in-back-off', async (rig, name) => {
    rig.simulator.setFaults({ operation: 'aiworkspaces/create', do: 'fail-before' });
    const run = await rig.start(planOf(name, { base: fabric(), ai: aiWorkspace('ai-ws', { dependsOn: ['base'] }) }));
    await untilInBackOff(run);
    await run.cancel();
    return ends(rig, run, 'Cancelled');
  }),
  scenario('cancelled-twice', async (rig, name) => {
    rig.simulator.setFaults([
      { operation: 'CreateWorkflowDefinition', do: 'slow', ms: 1500 },
      { operation: 'DeleteWorkspace', do: 'slow', ms: 1500 },
    ]);
    const called = rig.nextCall('CreateWorkflowDefinition');
    const resources = { base: fabric(), flow: workflow('flow', { dependsOn: ['base'] }) };
    const run = await rig.start(planOf(name, resources));
    await called;
    const deleting = rig.nextCall('DeleteWorkspace');
    await run.cancel();
    await deleting;
    await run.cancel();
    return ends(rig, run, 'Cancelled');
  }),
  scenario('paused-then-cancelled', async (rig, name) => {
    rig.simulator.setFaults(REFUSED);
    const run = await rig.start(planOf(name, flagship(), { onFailure: 'pause' }));
    await rig.until(run, ({ steps }) => steps.flow?.attention !== undefined);
    await run.cancel();
    return ends(rig, run, 'Cancelled');
  }),
  scenario('parked-undo-recovered', async (rig, name) => {
    rig.simulator.setFaults([REFUSED, { operation: 'DeleteWorkspace', do: 'refuse', status: 403, nth: 1 }]);
    const resources = {
      studio: studio(),
      fabric: fabric('fabric-ws', { dependsOn: ['studio'] }),
      flow: workflow('flow', { dependsOn: ['fabric'] }),
    };
    const run = await rig.start(planOf(name, resources));
    await rig.until(run, ({ steps }) => steps.fabric?.attention !== undefined);
    return ends(rig, run, 'RolledBack');
  }),
];
