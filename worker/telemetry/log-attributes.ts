/** Every line that an activity of a connection logs, the SDK's too, says whose it is: plan, step, kind, action, connection. */
import type { Context } from '@temporalio/activity';
import type { ActivityInterceptors } from '@temporalio/worker';

/** Prefixes of the workflow ids that we choose; behind one of them stands the plan's name. */
const PLAN_ID = /^(?:provision|deprovision|verify)-(.+)$/s;

export function describeActivity(connection: string): (context: Context) => ActivityInterceptors {
  return ({ info }) => {
    const attributes = { ...attributesOf(info), connection };
    return { outbound: { getLogAttributes: (input, next) => next({ ...input, ...attributes }) } };
  };
}

function attributesOf({ activityType, activityId, workflowExecution }: Context['info']): Record<string, string> {
  const dot = activityType.lastIndexOf('.');
  const action = activityType.slice(dot + 1);
  const plan = PLAN_ID.exec(workflowExecution?.workflowId ?? '')?.[1];
  const step = activityId.endsWith(`.${action}`) ? activityId.slice(0, -action.length - 1) : undefined;
  return { kind: activityType.slice(0, dot), action, ...(plan && { plan }), ...(step && { step }) };
}
