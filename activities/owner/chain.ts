/**
 * What the chain of runs that a marker names is doing: all runs of its workflow id that descend from its first run, by
 * continue-as-new or by reset. Asked run by run, never from visibility, which lags. What cannot be known is `unknown`.
 */
import type { Owner } from '../../contract/steps.js';

/** One run as the server describes it. */
export interface ChainRun {
  readonly runId: string;
  /** Kept by continue-as-new and by reset: a chain's name. */
  readonly firstRunId: string;
  readonly workflowType: string;
  readonly status: 'open' | 'completed' | 'continued' | 'closed';
  /** Server time, in ms since 1970. */
  readonly closedAt?: number;
  /** The run that this one continued as. */
  readonly continuedAs?: string;
  /** The latest of the runs that this one was reset to. An earlier one is not told any more, by anything. */
  readonly resetTo?: string;
}

/** Without a run id the latest run of the workflow id, whatever its chain; undefined where the server has none. */
export type DescribeRun = (workflowId: string, runId?: string) => Promise<ChainRun | undefined>;

export type Chain =
  | { readonly state: 'open' | 'provisioned' }
  | { readonly state: 'closed'; readonly closedAt: number; readonly last: ChainRun }
  | { readonly state: 'unknown'; readonly why: string };

/** Far more than any undo continues as new; a chain of more is left to a person. */
const MAX_RUNS = 100;

export async function findChain({ workflowId, runId }: Owner, describe: DescribeRun): Promise<Chain> {
  const latest = await describe(workflowId);
  if (!latest) return unknown('its workflow is past retention, or never was');
  if (latest.firstRunId !== runId) return await findOlderChain({ workflowId, runId }, describe);
  if (latest.status === 'open' || latest.status === 'continued') return { state: 'open' };
  if (latest.status === 'completed') return { state: 'provisioned' };
  return closedBy(latest);
}

/**
 * The name was used again, so this chain is over: only one run of a workflow id is open at a time. Its last run is known
 * where none was reset. Of several resets of one run only the latest is told, so there another may have ended it.
 */
async function findOlderChain(
  { workflowId, runId }: Pick<Owner, 'workflowId' | 'runId'>,
  describe: DescribeRun,
): Promise<Chain> {
  let next: string = runId;
  for (let runs = 0; runs < MAX_RUNS; runs++) {
    const run = await describe(workflowId, next);
    if (!run) return unknown('a run of it is past retention, or never was');
    if (run.firstRunId !== runId) return unknown('its marker names a run that is no first run');
    if (run.resetTo !== undefined) return unknown('it was reset, and its name was used again since');
    if (run.status === 'completed') return { state: 'provisioned' };
    if (run.status === 'closed') return closedBy(run);
    // Open after all: the name's latest run ended and this chain was taken up again meanwhile.
    if (run.status === 'open') return { state: 'open' };
    if (run.continuedAs === undefined) return unknown('it continued as a run that the server does not tell');
    next = run.continuedAs;
  }
  return unknown(`it has more than ${MAX_RUNS} runs`);
}

/**
 * Whether some run of a closed chain may have ended Provisioned before the chain was reset: another plan may have adopted
 * what it made. The runs are followed as far as the server tells them; one that it does not know may be that run.
 */
export async function mayHaveProvisioned(
  { workflowId, runId }: Pick<Owner, 'workflowId' | 'runId'>,
  last: ChainRun,
  describe: DescribeRun,
): Promise<boolean> {
  if (last.runId === runId) return false;
  const seen = new Set<string>([last.runId]);
  const open = [runId];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const run = await describe(workflowId, next);
    if (!run || run.status === 'completed' || seen.size > MAX_RUNS) return true;
    open.push(...[run.continuedAs, run.resetTo].filter((id) => id !== undefined));
  }
  return false;
}

function closedBy(last: ChainRun): Chain {
  if (last.closedAt === undefined) return unknown('the server does not tell when it closed');
  return { state: 'closed', closedAt: last.closedAt, last };
}

function unknown(why: string): Chain {
  return { state: 'unknown', why };
}
