/** Sagas of somebody who has Temporal and not us. */
import { CancellationScope, proxyActivities } from '@temporalio/workflow';

interface Activities {
  createWorkspace(name: string): Promise<string>;
  removeWorkspace(name: string): Promise<void>;
  createWorkflow(name: string): Promise<string>;
  removeWorkflow(name: string): Promise<void>;
}

type Outputs = Readonly<Record<'workspace' | 'workflow', string>>;

// A minute is what documentation gives as a usual time for an activity; its retries are without end by default.
const { createWorkspace, removeWorkspace, createWorkflow, removeWorkflow } = proxyActivities<Activities>({
  startToCloseTimeout: '1 minute',
});

/** With heartbeats, so that the end of a worker is noticed; the same time-out as ours. */
const beating = proxyActivities<Activities>({ startToCloseTimeout: '1 minute', heartbeatTimeout: '30 seconds' });

/** No plan, no ledger, no undo. */
export async function bare(name: string): Promise<Outputs> {
  const workspace = await createWorkspace(name);
  const workflow = await createWorkflow(name);
  return { workspace, workflow };
}

/** After Temporal's saga sample for TypeScript: pushed after success, run in the catch, errors of an undo swallowed. */
export async function sampleSaga(name: string): Promise<Outputs> {
  const compensations: (() => Promise<void>)[] = [];
  try {
    const workspace = await createWorkspace(name);
    compensations.unshift(() => removeWorkspace(name));
    const workflow = await createWorkflow(name);
    compensations.unshift(() => removeWorkflow(name));
    return { workspace, workflow };
  } catch (error) {
    for (const compensate of compensations) await compensate().catch(() => undefined);
    throw error;
  }
}

/** As its guides advise: pushed before the call, run where a cancel does not reach. */
export async function carefulSaga(name: string): Promise<Outputs> {
  const compensations: (() => Promise<void>)[] = [];
  try {
    compensations.unshift(() => beating.removeWorkspace(name));
    const workspace = await beating.createWorkspace(name);
    compensations.unshift(() => beating.removeWorkflow(name));
    const workflow = await beating.createWorkflow(name);
    return { workspace, workflow };
  } catch (error) {
    await CancellationScope.nonCancellable(async () => {
      for (const compensate of compensations) await compensate().catch(() => undefined);
    });
    throw error;
  }
}
