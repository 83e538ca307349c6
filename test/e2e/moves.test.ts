/** Operators' moves on the real server: from a plain client and from the Temporal command line, refused ones too, and in races. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure, WorkflowUpdateFailedError } from '@temporalio/client';
import { describe, expect, test } from 'vitest';
import { ProvisionerClient } from '../../client/client.js';
import type { MoveRequest } from '../../contract/moves.js';
import { failureOf, outcomeOf } from '../support/closing.js';
import { fabric, studio, workflow } from '../support/resources.js';
import { type ProvisionRun, useRig } from '../support/rig.js';
import { parkedUndo, pausedPlan, STUCK } from '../support/stuck-plans.js';
import { flagsOf, temporal } from '../support/temporal-cli.js';
import { updateFromUi } from '../support/temporal-ui.js';

const rig = useRig();
const who = { by: 'ann', why: 'ticket 7' };

const send = (run: ProvisionRun, move: string, request: object) =>
  run.executeUpdate<string, [MoveRequest]>(move, { args: [{ ...who, ...request } as MoveRequest] });

/** Why a move was refused, or failed. */
async function refusal(sent: Promise<unknown>): Promise<string> {
  const error: unknown = await sent.catch((thrown: unknown) => thrown);
  if (!(error instanceof WorkflowUpdateFailedError)) throw new Error('It was not refused', { cause: error });
  expect(error.cause).toBeInstanceOf(ApplicationFailure);
  expect((error.cause as ApplicationFailure).type).toBe('MoveRefused');
  return error.cause?.message ?? '';
}

describe.each(STUCK)('%s', (name, stage) => {
  test('from a plain client is answered with who and why, and does what it says', async () => {
    const { run, move, request, outcome, alive } = await stage(rig);
    const words = [move, request.step].filter(Boolean).join(' ');
    expect(await send(run, move, request)).toBe(`ann: ${words} (ticket 7)`);
    expect(await outcomeOf(run)).toBe(outcome);
    expect(rig.alive()).toEqual(alive);
    expect((await rig.ledger(run)).moves).toMatchObject([{ move: name, ...who, result: 'done' }]);
  });

  test('from the Temporal command line does the same', async () => {
    const { run, move, request, outcome, alive } = await stage(rig);
    const input = JSON.stringify({ ...who, ...request });
    const said = await temporal('workflow', 'update', 'execute', '--name', move, '--input', input, ...flagsOf(run));
    expect(said).toContain('(ticket 7)');
    expect(await outcomeOf(run)).toBe(outcome);
    expect(rig.alive()).toEqual(alive);
  });

  test('from the Temporal UI does the same', async () => {
    const { run, move, request, outcome, alive } = await stage(rig);
    expect(JSON.stringify(await updateFromUi(run, move, { ...who, ...request, by: '' }))).toContain('by: required');
    expect(await updateFromUi(run, move, { ...who, ...request })).toMatchObject({
      outcome: { success: expect.anything() },
    });
    expect(await outcomeOf(run)).toBe(outcome);
    expect(rig.alive()).toEqual(alive);
  });

  test('without who and why is refused before it is kept, and changes nothing', async () => {
    const { run, move, request, plan } = await stage(rig);
    const before = await rig.ledger(run);
    expect(await refusal(send(run, move, { ...request, by: '' }))).toBe(`${move}: by: required: 1 to 100 characters`);
    expect(await refusal(send(run, move, { ...request, why: 'two\nlines' }))).toBe(
      `${move}: why: must be one line, without control characters`,
    );
    expect(await rig.ledger(run)).toEqual(before);
    expect(before.plan).toBe(plan);
    await run.cancel();
    rig.simulator.clearFaults();
    if (before.steps.base?.attention) await send(run, 'retry', { step: 'base' });
    await outcomeOf(run);
  });
});

describe('a move that is refused says what is possible', () => {
  test('of a paused plan', async () => {
    const { run } = await pausedPlan(rig);
    const possible = 'Possible: retry flow, adopt flow, skip flow, rollback.';
    expect(await refusal(send(run, 'retry', { step: 'base' }))).toBe(
      `Not possible now: retry base: base is live. ${possible}`,
    );
    expect(await refusal(send(run, 'retry', { step: 'gone' }))).toBe('There is no such step; steps: base, flow.');
    expect(await refusal(send(run, 'approve', {}))).toBe(`Not possible now: approve. ${possible}`);
    expect(await refusal(send(run, 'adopt', { step: 'flow' }))).toBe('adopt: id: required: 1 to 256 characters');
    expect(await refusal(send(run, 'skip', { step: 'flow', outputs: 'x' }))).toBe(
      'skip: outputs: required: an object with id, and what other steps refer to',
    );
    const stray = await refusal(send(run, 'rollback', { step: 'flow' }));
    expect(stray).toBe('rollback: step: unknown field; rollback takes: by, why');
    await send(run, 'rollback', {});
    expect(await outcomeOf(run)).toBe('RolledBack');
  });

  test('of an undo that waits', async () => {
    const { run } = await parkedUndo(rig);
    expect(await refusal(send(run, 'abandon', { step: 'base', confirm: 'x' }))).toBe(
      'To abandon base, which may stay alive, set confirm to its name: base-ws.',
    );
    expect(await refusal(send(run, 'skip', { step: 'base', outputs: { id: 'x' } }))).toBe(
      'Not possible now: skip base: base is deleting. Possible: retry base, adopt base, abandon base.',
    );
    rig.simulator.clearFaults();
    await send(run, 'retry', { step: 'base' });
    expect(await outcomeOf(run)).toBe('RolledBack');
    expect(rig.alive()).toEqual([]);
  });
});

