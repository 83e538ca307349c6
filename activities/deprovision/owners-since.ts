/** Whether those in whose name is deleted ran again meanwhile: a reset keeps a chain's name, and makes what was deleted again. */
import type { OwnersState } from '../../contract/deprovision.js';
import type { Owner } from '../../contract/steps.js';
import { type DescribeRun, findChain } from '../owner/chain.js';

export type Owners = readonly Omit<Owner, 'step'>[];

/** @param since Server time, in ms since 1970. */
export async function ownersSince(owners: Owners, since: number, describe: DescribeRun): Promise<OwnersState> {
  let state: OwnersState = 'closed';
  for (const owner of owners) {
    const chain = await findChain({ ...owner, step: '' }, describe);
    if (chain.state === 'open') return 'open';
    const run = await describe(owner.workflowId);
    const closedAt = run?.firstRunId === owner.runId ? run.closedAt : undefined;
    if (closedAt !== undefined && closedAt >= since) state = 'ran';
  }
  return state;
}
