/** What each outcome means and what to do next, in the same words wherever a person reads it. */
import type { Outcome } from '../contract/failures.js';

export const OUTCOME_MEANS: Readonly<Record<Outcome, string>> = {
  Provisioned: 'every resource is live',
  RolledBack: 'nothing of this plan is alive but what is listed as kept',
  Cancelled: 'nothing of this plan is alive but what is listed as kept',
  NotStarted: 'no cloud was called',
  Abandoned: 'an operator let go, or the workflow was ended from outside: resources listed as not deleted may be alive',
  Deprovisioned: 'what was provisioned is deleted again, but what is listed as kept',
};

export const OUTCOME_NEXT: Readonly<Partial<Record<Outcome, string>>> = {
  RolledBack: 'remove the cause, then start the plan again',
  Cancelled: 'start the plan again when it is wanted',
  NotStarted: 'correct every problem that is listed, then start it again',
  Abandoned: 'look at the named resources in the cloud, and delete what nobody needs',
};
