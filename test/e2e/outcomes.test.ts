/** Every outcome as a plain Temporal client sees it: no code of ours between the test and the server. */

import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure, CancelledFailure, WorkflowFailedError } from '@temporalio/client';
import { expect, test } from 'vitest';
import type { Plan } from '../../contract/plan.js';
import { aiWorkspace, fabric, studio, workflow } from '../support/resources.js';
import { type ProvisionRun, useRig } from '../support/rig.js';

const rig = useRig();

async function failureOf(run: ProvisionRun): Promise<Error | undefined> {
  const error: unknown = await run.result().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(WorkflowFailedError);
  return (error as WorkflowFailedError).cause;
}

function flagship(name = rig.planName()): Plan {
  return {
    name,
    resources: {
      studio: studio(),
      fabric: fabric(),
      ai: aiWorkspace(),
      workflow: workflow('daily_flow', { dependsOn: ['studio', 'fabric', 'ai'] }),
    },
  };
}

test('the flagship plan ends provisioned with outputs, ledger and search attributes', async () => {
  const plan = flagship();
  const run = await rig.start(plan);
  const result = await run.result();
  expect(Object.keys(result).sort()).toEqual(['ai', 'fabric', 'studio', 'workflow']);
  expect(rig.alive()).toEqual(['ai-ws', 'daily_flow', 'fabric-ws', 'studio_ws']);
  const { steps, ...ledger } = await rig.ledger(run);
  expect(ledger).toEqual({ plan: plan.name, outcome: 'Provisioned', moves: [] });
  expect(steps.workflow).toEqual({
    kind: 'alibaba.dataworks.workflow',
    connection: 'alibaba',
    state: 'live',
    since: expect.stringMatching(/^20\d\d-.*Z$/),
    id: result.workflow?.id,
    requestId: expect.any(String),
  });
  const { searchAttributes, status } = await run.describe();
  expect(status.name).toBe('COMPLETED');
  expect(searchAttributes).toEqual({
    ProvisionerPlan: [plan.name],
    ProvisionerOutcome: ['Provisioned'],
    ProvisionerAttention: [false],
    ProvisionerConnections: ['alibaba', 'huawei', 'naver'],
    BuildIds: expect.anything(),
  });
});

test('a refused create rolls everything back and closes as RolledBack with the first cause', async () => {
  rig.simulator.setFaults({
    operation: 'CreateWorkflowDefinition',
    do: 'refuse',
    status: 403,
    code: 'ResourceNotAuthorized.Api',
  });
  const plan = flagship();
  const run = await rig.start(plan);
  const failure = (await failureOf(run)) as ApplicationFailure;
  expect(rig.alive()).toEqual([]);
  expect(failure).toBeInstanceOf(ApplicationFailure);
  expect(failure.type).toBe('RolledBack');
  expect(failure.nonRetryable).toBe(true);
  expect(failure.message).toMatch(/^Rolled back: workflow failed\. .* Undone 3 of 3, nothing left behind\. Next: /);
  expect(failure.message.length).toBeLessThanOrEqual(180);
  expect(failure.message).not.toContain('"');
  expect(failure.details?.[0]).toMatchObject({
    plan: plan.name,
    outcome: 'RolledBack',
    steps: {
      studio: { state: 'deleted' },
      fabric: { state: 'deleted' },
      ai: { state: 'deleted' },
      workflow: { state: 'refused' },
    },
    moves: [],
  });
  const cause = failure.cause as ApplicationFailure;
  expect(cause).toBeInstanceOf(ApplicationFailure);
  expect(cause.type).toBe('AccessDenied');
  expect(cause.details?.[0]).toEqual({
    provider: 'alibaba',
    operation: 'CreateWorkflowDefinition',
    status: 403,
    code: 'ResourceNotAuthorized.Api',
    requestId: expect.any(String),
  });
  const { searchAttributes, status } = await run.describe();
  expect(status.name).toBe('FAILED');
  expect(searchAttributes).toMatchObject({ ProvisionerOutcome: ['RolledBack'], ProvisionerAttention: [false] });
});

