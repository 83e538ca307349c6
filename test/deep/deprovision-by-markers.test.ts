/** Every kind deprovisioned by its markers alone, with each fault on the call that deletes. */
import { expect, test } from 'vitest';
import type { Ledger } from '../../contract/ledger.js';
import type { DeprovisionRequest } from '../../contract/manifest.js';
import { deprovisionIdOf } from '../../contract/names.js';
import type { FaultAction } from '../../simulator/faults.js';
import { actionsOf } from '../support/fault-matrix.js';
import { KINDS, named } from '../support/resources.js';
import { useRig } from '../support/rig.js';

const rig = useRig();

const DELETED_BY: Readonly<Record<(typeof KINDS)[number][0], string>> = {
  CreateManagerWorkSpace: 'BatchDeleteWorkspaces',
  CreateWorkspace: 'DeleteWorkspace',
  'aiworkspaces/create': 'aiworkspaces/delete',
  CreateWorkflowDefinition: 'DeleteWorkflowDefinition',
  CreateProject: 'DeleteProject',
};

interface Case {
  readonly name: string;
  readonly resource: (typeof KINDS)[number][1];
  readonly operation: string;
  readonly action: FaultAction;
}

function casesOf(): Case[] {
  return KINDS.flatMap(([made, resource]) => {
    const operation = DELETED_BY[made];
    // What is refused for good is for a person: the matrix has it.
    const actions = actionsOf(rig.simulator, operation).filter((action) => action !== 'refuse');
    expect(actions.length, operation).toBeGreaterThan(5);
    return actions.map((action, index) => ({ name: named(`m${index}`, resource), resource, operation, action }));
  });
}

async function deprovisioned({ name, resource, operation, action }: Case): Promise<void> {
  const plan = rig.planName();
  await (await rig.start({ name: plan, resources: { it: resource(name) } })).result();
  const match = { userAgent: ` wf/${deprovisionIdOf(plan)} step/it ` };
  rig.simulator.setFaults({ operation, do: action, nth: 1, match, ...(action.startsWith('hang') && { ms: 300 }) });
  const later = await rig.client.workflow.start<(request: DeprovisionRequest) => Promise<Ledger>>('deprovision', {
    taskQueue: rig.taskQueue,
    workflowId: deprovisionIdOf(plan),
    args: [{ plan, by: 'ann', why: 'a test', discover: true, includeProtected: true }],
  });
  rig.track(later.workflowId, later.firstExecutionRunId);
  const ledger = await later.result();
  expect(ledger, `${operation} ${action}`).toMatchObject({
    outcome: 'Deprovisioned',
    steps: { it: { state: 'deleted' } },
  });
}

test('what each kind made is gone after a deprovisioning by markers, whatever meets its delete', async () => {
  const cases = casesOf();
  await Promise.all(cases.map(deprovisioned));
  expect(rig.alive()).toEqual([]);
  rig.expectFired();
});
