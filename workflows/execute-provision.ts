/** For parents: `provision` as a child that is never terminated with its parent, but asked to roll back. */
import { ChildWorkflowCancellationType, executeChild, ParentClosePolicy } from '@temporalio/workflow';
import { WORKFLOW, workflowIdOf } from '../contract/names.js';
import type { Plan } from '../contract/plan.js';
import type { ResultOf, TypedPlan } from '../contract/typed-plan.js';

/**
 * Runs a plan as a child workflow and waits for it.
 *
 * A plain `executeChild` terminates the child when the parent fails, and a terminated child cannot undo anything. This
 * one sets parent-close policy REQUEST_CANCEL and waits for a cancelled child's rollback.
 *
 * @param options.taskQueue Queue of the provision worker; default the parent's own.
 * @throws ChildWorkflowFailure around what `provision` throws: `readCloseFailure` of `temporal-provisioner/own-workflows` tells
 *   outcome, ledger and cause.
 */
export async function executeProvision<Step extends string>(
  plan: TypedPlan<Step>,
  options: { readonly taskQueue?: string } = {},
): Promise<ResultOf<Step>> {
  return executeChild<(plan: Plan) => Promise<ResultOf<Step>>>(WORKFLOW.provision, {
    args: [plan],
    workflowId: workflowIdOf(plan.name),
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
    staticSummary: `plan ${plan.name}`,
    ...(options.taskQueue !== undefined && { taskQueue: options.taskQueue }),
  });
}
