/** What the demo claims, checked against the simulator's state: who made what, who deleted what, and what is left. */

import { parseMarker } from '../../contract/marker.js';
import { workflowIdOf } from '../../contract/names.js';
import type { SimulatorState } from '../../simulator/start.js';

/** Operations that make or delete a resource of the example plan, by the clouds' documented names. */
const CREATES = ['CreateManagerWorkSpace', 'CreateWorkspace', 'aiworkspaces/create', 'CreateWorkflowDefinition'];
const DELETES = ['BatchDeleteWorkspaces', 'DeleteWorkspace', 'aiworkspaces/delete', 'DeleteWorkflowDefinition'];

export interface Proof {
  readonly createRequests: number;
  readonly deleteRequests: number;
  /** Resources whose marker names the plan. */
  readonly left: readonly string[];
  /** Resources that were there before and are gone, or the other way round. */
  readonly changed: readonly string[];
}

export function prove(plan: string, before: SimulatorState, after: SimulatorState): Proof {
  const ids = (state: SimulatorState) => state.resources.map(({ id }) => id);
  const [old, now] = [ids(before), ids(after)];
  return {
    createRequests: requests(after, CREATES) - requests(before, CREATES),
    deleteRequests: requests(after, DELETES) - requests(before, DELETES),
    left: after.resources.filter((resource) => ownedBy(resource.description, plan)).map(({ name }) => name),
    changed: [...old.filter((id) => !now.includes(id)), ...now.filter((id) => !old.includes(id))],
  };
}

/** How many resources the plan's marker is on. */
export function countOf(plan: string, state: SimulatorState): number {
  return state.resources.filter((resource) => ownedBy(resource.description, plan)).length;
}

function ownedBy(description: string | undefined, plan: string): boolean {
  return parseMarker(description)?.workflowId === workflowIdOf(plan);
}

function requests(state: SimulatorState, operations: readonly string[]): number {
  return operations.reduce((sum, operation) => sum + (state.requests[operation] ?? 0), 0);
}
