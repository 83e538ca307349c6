/**
 * An operation that ends as a workflow does. The client decides what is started, attached to or refused; what it starts
 * carries the caller's callback, and what has ended already is answered at once.
 */
import { WorkflowNotFoundError, type WorkflowStartOptions } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  getClient,
  operationInfo,
  startWorkflow,
  type WorkflowHandle,
  WorkflowRunOperationHandler,
} from '@temporalio/nexus';
import {
  type CancelOperationContext,
  HandlerStartOperationResult,
  type OperationHandler,
  type StartOperationContext,
} from 'nexus-rpc';
import type { ProvisionHandle } from '../../client/handle.js';
import type { StartWorkflow } from '../../client/start-workflow.js';
import { MEMO } from '../../contract/names.js';
import { asNexusError } from './nexus-error.js';

const OPEN: readonly string[] = ['RUNNING', 'PAUSED'];

/** What an operation found or started, and the result that it has once that is over. */
export interface Begun<Output> {
  readonly run: ProvisionHandle;
  readonly result: () => Promise<Output>;
}

type Begin<Input, Output> = (input: Input, start: StartWorkflow) => Promise<Begun<Output>>;

export class WorkflowOperation<Input, Output> implements OperationHandler<Input, Output> {
  constructor(private readonly begin: Begin<Input, Output>) {}

  async start(context: StartOperationContext, input: Input): Promise<HandlerStartOperationResult<Output>> {
    try {
      const callback = new Callback<Output>(context);
      const { run, result } = await this.begin(input, callback.start);
      const attached = callback.attached ?? (await callback.attach(run, input));
      if (!attached) return HandlerStartOperationResult.sync(await result());
      return await new WorkflowRunOperationHandler<Input, Output>(async () => attached).start(context, input);
    } catch (error) {
      throw asNexusError(error);
    }
  }

  async cancel(context: CancelOperationContext, token: string): Promise<void> {
    try {
      await new WorkflowRunOperationHandler(notStartedHere).cancel(context, token);
    } catch (error) {
      // It ended a moment before, and its callback is on its way.
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }
}

function notStartedHere(): never {
  throw new Error('This handler only cancels.');
}

/** The caller's callback, on the run that its operation stands for. */
class Callback<Output> {
  attached: WorkflowHandle<Output> | undefined;

  constructor(private readonly context: StartOperationContext) {}

  readonly start: StartWorkflow = async (type, options) => {
    // What runs and is another plan's is left alone: the client looks at it next, and refuses.
    if (await isAnothers(options)) return;
    this.attached = await startWorkflow(this.context, type, options);
  };

  /** To a run that the client joined without a start. Undefined where it is over. */
  async attach(run: ProvisionHandle, input: unknown): Promise<WorkflowHandle<Output> | undefined> {
    const { workflowId, type, status } = await run.describe();
    if (!OPEN.includes(status)) return undefined;
    try {
      await this.start(type, {
        workflowId,
        taskQueue: operationInfo().taskQueue,
        args: [input],
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    return this.attached;
  }
}

async function isAnothers({ workflowId, memo }: Pick<WorkflowStartOptions, 'workflowId' | 'memo'>): Promise<boolean> {
  const wanted = memo?.[MEMO.planHash];
  if (wanted === undefined) return false;
  try {
    const found = await getClient().workflow.getHandle(workflowId).describe();
    // A foreign starter sets no memo: then only its input tells.
    const hash = found.memo?.[MEMO.planHash] ?? wanted;
    return OPEN.includes(found.status.name) && hash !== wanted;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
