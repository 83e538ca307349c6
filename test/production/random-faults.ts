/**
 * Faults drawn for a saga's own calls, told by their User-Agent. All of them pass: the clouds hiccup, they do not refuse, so
 * that a saga's fate still says how it must end. What lands late does so within the workers' late-commit window of 1 s.
 */
import { workflowIdOf } from '../../contract/names.js';
import type { Fault, FaultAction } from '../../simulator/faults.js';
import type { MixedSaga } from '../support/mixed-sagas.js';
import type { Random } from '../support/seed.js';

const OPERATIONS = {
  studio: { create: 'CreateManagerWorkSpace', list: 'ListManagerWorkSpaces', delete: 'BatchDeleteWorkspaces' },
  ai: { create: 'aiworkspaces/create', list: 'aiworkspaces/getList', delete: 'aiworkspaces/delete' },
  flow: { create: 'CreateWorkflowDefinition', list: 'ListWorkflowDefinitions', delete: 'DeleteWorkflowDefinition' },
} as const;
const STEPS = ['studio', 'ai', 'flow'] as const;

const WRITES: readonly FaultAction[] = [
  'fail-before',
  'fail-after',
  'cut-before',
  'cut-after',
  'hang-before',
  'hang-after',
  'late',
  'slow',
  'throttle',
];
const READS: readonly FaultAction[] = ['fail-before', 'cut-before', 'hang-before', 'stale-list', 'slow', 'throttle'];

function drawn<T>(random: Random, items: readonly T[]): T {
  return items[random.below(items.length)] as T;
}

/** Up to three, on creates as a rule, now and then on a look-up or a delete. */
export function randomFaults(random: Random, { plan }: MixedSaga): readonly Fault[] {
  return Array.from({ length: random.below(4) }, () => {
    const step = drawn(random, STEPS);
    const call = drawn(random, ['create', 'create', 'list', 'delete'] as const);
    const action = drawn(random, call === 'list' ? READS : WRITES);
    return {
      operation: OPERATIONS[step][call],
      do: action,
      nth: 1,
      count: 1 + random.below(2),
      match: { userAgent: ` wf/${workflowIdOf(plan.name)} step/${step} ` },
      ...(action !== 'throttle' && { ms: 100 + random.below(600) }),
    };
  });
}
