/** What waits for a person, and the commands with which that person decides. */
import type { Ledger } from '../contract/ledger.js';
import type { MoveName } from '../contract/moves.js';

/** Stands where a step would: no step can be called so. */
const WHOLE_PLAN = '(plan)';

/** The steps that wait for a person, `(plan)` first where the whole plan does. */
export function waiting({ attention, steps }: Ledger): string[] {
  const parked = Object.entries(steps).flatMap(([key, { attention }]) => (attention ? [key] : []));
  return attention ? [WHOLE_PLAN, ...parked] : parked;
}

const OPERANDS: Readonly<Record<MoveName, (step: string) => string>> = {
  retry: (step) => ` ${step}`,
  adopt: (step) => ` ${step} ID`,
  skip: (step) => ` ${step} --output id=ID`,
  abandon: (step) => ` ${step} --confirm NAME`,
  rollback: () => '',
  approve: () => '',
  reject: () => '',
  deprovision: () => '',
};

/** One command a line, each as it is to be typed; the same move of several steps stands once for each. */
export function decideCommands(ledger: Ledger, plan: string, next: (command: string) => string): string[] {
  const ofPlan = (ledger.attention?.moves ?? []).map((move) => [move, ''] as const);
  const ofSteps = Object.entries(ledger.steps).flatMap(([key, { attention }]) =>
    (attention?.moves ?? []).map((move) => [move, key] as const),
  );
  const commands = [...ofPlan, ...ofSteps].map(([move, step]) => `${move} ${plan}${OPERANDS[move](step)} --why WHY`);
  return [...new Set(commands)].map(next);
}
