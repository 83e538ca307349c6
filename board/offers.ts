/** What somebody may do with a plan now: the moves that its ledger offers, and how it can be ended. */
import type { Attention } from '../contract/ledger.js';
import type { MoveName } from '../contract/moves.js';
import { WORKFLOW } from '../contract/names.js';
import { isOwned, type PlanFacts } from './plan-facts.js';

export type Act = MoveName | 'cancel';

export interface Offer {
  readonly act: Act;
  /** Undefined: of the whole plan. */
  readonly step?: string;
}

/** Something that waits, with what can be decided over it. */
export interface Decision {
  readonly step?: string;
  readonly attention: Attention;
  readonly offers: readonly Offer[];
}

/** Moves that are of the whole plan wherever they are offered. */
const OF_PLAN: readonly MoveName[] = ['rollback', 'approve', 'reject', 'deprovision'];

export function decisionsOf({ ledger, outcome }: Pick<PlanFacts, 'ledger' | 'outcome'>): readonly Decision[] {
  if (!ledger || outcome !== undefined) return [];
  const offered = new Set<MoveName>();
  // The same move of the whole plan stands where it is offered first.
  const once = (attention: Attention, step?: string): readonly Offer[] =>
    attention.moves.flatMap((act) => {
      if (!OF_PLAN.includes(act)) return [{ act, ...(step !== undefined && { step }) }];
      if (offered.has(act) || (act === 'deprovision' && isOwned({ ledger, outcome }))) return [];
      offered.add(act);
      return [{ act }];
    });
  const ofPlan = ledger.attention ? [{ attention: ledger.attention, offers: once(ledger.attention) }] : [];
  const ofSteps = Object.entries(ledger.steps).flatMap(([step, { attention }]) =>
    attention ? [{ step, attention, offers: once(attention, step) }] : [],
  );
  return [...ofPlan, ...ofSteps];
}

/** How the plan as a whole can be ended, whether something waits or not. */
export function endingsOf(facts: PlanFacts): readonly Offer[] {
  const { run, outcome, givenUp, source } = facts;
  if (run.type !== WORKFLOW.provision) return [];
  if (outcome === 'Provisioned') return givenUp === undefined ? [{ act: 'deprovision' }] : [];
  if (outcome !== undefined || run.cancelRequested) return [];
  // Whether it is owned only a worker knows.
  const owned = source === 'query' && isOwned(facts);
  return [...(owned ? [{ act: 'deprovision' } as const] : []), { act: 'cancel' }];
}

/** Of a form that was sent: whether it is an act at all is known, whether it is possible is the run's to say. */
export function isAct(text: string): text is Act {
  return ACTS.includes(text as Act);
}

const ACTS: readonly Act[] = [
  'retry',
  'adopt',
  'skip',
  'rollback',
  'abandon',
  'approve',
  'reject',
  'deprovision',
  'cancel',
];
