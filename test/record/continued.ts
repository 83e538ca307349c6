/** Scenarios of undos that are parked so long that they continue as new: the first and the last run of each chain. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { expect } from 'vitest';
import { outcomeOf } from '../support/closing.js';
import { aiWorkspace, fabric, workflow } from '../support/resources.js';
import type { ProvisionRun, Rig } from '../support/rig.js';
import { planOf, type Scenario } from './scenario.js';

export async function nextOf(run: WorkflowHandle): Promise<string | undefined> {
  const { events } = await run.fetchHistory();
  return events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined;
}

/** Lets the undo go on once it has continued as new, and gives the chain's ends. */
async function endsOf(rig: Rig, run: ProvisionRun, outcome: string): Promise<readonly WorkflowHandle[]> {
  const first = rig.client.workflow.getHandle(run.workflowId, run.firstExecutionRunId);
  while ((await nextOf(first)) === undefined) await sleep(100);
  rig.simulator.clearFaults();
  expect(await outcomeOf(run)).toBe(outcome);
  expect(rig.alive()).toEqual([]);
  let last = first;
  for (let next = await nextOf(last); next !== undefined; next = await nextOf(last)) {
    rig.track(run.workflowId, next);
    last = rig.client.workflow.getHandle(run.workflowId, next);
  }
  return [first, last];
}

const PARKED = { operation: 'DeleteWorkspace', do: 'refuse', status: 403 } as const;

/** On a server that suggests to continue as new after a few events. */
export const CONTINUED: readonly Scenario[] = [
  {
    files: ['continued-rollback-first', 'continued-rollback-last'],
    async play(rig) {
      rig.simulator.setFaults([PARKED, { operation: 'CreateWorkflowDefinition', do: 'refuse', status: 400 }]);
      const resources = {
        base: fabric(),
        ai: aiWorkspace('ai-ws', { dependsOn: ['base'] }),
        flow: workflow('flow', { dependsOn: ['ai'] }),
      };
      return endsOf(rig, await rig.start(planOf('continued-rollback', resources)), 'RolledBack');
    },
  },
  {
    files: ['continued-cancel-first', 'continued-cancel-last'],
    async play(rig) {
      rig.simulator.setFaults([PARKED, { operation: 'aiworkspaces/create', do: 'slow', ms: 1500 }]);
      const called = rig.nextCall('aiworkspaces/create');
      const resources = { base: fabric(), ai: aiWorkspace('ai-ws', { dependsOn: ['base'] }) };
      const run = await rig.start(planOf('continued-cancel', resources));
      await called;
      await run.cancel();
      return endsOf(rig, run, 'Cancelled');
    },
  },
];
