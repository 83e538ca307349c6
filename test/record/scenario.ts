/** What a recorded history tells: a scenario, played once, whose runs are kept under names that never change. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import type { Plan, PlanResource } from '../../contract/plan.js';
import type { ProvisionRun, Rig } from '../support/rig.js';

export interface Scenario {
  /** Of the files, without `.json`: one for each run that is kept. */
  readonly files: readonly [string, ...string[]];
  /** Throws where it did not come to what it is named after: then nothing is kept. */
  play(rig: Rig): Promise<readonly WorkflowHandle[]>;
}

/** A scenario of one run. */
export function scenario(file: string, play: (rig: Rig, name: string) => Promise<WorkflowHandle>): Scenario {
  return { files: [file], play: async (rig) => [await play(rig, file)] };
}

export function planOf(
  name: string,
  resources: Readonly<Record<string, PlanResource>>,
  more: Partial<Plan> = {},
): Plan {
  return { name, resources, ...more };
}

/** Once a first attempt has failed, and the next is waited for. */
export async function untilInBackOff(run: ProvisionRun): Promise<void> {
  for (;;) {
    const { raw } = await run.describe();
    if (raw.pendingActivities?.some(({ lastFailure }) => lastFailure)) return;
    await sleep(20);
  }
}