describe('an id to adopt', () => {
  test('that is nobody’s resource, another’s, or being deleted is refused by the cloud’s word, and nothing is changed', async () => {
    const { run } = await pausedPlan(rig);
    const nothing = 'Nothing was changed.';
    expect(await refusal(send(run, 'adopt', { step: 'flow', id: '1234567890123456789' }))).toMatch(/^no .* is there\./);
    const other = await rig.start({ name: rig.planName(), onFailure: 'pause', resources: { it: workflow('theirs') } });
    await other.result();
    rig.simulator.setFaults({ operation: 'CreateWorkspace', do: 'refuse' });
    const open = await rig.start({
      name: rig.planName(),
      onFailure: 'pause',
      resources: { it: workflow('of_an_open_plan'), more: fabric('never-ws', { dependsOn: ['it'] }) },
    });
    await rig.until(open, ({ steps }) => steps.more?.attention !== undefined);
    const id = rig.simulator.resources.list().find((one) => one.name === 'of_an_open_plan')?.id ?? '';
    expect(await refusal(send(run, 'adopt', { step: 'flow', id }))).toBe(
      `it belongs to workflow ${open.workflowId}, which may still delete it. ${nothing}`,
    );
    expect((await rig.ledger(run)).steps.flow).toMatchObject({
      state: 'refused',
      attention: { moves: expect.anything() },
    });
    expect((await rig.ledger(run)).moves.map(({ result }) => result)).toEqual(['failed', 'failed']);
    await Promise.all([open.cancel(), run.cancel()]);
    expect(await Promise.all([outcomeOf(open), outcomeOf(run)])).toEqual(['Cancelled', 'Cancelled']);
    expect(rig.alive()).toEqual(['theirs']);
  });

  test('that our own lost create made is ours: a later rollback deletes it', async () => {
    rig.simulator.setFaults([
      // The answer is lost, and the look-up of the next attempt is forbidden. The first attempt lists both types.
      { operation: 'CreateWorkflowDefinition', do: 'cut-after', nth: 1 },
      { operation: 'ListWorkflowDefinitions', do: 'refuse', status: 403, nth: 3, count: 10 },
    ]);
    const run = await rig.start({
      name: rig.planName(),
      onFailure: 'pause',
      resources: { flow: workflow('lost_flow'), last: studio('last_ws', { dependsOn: ['flow'] }) },
    });
    const { steps } = await rig.until(run, (ledger) => ledger.steps.flow?.attention !== undefined);
    expect(steps.flow?.state).toBe('uncertain');
    rig.simulator.clearFaults();
    rig.simulator.setFaults({ operation: 'CreateManagerWorkSpace', do: 'refuse', status: 400 });
    const id = rig.simulator.resources.list().find(({ name }) => name === 'lost_flow')?.id ?? '';
    const skip = send(run, 'skip', { step: 'flow', outputs: { id: 'x' } });
    expect(await refusal(skip)).toContain(`this step's own create made ${id}: adopt that, or retry, which takes it`);
    await send(run, 'adopt', { step: 'flow', id });
    await rig.until(run, (ledger) => ledger.steps.last?.attention !== undefined);
    expect((await rig.ledger(run)).steps.flow).not.toHaveProperty('adopted');
    await send(run, 'rollback', {});
    expect(await outcomeOf(run)).toBe('RolledBack');
    expect(rig.alive()).toEqual([]);
  });
});

