/** Faults of one case among many: each meets the resource of one name only, and must have met it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import type { Fault } from '../../simulator/faults.js';
import type { Rig } from './rig.js';

/** A fault on one call about the resource of this name, by default on the next. */
export function faultOn(name: string, fault: Omit<Fault, 'match'>): Fault {
  return { nth: 1, ...fault, match: { name } };
}

/** Resolves when the fault has met its call; a run that ends without it has tested nothing. */
export async function untilMet(rig: Rig, run: WorkflowHandle, fault: Fault): Promise<void> {
  const { operation, match, nth } = fault;
  for (let polls = 1; ; polls++) {
    const set = rig.simulator
      .state()
      .faults.find(
        (each) =>
          each.operation === operation && each.match?.name === match?.name && each.nth === nth && each.do === fault.do,
      );
    if (set?.fired) return;
    if (polls % 50 === 0 && (await run.describe()).status.name !== 'RUNNING') {
      throw new Error(`${run.workflowId} ended before ${operation} of ${match?.name} was met`);
    }
    await sleep(20);
  }
}
