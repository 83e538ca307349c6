/** Scenarios that an operator decides. */
import { expect } from 'vitest';
import { outcomeOf } from '../support/closing.js';
import { fabric, studio, workflow } from '../support/resources.js';
import type { ProvisionRun, Rig } from '../support/rig.js';
import { planOf, type Scenario, scenario } from './scenario.js';

const REFUSED = { operation: 'CreateWorkflowDefinition', do: 'refuse', status: 400, nth: 1 } as const;
const KEPT = { operation: 'DeleteWorkspace', do: 'refuse', status: 403 } as const;
const who = { by: 'ann', why: 'ticket 7' };

const pair = () => ({ base: fabric('base-ws'), flow: workflow('flow_a', { dependsOn: ['base'] }) });

function move(run: ProvisionRun, name: string, request: object = {}): Promise<unknown> {
  return run.executeUpdate(name, { args: [{ ...who, ...request }] });
}

async function paused(rig: Rig, name: string): Promise<ProvisionRun> {
  rig.simulator.setFaults(REFUSED);
  const run = await rig.start(planOf(name, pair(), { onFailure: 'pause' }));
  await rig.until(run, ({ steps }) => steps.flow?.attention !== undefined);
  return run;
}

async function parked(rig: Rig, name: string): Promise<ProvisionRun> {
  rig.simulator.setFaults([REFUSED, KEPT]);
  const run = await rig.start(planOf(name, pair()));
  await rig.until(run, ({ steps }) => steps.base?.attention !== undefined);
  return run;
}

async function ends(rig: Rig, run: ProvisionRun, outcome: string, alive: readonly string[]) {
  expect(await outcomeOf(run)).toBe(outcome);
  expect(rig.alive()).toEqual(alive);
  return run;
}

function byHand(rig: Rig): string {
  return rig.simulator.resources.plant({ kind: 'alibaba.dataworks.workflow', name: 'made_by_hand' }).id;
}

export const DECIDED: readonly Scenario[] = [
  scenario('decided-retry', async (rig, name) => {
    const run = await paused(rig, name);
    await move(run, 'retry', { step: 'flow' });
    return ends(rig, run, 'Provisioned', ['base-ws', 'flow_a']);
  }),
  scenario('decided-adopt', async (rig, name) => {
    const run = await paused(rig, name);
    const wrong = move(run, 'adopt', { step: 'flow', id: '1234567890123456789' });
    await expect(wrong).rejects.toThrow();
    await move(run, 'adopt', { step: 'flow', id: byHand(rig) });
    return ends(rig, run, 'Provisioned', ['base-ws', 'made_by_hand']);
  }),
  scenario('decided-skip', async (rig, name) => {
    const run = await paused(rig, name);
    await move(run, 'skip', { step: 'flow', outputs: { id: 'none' } });
    return ends(rig, run, 'Provisioned', ['base-ws']);
  }),
  scenario('decided-skip-uncertain', async (rig, name) => {
    rig.simulator.setFaults([
      { operation: 'CreateWorkflowDefinition', do: 'cut-before', nth: 1 },
      { operation: 'ListWorkflowDefinitions', do: 'refuse', status: 403, nth: 3, count: 10 },
    ]);
    const run = await rig.start(planOf(name, { flow: workflow('flow_a') }, { onFailure: 'pause' }));
    await rig.until(run, ({ steps }) => steps.flow?.attention !== undefined);
    rig.simulator.clearFaults();
    await move(run, 'skip', { step: 'flow', outputs: { id: 'none' } });
    return ends(rig, run, 'Provisioned', []);
  }),
  scenario('decided-rollback', async (rig, name) => {
    const run = await paused(rig, name);
    await move(run, 'rollback');
    return ends(rig, run, 'RolledBack', []);
  }),
  scenario('decided-rollback-after-approval', async (rig, name) => {
    rig.simulator.setFaults(REFUSED);
    const run = await rig.start(planOf(name, pair(), { onFailure: 'pause', approval: 'required' }));
    await rig.until(run, ({ attention }) => attention !== undefined);
    await move(run, 'approve');
    await rig.until(run, ({ steps }) => steps.flow?.attention !== undefined);
    // Not the plan's first move: it waits for its turn, and stops the run in a microtask.
    await move(run, 'rollback');
    return ends(rig, run, 'RolledBack', []);
  }),
  scenario('decided-retry-of-undo', async (rig, name) => {
    const run = await parked(rig, name);
    rig.simulator.clearFaults();
    await move(run, 'retry', { step: 'base' });
    return ends(rig, run, 'RolledBack', []);
  }),
  scenario('decided-keep', async (rig, name) => {
    const run = await parked(rig, name);
    await move(run, 'adopt', { step: 'base', id: (await rig.ledger(run)).steps.base?.id });
    return ends(rig, run, 'RolledBack', ['base-ws']);
  }),
  scenario('decided-abandon', async (rig, name) => {
    const run = await parked(rig, name);
    await move(run, 'abandon', { step: 'base', confirm: 'base-ws' });
    return ends(rig, run, 'Abandoned', ['base-ws']);
  }),
  scenario('decided-approve', async (rig, name) => {
    const run = await rig.start(planOf(name, { base: fabric() }, { approval: 'required' }));
    await rig.until(run, ({ attention }) => attention !== undefined);
    await move(run, 'approve');
    return ends(rig, run, 'Provisioned', ['fabric-ws']);
  }),
  scenario('decided-reject', async (rig, name) => {
    const run = await rig.start(planOf(name, { base: fabric() }, { approval: 'required' }));
    await rig.until(run, ({ attention }) => attention !== undefined);
    await move(run, 'reject');
    return ends(rig, run, 'Rejected', []);
  }),
  scenario('paused-side-by-side-then-cancelled', async (rig, name) => {
    rig.simulator.setFaults([REFUSED, { operation: 'CreateManagerWorkSpace', do: 'slow', ms: 1000 }]);
    const resources = {
      flow: workflow('flow_a'),
      studio: studio(),
      last: fabric('last-ws', { dependsOn: ['studio'] }),
    };
    const run = await rig.start(planOf(name, resources, { onFailure: 'pause' }));
    await rig.until(run, ({ steps }) => steps.flow?.attention !== undefined && steps.studio?.state === 'live');
    await run.cancel();
    return ends(rig, run, 'Cancelled', []);
  }),
];
