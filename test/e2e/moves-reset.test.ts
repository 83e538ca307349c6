/** Resets of runs that operators decided: the server sends their moves again, and what they rested on is looked at anew. */
import type { WorkflowUpdateFailedError } from '@temporalio/client';
import { expect, test } from 'vitest';
import type { MoveRequest } from '../../contract/moves.js';
import { outcomeOf } from '../support/closing.js';
import { resetTo, tasksOf } from '../support/resets.js';
import { type ProvisionRun, useRig } from '../support/rig.js';
import { parkedUndo, pausedPlan } from '../support/stuck-plans.js';

const rig = useRig();
const who = { by: 'ann', why: 'ticket 7' };

const send = (run: ProvisionRun, move: string, request: object) =>
  run.executeUpdate<string, [MoveRequest]>(move, { args: [{ ...who, ...request } as MoveRequest] });

test('a run that is reset behind a decision waits for it again, and skips nothing that its other run made', async () => {
  const { run } = await pausedPlan(rig);
  const tasks = await tasksOf(rig, run);
  await send(run, 'retry', { step: 'flow' });
  expect(await outcomeOf(run)).toBe('Provisioned');
  const id = rig.simulator.resources.list().find(({ name }) => name === 'flow_a')?.id ?? '';
  const again = await resetTo(rig, run, tasks.at(-1) ?? 1);
  // The server sends the retry again, before the step waits: it is refused.
  await rig.until(again, ({ steps }) => steps.flow?.attention !== undefined);
  const skipped: unknown = await send(again, 'skip', { step: 'flow', outputs: { id: 'none' } }).catch(
    (error: WorkflowUpdateFailedError) => error.cause,
  );
  expect(String(skipped)).toContain(`this step's own create made ${id}: adopt that, or retry, which takes it`);
  await send(again, 'retry', { step: 'flow' });
  expect(await outcomeOf(again)).toBe('Provisioned');
  expect((await rig.ledger(again)).steps.flow).toMatchObject({ state: 'live', id });
  expect(rig.alive()).toEqual(['base-ws', 'flow_a']);
});

test.each([
  ['skip', { step: 'flow', outputs: { id: 'none' } }],
  ['rollback', {}],
] as const)(
  'a run that was ended by %s, reset to its first task, leaves nothing that its ledger does not name',
  async (move, request) => {
    const { run } = await pausedPlan(rig);
    const tasks = await tasksOf(rig, run);
    await send(run, move, request);
    await outcomeOf(run);
    const again = await resetTo(rig, run, tasks[0] ?? 1);
    const outcome = await outcomeOf(again);
    const { steps } = await rig.ledger(again);
    const told = Object.values(steps).filter(({ state, skipped }) => state === 'live' && !skipped);
    expect(rig.alive()).toHaveLength(told.length);
    // This time nothing refuses the workflow.
    expect([outcome, steps.flow?.state]).toEqual(['Provisioned', 'live']);
  },
);

test('a run that an operator abandoned, reset, waits again and undoes what it left', async () => {
  const { run } = await parkedUndo(rig);
  const tasks = await tasksOf(rig, run);
  await send(run, 'abandon', { step: 'base', confirm: 'base-ws' });
  expect(await outcomeOf(run)).toBe('Abandoned');
  expect(rig.alive()).toEqual(['base-ws']);
  rig.simulator.clearFaults();
  const again = await resetTo(rig, run, tasks.at(-1) ?? 1);
  await rig.until(again, ({ steps }) => steps.base?.attention !== undefined);
  await send(again, 'retry', { step: 'base' });
  expect(await outcomeOf(again)).toBe('RolledBack');
  expect((await rig.ledger(again)).steps.base?.state).toBe('deleted');
  expect(rig.alive()).toEqual([]);
});