describe('races', () => {
  test('of a move with a cancel end in one outcome, and nothing is left', async () => {
    for (const wait of [0, 5, 20]) {
      const { run } = await pausedPlan(rig);
      const moved = send(run, 'retry', { step: 'flow' }).catch((error: unknown) => error);
      await sleep(wait);
      await run.cancel();
      await moved;
      // Whether the retry or the cancel was first, a cancel that is accepted rolls back; a plan that was done by then stays.
      const outcome = await outcomeOf(run);
      expect(['Cancelled', 'Provisioned']).toContain(outcome);
      if (outcome === 'Cancelled') expect(rig.alive()).toEqual([]);
      for (const { id } of rig.simulator.resources.list()) rig.simulator.resources.remove(id);
    }
  });

  test('of moves with each other are decided by the first one', async () => {
    const { run } = await pausedPlan(rig);
    const ends = await Promise.allSettled([
      send(run, 'retry', { step: 'flow' }),
      send(run, 'rollback', {}),
      send(run, 'skip', { step: 'flow', outputs: { id: 'x' } }),
    ]);
    expect(ends.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(1);
    const outcome = await outcomeOf(run);
    const { moves, steps } = await rig.ledger(run);
    const first = moves.find(({ result }) => result === 'done')?.move;
    if (first === 'rollback') expect([outcome, rig.alive()]).toEqual(['RolledBack', []]);
    if (first === 'skip')
      expect([outcome, steps.flow?.skipped, rig.alive()]).toEqual(['Provisioned', true, ['base-ws']]);
    if (first === 'retry') expect(['Provisioned', 'RolledBack']).toContain(outcome);
  });

  test('of a move with a worker restart lose nothing: it is answered by the next worker', async () => {
    rig.simulator.setFaults([
      { operation: 'CreateWorkflowDefinition', do: 'refuse', status: 400, nth: 1 },
      { operation: 'ListWorkflowDefinitions', do: 'slow', ms: 1500 },
    ]);
    const resources = { base: fabric('base-ws'), flow: workflow('flow_a', { dependsOn: ['base'] }) };
    const run = await rig.start({ name: rig.planName(), onFailure: 'pause', resources });
    await rig.until(run, ({ steps }) => steps.flow?.attention !== undefined);
    const { id } = rig.simulator.resources.plant({ kind: 'alibaba.dataworks.workflow', name: 'made_by_hand' });
    const looking = rig.nextCall('ListWorkflowDefinitions');
    const moved = send(run, 'adopt', { step: 'flow', id });
    await looking;
    await rig.stopWorker();
    const late = send(run, 'retry', { step: 'flow' }).catch((error: Error) => error.cause ?? error);
    await rig.startWorker();
    expect(await moved).toBe('ann: adopt flow (ticket 7)');
    expect(await outcomeOf(run)).toBe('Provisioned');
    expect(String(await late)).toMatch(/Not possible now: retry flow: flow is live|already completed|not found/i);
    expect(rig.alive()).toEqual(['base-ws', 'made_by_hand']);
  });

  test('adopt whose run is cancelled meanwhile leaves nothing of what it looked at in the manifest', async () => {
    const { run, plan } = await pausedPlan(rig);
    const { id } = rig.simulator.resources.plant({ kind: 'alibaba.dataworks.workflow', name: 'made_by_hand' });
    rig.simulator.setFaults({ operation: 'ListWorkflowDefinitions', do: 'slow', ms: 1500 });
    const looking = rig.nextCall('ListWorkflowDefinitions');
    const moved = refusal(send(run, 'adopt', { step: 'flow', id }));
    await looking;
    await run.cancel();
    expect(await moved).toContain('Nothing was changed.');
    expect(await outcomeOf(run)).toBe('Cancelled');
    const { steps } = await new ProvisionerClient({ client: rig.client, taskQueue: rig.taskQueue }).export(plan);
    expect(steps.flow).toEqual({ state: 'refused' });
    expect(rig.alive()).toEqual(['made_by_hand']);
  });

  test('adopt after a cancel keeps what cannot be deleted, and the run says so', async () => {
    rig.simulator.setFaults([
      { operation: 'DeleteWorkspace', do: 'refuse', status: 403 },
      { operation: 'CreateWorkflowDefinition', do: 'slow', ms: 1000 },
    ]);
    const resources = { base: fabric('base-ws'), flow: workflow('flow_a', { dependsOn: ['base'] }) };
    const run = await rig.start({ name: rig.planName(), resources });
    await rig.until(run, ({ steps }) => steps.flow?.state === 'creating');
    await run.cancel();
    const { steps } = await rig.until(run, (ledger) => ledger.steps.base?.attention !== undefined);
    await send(run, 'adopt', { step: 'base', id: steps.base?.id });
    expect(await outcomeOf(run)).toBe('Cancelled');
    const { memo } = await run.describe();
    expect(memo).toMatchObject({
      ledger: {
        steps: { base: { state: 'kept', adopted: true }, flow: { state: 'deleted' } },
        moves: [{ move: 'adopt' }],
      },
    });
    expect(rig.alive()).toEqual(['base-ws']);
  });
});

test('a plan that failed says at its close what an operator let go of', async () => {
  const { run } = await parkedUndo(rig);
  await send(run, 'abandon', { step: 'base', confirm: 'base-ws' });
  const failure = await failureOf(run);
  expect(failure.message).toMatch(
    /^Abandoned: base may be alive\. .* Next: look at the cloud console, delete by hand\.$/,
  );
  expect(failure.details?.[0]).toMatchObject({
    outcome: 'Abandoned',
    steps: { base: { state: 'abandoned', id: expect.any(String), cause: { type: 'AccessDenied', status: 403 } } },
    moves: [{ move: 'abandon', step: 'base', ...who }],
  });
});
