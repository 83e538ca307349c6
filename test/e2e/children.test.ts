/** `provision` as a child of a user's own workflow: whatever becomes of the parent, nothing of the child's is left. */
import {
  type ApplicationFailure,
  type ChildWorkflowFailure,
  type WorkflowHandle,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { expect, test } from 'vitest';
import { ProvisionerClient } from '../../client/index.js';
import { parseMarker } from '../../contract/marker.js';
import { workflowIdOf } from '../../contract/names.js';
import type { Plan, ProvisionResult } from '../../contract/plan.js';
import { failureOf, outcomeOf } from '../support/closing.js';
import { faultOn, untilMet } from '../support/faults.js';
import { aiWorkspace, fabric, studio } from '../support/resources.js';
import { useRig } from '../support/rig.js';
import type { HowItRuns } from '../support/workflows.js';

const rig = useRig();

function twoSteps(): Plan {
  return {
    name: rig.planName(),
    resources: { ai: aiWorkspace(), fabric: fabric('fabric-ws', { dependsOn: ['ai'] }) },
  };
}

type Parent = (plan: Plan, then: 'return' | 'fail') => Promise<ProvisionResult>;

interface Family {
  readonly parent: WorkflowHandle<Parent>;
  readonly child: WorkflowHandle<(plan: Plan) => Promise<ProvisionResult>>;
}

async function startFamily(plan: Plan, then: 'return' | 'fail' = 'return'): Promise<Family> {
  const workflowId = `parent-of-${plan.name}`;
  const parent = await rig.client.workflow.start<Parent>('parent', {
    taskQueue: rig.taskQueue,
    workflowId,
    args: [plan, then],
  });
  rig.track(workflowId);
  rig.track(workflowIdOf(plan.name));
  return { parent, child: rig.client.workflow.getHandle(workflowIdOf(plan.name)) };
}

async function statusOf(handle: WorkflowHandle): Promise<string> {
  try {
    return (await handle.describe()).status.name;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'none';
    throw error;
  }
}

test('a parent gets the outputs of its plan', async () => {
  const { parent } = await startFamily(twoSteps());
  const result = await parent.result();
  const ids = rig.simulator.state().resources.map(({ id }) => id);
  expect([result.ai?.id, result.fabric?.id].sort()).toEqual(ids.sort());
});

test('a parent gets the typed failure of its plan, with the ledger and the first cause', async () => {
  rig.simulator.setFaults({ operation: 'CreateWorkspace', do: 'refuse', status: 403 });
  const { parent } = await startFamily(twoSteps());
  const failure = (await failureOf(parent)) as unknown as ChildWorkflowFailure;
  const rolledBack = failure.cause as ApplicationFailure;
  expect(rolledBack).toMatchObject({ type: 'RolledBack', nonRetryable: true });
  expect(rolledBack.details?.[0]).toMatchObject({
    outcome: 'RolledBack',
    steps: { ai: { state: 'deleted' }, fabric: { state: 'refused' } },
  });
  expect(rolledBack.cause).toMatchObject({ type: 'AccessDenied', details: [{ operation: 'CreateWorkspace' }] });
  expect(rig.alive()).toEqual([]);
});

test('a parent that is cancelled while its plan creates waits until the plan is rolled back', async () => {
  rig.simulator.setFaults({ operation: 'CreateWorkspace', do: 'slow', ms: 700 });
  const called = rig.nextCall('CreateWorkspace');
  const { parent, child } = await startFamily(twoSteps());
  await called;
  await parent.cancel();
  expect(await outcomeOf(parent)).not.toBe('Provisioned');
  expect(rig.alive()).toEqual([]);
  expect(await statusOf(child)).toBe('CANCELLED');
});

test('a parent that is terminated while its plan creates has its plan rolled back', async () => {
  rig.simulator.setFaults({ operation: 'CreateWorkspace', do: 'slow', ms: 700 });
  const called = rig.nextCall('CreateWorkspace');
  const { parent, child } = await startFamily(twoSteps());
  await called;
  await parent.terminate('a test');
  expect(await outcomeOf(child)).toBe('Cancelled');
  expect(rig.alive()).toEqual([]);
});

test('a parent that ends while its plan is undone leaves the undo to finish', async () => {
  rig.simulator.setFaults([
    { operation: 'CreateWorkspace', do: 'refuse', status: 400 },
    { operation: 'aiworkspaces/delete', do: 'fail-before', nth: 1, count: 2 },
  ]);
  const deleting = rig.nextCall('aiworkspaces/delete');
  const { parent, child } = await startFamily(twoSteps());
  await deleting;
  await parent.terminate('a test');
  // The first cause wins: the cancel that the parent's end sends changes nothing.
  expect(await outcomeOf(child)).toBe('RolledBack');
  expect(rig.alive()).toEqual([]);
});

test('a parent that fails after its plan keeps what the plan provisioned', async () => {
  const { parent, child } = await startFamily(twoSteps(), 'fail');
  expect(await outcomeOf(parent)).not.toBe('Provisioned');
  expect(await statusOf(child)).toBe('COMPLETED');
  expect(rig.alive()).toEqual(['ai-ws', 'fabric-ws']);
});

test('a plan named like one that is open fails the parent and leaves the open one alone', async () => {
  rig.simulator.setFaults({ operation: 'CreateManagerWorkSpace', do: 'slow', ms: 1000 });
  const called = rig.nextCall('CreateManagerWorkSpace');
  const plan: Plan = { name: rig.planName(), resources: { studio: studio() } };
  const open = await rig.start(plan);
  await called;
  const { parent } = await startFamily(plan);
  expect(await outcomeOf(parent)).not.toBe('Provisioned');
  expect(await outcomeOf(open)).toBe('Provisioned');
  expect(rig.alive()).toEqual(['studio_ws']);
});

const ENDS = {
  fails: (parent: WorkflowHandle) => parent.signal('fail'),
  'is terminated': (parent: WorkflowHandle) => parent.terminate('a test'),
  'is cancelled': (parent: WorkflowHandle) => parent.cancel(),
} as const;

/** The parent comes to its end while its plan has one step live and creates another. */
async function endWhileItCreates(
  how: HowItRuns,
  end: keyof typeof ENDS,
): Promise<{ plan: Plan; child: WorkflowHandle }> {
  const name = rig.planName();
  const names = { ai: `ai-${name.slice(-10)}`, fabric: `fabric-${name}` };
  const plan: Plan = {
    name,
    resources: { ai: aiWorkspace(names.ai), fabric: fabric(names.fabric, { dependsOn: ['ai'] }) },
  };
  const slow = faultOn(names.fabric, { operation: 'CreateWorkspace', do: 'slow', ms: 1500 });
  rig.simulator.setFaults(slow);
  const workflowId = `parent-of-${name}`;
  const options = { taskQueue: rig.taskQueue, workflowId, args: [plan, how] };
  const parent = await rig.client.workflow.start('besideItsPlan', options);
  rig.track(workflowId);
  rig.track(workflowIdOf(name));
  const child = rig.client.workflow.getHandle(workflowIdOf(name));
  await untilMet(rig, parent, slow);
  await ENDS[end](parent);
  await parent.result().catch(() => undefined);
  await child.result().catch(() => undefined);
  return { plan, child };
}

test('a parent that fails, is terminated or cancelled while its plan creates leaves nothing of it', async () => {
  await Promise.all(
    (['fails', 'is terminated', 'is cancelled'] as const).map(async (end) => {
      const { child } = await endWhileItCreates('executeProvision', end);
      expect(await statusOf(child), end).toBe('CANCELLED');
    }),
  );
  expect(rig.alive()).toEqual([]);
});

test('a plain child is rolled back with a cancelled parent, but killed with one that fails or is terminated', async () => {
  const cancelled = await endWhileItCreates('plain child', 'is cancelled');
  expect(await statusOf(cancelled.child)).toBe('CANCELLED');
  expect(rig.alive()).toEqual([]);
  await Promise.all(
    (['fails', 'is terminated'] as const).map(async (end) => {
      const { plan, child } = await endWhileItCreates('plain child', end);
      expect(await statusOf(child), end).toBe('TERMINATED');
      const handle = await new ProvisionerClient({ client: rig.client }).get(plan.name);
      // What it leaves: both resources, the one in flight too, each with a marker, and a ledger that names both.
      expect(await handle.outcome()).toBe('Abandoned');
      expect((await handle.ledger()).steps).toMatchObject({ ai: { state: 'live' }, fabric: { state: 'creating' } });
      const owners = rig.simulator.state().resources.map(({ description }) => parseMarker(description));
      const left = owners.filter((owner) => owner?.workflowId === child.workflowId).map((owner) => owner?.step);
      expect(left.sort(), end).toEqual(['ai', 'fabric']);
    }),
  );
});
