/** The promise, judged from the simulator's state: Provisioned means each resource once, anything else means nothing. */
import { expect } from 'vitest';
import { parseMarker } from '../../contract/marker.js';
import { outcomeOf } from './closing.js';
import type { ProvisionRun, Rig } from './rig.js';

/** Step and id of everything alive that carries the marker of this run's chain. */
export function aliveOf(rig: Rig, run: ProvisionRun): string[] {
  return rig.simulator
    .state()
    .resources.flatMap(({ id, description }) => {
      const marker = parseMarker(description);
      return marker?.runId === run.firstExecutionRunId ? [`${marker.step} ${id}`] : [];
    })
    .sort();
}

/** How the run closed, once that is shown to be true of the clouds. */
export async function judge(rig: Rig, run: ProvisionRun, label: string): Promise<string> {
  const outcome = await outcomeOf(run);
  expect(['Provisioned', 'RolledBack', 'Cancelled'], label).toContain(outcome);
  const result = outcome === 'Provisioned' ? await run.result() : {};
  const promised = Object.entries(result).map(([step, { id }]) => `${step} ${id}`);
  expect(aliveOf(rig, run), `${label}: ${outcome}`).toEqual(promised.sort());
  return outcome;
}
