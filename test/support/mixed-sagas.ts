/** Sagas that end in every way at once: ones that nothing hinders, refused ones, and ones that somebody cancels. */
import { workflowIdOf } from '../../contract/names.js';
import type { Plan } from '../../contract/plan.js';
import type { Fault } from '../../simulator/faults.js';
import { aiWorkspace, studio, workflow } from './resources.js';
import type { Rig } from './rig.js';
import type { Random } from './seed.js';

const FATES = ['healthy', 'refused', 'cancelled'] as const;

const WRITES = [
  'CreateManagerWorkSpace',
  'BatchDeleteWorkspaces',
  'aiworkspaces/create',
  'aiworkspaces/delete',
  'CreateWorkflowDefinition',
  'DeleteWorkflowDefinition',
];

export interface MixedSaga {
  readonly plan: Plan;
  readonly fate: (typeof FATES)[number];
  /** When it is started, and how long after that it is cancelled. */
  readonly startMs: number;
  readonly cancelMs: number;
}

export interface MixedSetup {
  readonly count: number;
  /** They are started within this time. */
  readonly withinMs: number;
}

/** The last step of the refused ones meets {@link refusals}. */
export function mixedSagas(
  rig: Pick<Rig, 'planName'>,
  random: Random,
  { count, withinMs }: MixedSetup,
): readonly MixedSaga[] {
  return Array.from({ length: count }, (_, index) => {
    const resources = {
      studio: studio(`studio_${index}`),
      ai: aiWorkspace(`ai-${index}`),
      flow: workflow(`flow_${index}`, { dependsOn: ['studio', 'ai'] }),
    };
    const fate = FATES[random.below(FATES.length)] ?? 'healthy';
    const plan = { name: rig.planName(), resources };
    return { plan, fate, startMs: random.below(withinMs), cancelMs: random.below(3_000) };
  });
}

export function refusals(sagas: readonly MixedSaga[]): Fault[] {
  return sagas.flatMap(({ fate, plan }) => {
    const flow = plan.resources.flow?.spec as { readonly Spec: { readonly spec: { readonly name: string } } };
    const match = { name: flow.Spec.spec.name };
    return fate === 'refused' ? [{ operation: 'CreateWorkflowDefinition', do: 'refuse', status: 400, match }] : [];
  });
}

/** Slow enough that kills meet requests under way; lists stay quick, since those that grow while they are read fail. */
export function slowWrites(ms: number): Fault[] {
  return WRITES.map((operation) => ({ operation, do: 'slow', ms }));
}

/** How it must have ended. A cancel may come too late. */
export function endedAsItShould({ fate }: MixedSaga, outcome: string | undefined): boolean {
  if (fate === 'healthy') return outcome === 'Provisioned';
  if (fate === 'refused') return outcome === 'RolledBack';
  return outcome === 'Cancelled' || outcome === 'Provisioned';
}

/** Steps an attempt of which the server gave up: what the kills really met. */
export async function stepsHit(rig: Pick<Rig, 'client'>, sagas: readonly { readonly plan: Plan }[]): Promise<number> {
  let hit = 0;
  for (const { plan } of sagas) {
    const { events } = await rig.client.workflow.getHandle(workflowIdOf(plan.name)).fetchHistory();
    for (const { activityTaskStartedEventAttributes: started } of events ?? []) {
      const { timeoutFailureInfo, applicationFailureInfo } = started?.lastFailure ?? {};
      // A create that was lost says so once more while it waits for what it may have made.
      if (timeoutFailureInfo || applicationFailureInfo?.type === 'OutcomeUnknown') hit += 1;
    }
  }
  return hit;
}
