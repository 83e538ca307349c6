/** A user's workflow module: our workflows re-exported beside their own. */
import {
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  defineSignal,
  executeChild,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';
import type { Plan, ProvisionResult } from '../../contract/plan.js';
import { executeProvision } from '../../workflows/index.js';

export * from '../../workflows/index.js';

/** A user's own workflow with a user's own activity, on the same worker. */
export async function greet(name: string): Promise<string> {
  const { greeting } = proxyActivities<{ greeting(name: string): Promise<string> }>({ startToCloseTimeout: '10 s' });
  return greeting(name);
}

/** One activity of ours by its name, as a workflow of ours would schedule it. */
export async function oneActivity(taskQueue: string, type: string, input: unknown): Promise<unknown> {
  const activities = proxyActivities<Record<string, (input: unknown) => Promise<unknown>>>({
    taskQueue,
    startToCloseTimeout: '30 s',
    retry: { maximumAttempts: 1 },
  });
  return activities[type]?.(input);
}

/** A parent that provisions as one of its steps, then fails if it is told to. */
export async function parent(plan: Plan, then: 'return' | 'fail'): Promise<ProvisionResult> {
  const result = await executeProvision(plan);
  if (then === 'fail') throw ApplicationFailure.nonRetryable('the parent fails after its child');
  return result;
}

export type HowItRuns = 'executeProvision' | 'plain child';

/** A parent that fails as soon as it is told to, whatever its plan is doing then. A plain child is what the README warns of. */
export async function besideItsPlan(plan: Plan, how: HowItRuns): Promise<unknown> {
  let told = false;
  setHandler(defineSignal('fail'), () => {
    told = true;
  });
  const workflowId = `provision-${plan.name}`;
  const child =
    how === 'plain child' ? executeChild('provision', { args: [plan], workflowId }) : executeProvision(plan);
  // A cancel is the child's to answer: who does not wait for it here ends at once, and the child with them.
  const failure = CancellationScope.nonCancellable(() => condition(() => told)).then(() => {
    throw ApplicationFailure.nonRetryable('the parent fails beside its child');
  });
  return Promise.race([child, failure]);
}

/** A chain of runs, ended or continued by signals: what a test follows to its end. */
export async function relay(): Promise<void> {
  let told: 'continue' | 'complete' | 'fail' | undefined;
  setHandler(defineSignal<['continue' | 'complete' | 'fail']>('go'), (what) => {
    told = what;
  });
  await condition(() => told !== undefined);
  if (told === 'continue') await continueAsNew();
  if (told === 'fail') throw ApplicationFailure.nonRetryable('as it was told');
}
