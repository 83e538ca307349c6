/** One call of a step's activity: the queue, id and label it goes by, and what every such call has to say. */
import { type ActivityOptions, proxyActivities } from '@temporalio/workflow';
import { activityType, type StepVerb } from '../contract/names.js';
import type { CreateInput, ResolvedPlan, ResolvedStep } from '../contract/steps.js';
import type { Book } from './book.js';
import { MAX_SUMMARY } from './policies.js';

type Common = Pick<CreateInput, 'step' | 'spec' | 'owner' | 'fingerprint'>;

export interface StepCall<Input extends Common> {
  readonly verb: StepVerb;
  /** Shown in the Temporal UI beside the activity's type. */
  readonly summary: string;
  readonly options: ActivityOptions;
  readonly input: Omit<Input, keyof Common>;
}

/** Whose steps are called: a book, or whoever has no ledger of their own. */
export interface Caller extends Pick<Book, 'spec' | 'owner'> {
  readonly resolved: Pick<ResolvedPlan, 'fingerprint'>;
}

export function callStep<Input extends Common, Result>(
  book: Caller,
  step: ResolvedStep,
  call: StepCall<Input>,
): Promise<Result> {
  const { verb, summary, options, input } = call;
  const { key, kind, taskQueue } = step;
  const type = activityType(kind, verb);
  const activities = proxyActivities<Record<string, (input: Common) => Promise<Result>>>({
    ...options,
    taskQueue,
    activityId: `${key}.${verb}`,
    summary: summary.slice(0, MAX_SUMMARY),
  });
  const { fingerprint } = book.resolved;
  const run = activities[type] as (input: Common) => Promise<Result>;
  return run({ step, spec: book.spec(step), owner: book.owner(key), fingerprint, ...input });
}
