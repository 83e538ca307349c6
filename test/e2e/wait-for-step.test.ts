/** Services that need one step's outputs before the rest of the plan is there: update-with-start on the real server. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import {
  type InvalidRequestError,
  PlanConflictError,
  ProvisionerClient,
  ProvisionFailedError,
} from '../../client/index.js';
import type { Plan } from '../../contract/plan.js';
import { MAX_WAITERS } from '../../workflows/policies.js';
import { aiWorkspace, fabric } from '../support/resources.js';
import { useRig } from '../support/rig.js';

const rig = useRig();

const provisioner = () => new ProvisionerClient({ client: rig.client, taskQueue: rig.taskQueue });

/** The second step needs the first. */
const planOf = (name = rig.planName()): Plan => ({
  name,
  resources: { first: aiWorkspace('first-ws'), second: fabric('second-ws', { dependsOn: ['first'] }) },
});

const slowSecond = () => rig.simulator.setFaults({ operation: 'CreateWorkspace', do: 'slow', ms: 1_500 });

/** Its history is replayed at the end, like every run of these tests. */
async function waitFor(plan: Plan, step: string) {
  const waited = await provisioner().provisionAndWaitForStep(plan, step);
  rig.track(waited.handle.workflowId);
  return waited;
}

async function failureOf(promise: Promise<unknown>): Promise<ProvisionFailedError> {
  const error: unknown = await promise.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ProvisionFailedError);
  return error as ProvisionFailedError;
}

test('the first step’s id is there while the second is still being made, by one request', async () => {
  slowSecond();
  const { outputs, handle } = await waitFor(planOf(), 'first');
  expect(rig.alive()).toEqual(['first-ws']);
  expect(await handle.outcome()).toBeUndefined();
  expect(await handle.result()).toMatchObject({ first: outputs, second: { id: expect.any(String) } });
});

test('the same plan attaches, running or provisioned, and no cloud is called again', async () => {
  slowSecond();
  const plan = planOf();
  const first = await provisioner().provision(plan);
  const second = await waitFor(plan, 'second');
  expect(second.handle.runId).toBe(first.runId);
  const made = rig.simulator.state().requests;
  const third = await provisioner().provisionAndWaitForStep(plan, 'first');
  expect([third.handle.runId, third.outputs]).toEqual([first.runId, (await first.result()).first]);
  expect(rig.simulator.state().requests).toEqual(made);
});

test('a step that will not be live is told by the outcome, once everything is undone', async () => {
  rig.simulator.setFaults({ operation: 'CreateWorkspace', do: 'refuse', status: 403 });
  const { outcome, ledger } = await failureOf(provisioner().provisionAndWaitForStep(planOf(), 'second'));
  expect([outcome, ledger?.steps.first?.state, rig.alive()]).toEqual(['RolledBack', 'deleted', []]);
});

test('who waits for the first step of a plan that fails later has its id, and the failure by the handle', async () => {
  rig.simulator.setFaults({ operation: 'CreateWorkspace', do: 'refuse', status: 403 });
  const { outputs, handle } = await waitFor(planOf(), 'first');
  const { outcome, ledger } = await failureOf(handle.result());
  expect([outcome, ledger?.steps.first?.id]).toEqual(['RolledBack', outputs.id]);
});

test('another plan under the name is refused at once, though that one is still at it', async () => {
  slowSecond();
  const plan = planOf();
  const running = await provisioner().provision(plan);
  const other = { ...plan, resources: { first: aiWorkspace('other-ws'), last: fabric('last') } };
  await expect(provisioner().provisionAndWaitForStep(other, 'first')).rejects.toBeInstanceOf(PlanConflictError);
  await expect(provisioner().provisionAndWaitForStep(other, 'last')).rejects.toBeInstanceOf(PlanConflictError);
  expect(await running.outcome()).toBeUndefined();
  await running.result();
});

test('a step that the plan has not is refused before anything is started', async () => {
  const plan = planOf();
  const error = await provisioner()
    .provisionAndWaitForStep(plan, 'frist')
    .catch((thrown: unknown) => thrown as InvalidRequestError);
  expect(error).toMatchObject({
    name: 'InvalidRequestError',
    problems: [{ path: 'step', message: 'there is no such step; steps: first, second' }],
  });
  await expect(provisioner().get(plan.name)).rejects.toThrow(/There is no workflow/);
});

test('a plan that only the worker finds wrong is NotStarted, with its problems', async () => {
  const plan = { ...planOf(), resources: { first: { ...aiWorkspace('a-ws'), connection: 'nowhere' } } };
  const { outcome, problems } = await failureOf(provisioner().provisionAndWaitForStep(plan, 'first'));
  expect([outcome, problems.map(({ path }) => path)]).toEqual(['NotStarted', ['resources.first.connection']]);
});

test('giving up waiting changes nothing in the workflow', async () => {
  slowSecond();
  const plan = planOf();
  const giveUp = new AbortController();
  const called = rig.nextCall('CreateWorkspace');
  const waiting = provisioner().provisionAndWaitForStep(plan, 'second', { signal: giveUp.signal });
  await called;
  giveUp.abort();
  await expect(waiting).rejects.toThrow();
  expect(await (await provisioner().get(plan.name)).result()).toMatchObject({ second: { id: expect.any(String) } });
});

test('a plan that was deprovisioned is made anew', async () => {
  const plan = planOf();
  const first = await waitFor(plan, 'second');
  await first.handle.result();
  const gone = await provisioner().deprovision({ plan: plan.name, by: 'ann', why: 'moved' });
  await gone.result();
  const again = await provisioner().provisionAndWaitForStep(plan, 'first');
  expect(again.handle.runId).not.toBe(first.handle.runId);
  await again.handle.result();
});

test('a handle refuses a step that its plan has not, instead of waiting for the end', async () => {
  const { handle } = await waitFor(planOf(), 'first');
  const wait = handle.waitForStep('frist' as 'first').catch((thrown: unknown) => thrown as InvalidRequestError);
  expect(await wait).toMatchObject({ name: 'InvalidRequestError', problems: [{ path: 'step' }] });
  await handle.result();
});

test('however many wait for a step, a move gets through, and all of them are answered', async () => {
  const plan: Plan = { ...planOf(), approval: 'required' };
  const handle = await provisioner().provision(plan);
  rig.track(handle.workflowId);
  const waiting = Array.from({ length: 12 }, () => handle.waitForStep('first'));
  waiting.push(
    provisioner()
      .provisionAndWaitForStep(plan, 'first')
      .then(({ outputs }) => outputs),
  );
  const updates = async () =>
    (await rig.client.workflow.getHandle(handle.workflowId).fetchHistory()).events?.filter(
      (event) => event.workflowExecutionUpdateAcceptedEventAttributes,
    ).length;
  while ((await updates()) !== MAX_WAITERS) await sleep(50);
  await handle.move('approve', { by: 'ann', why: 'as planned' });
  const { first } = await handle.result();
  expect(await Promise.all(waiting)).toEqual(waiting.map(() => first));
});