test('a cancel rolls back and closes as Cancelled with the ledger in the memo', async () => {
  rig.simulator.setFaults({ operation: 'CreateWorkflowDefinition', do: 'slow', ms: 1500 });
  const run = await rig.start(flagship());
  await rig.until(run, ({ steps }) => steps.workflow?.state === 'creating');
  await run.cancel();
  expect(await failureOf(run)).toBeInstanceOf(CancelledFailure);
  expect(rig.alive()).toEqual([]);
  const { memo, status, searchAttributes } = await run.describe();
  expect(status.name).toBe('CANCELLED');
  expect(memo).toMatchObject({ ledger: { outcome: 'Cancelled', steps: { studio: { state: 'deleted' } } } });
  expect(searchAttributes).toMatchObject({ ProvisionerOutcome: ['Cancelled'] });
});

test('a cancel that is accepted around the last create always rolls back', async () => {
  const accepted: string[] = [];
  for (let delay = 0; delay < 24; delay += 1) {
    const called = rig.nextCall('aiworkspaces/create');
    const run = await rig.start({ name: rig.planName(), resources: { ai: aiWorkspace(`ai-${delay}`) } });
    await called;
    await sleep(delay);
    await run.cancel();
    await run.result().catch(() => undefined);
    const { status } = await run.describe();
    // A cancel of a closed workflow is answered like any other: only one that reached the history was accepted.
    const { events } = await run.fetchHistory();
    if (events?.some((event) => event.workflowExecutionCancelRequestedEventAttributes)) accepted.push(status.name);
    expect(rig.alive().includes(`ai-${delay}`)).toBe(status.name === 'COMPLETED');
  }
  expect(accepted.length).toBeGreaterThan(0);
  expect(accepted.filter((name) => name !== 'CANCELLED')).toEqual([]);
});

test('an invalid plan closes as InvalidPlan with every problem and calls nothing', async () => {
  const before = JSON.stringify(rig.simulator.state().requests);
  const run = await rig.start(
    { name: 'x', resources: { a: { kind: 'no.such', connection: 'nobody', spec: {} }, b: studio('bad name!') } },
    `foreign-${rig.planName()}`,
  );
  const failure = (await failureOf(run)) as ApplicationFailure;
  expect(failure.type).toBe('InvalidPlan');
  expect((failure.details as [{ path: string }[]])[0].map(({ path }) => path).sort()).toEqual([
    'resources.a.connection',
    'resources.a.kind',
    'resources.b.spec.name',
  ]);
  expect(JSON.stringify(rig.simulator.state().requests)).toBe(before);
  expect((await run.describe()).searchAttributes).toMatchObject({ ProvisionerOutcome: ['NotStarted'] });
  expect(await rig.ledger(run)).toEqual({ plan: 'x', outcome: 'NotStarted', steps: {}, moves: [] });
});

test.each([[null], ['plan'], [42], [[]], [undefined]])(
  'a foreign start with %j instead of a plan is InvalidPlan',
  async (input) => {
    const run = await rig.start(input, `foreign-${rig.planName()}`);
    expect(((await failureOf(run)) as ApplicationFailure).type).toBe('InvalidPlan');
  },
);

test('a start with a time-out that would kill without undoing is InvalidPlan', async () => {
  const plan = flagship();
  const workflowId = `timeout-${plan.name}`;
  const run = await rig.client.workflow.start('provision', {
    taskQueue: rig.taskQueue,
    workflowId,
    args: [plan],
    workflowRunTimeout: '1 h',
  });
  rig.track(workflowId);
  const failure = (await failureOf(run as ProvisionRun)) as ApplicationFailure;
  expect(failure.type).toBe('InvalidPlan');
  expect(failure.message).toContain('run time-out');
});
