/** A run as the server keeps it: what waits to be delivered, what is under way, and how it closed. */
import type { Json } from '../../contract/plan.js';
import type { Command, Job, RunInfo } from './workflow-protocol.js';
import type { TreeNode } from './workflow-tree.js';

type Scheduled = Extract<Command, { readonly do: 'activity' }>;

export interface Activity {
  readonly runId: string;
  readonly command: Scheduled;
  readonly firstScheduledAt: number;
  scheduledAt: number;
  number: number;
  /** Heartbeat details. */
  details: Json | undefined;
  state: 'queued' | 'running' | 'waiting';
  cancelRequested: boolean;
  /** An operator reset it while it ran: the next attempt is number 1. */
  resetRequested: 'no' | 'keep' | 'drop';
}

export type Close =
  | { readonly as: 'Completed'; readonly result: Json }
  | { readonly as: 'Failed'; readonly type: string; readonly details: readonly Json[] }
  | { readonly as: 'Cancelled' }
  | { readonly as: 'Terminated' }
  | { readonly as: 'ContinuedAsNew' };

/** A point that a run can be reset to: right before one of its workflow tasks. */
export interface ResetPoint {
  readonly node: TreeNode;
  readonly jobs: readonly Job[];
  readonly activities: readonly Activity[];
  readonly timers: ReadonlyMap<number, number>;
  readonly cancelled: boolean;
}

export class Run {
  jobs: Job[] = [];
  activities = new Map<number, Activity>();
  timers = new Map<number, number>();
  cancelRequested = false;
  continueAsNewSuggested = false;
  close: Close | undefined;
  closedAt: number | undefined;
  /** The run that this one was reset to last. */
  resetTo: string | undefined;
  continuedAs: string | undefined;
  memo: { readonly [key: string]: Json } = {};
  readonly resetPoints: ResetPoint[] = [];

  constructor(
    readonly info: RunInfo,
    readonly args: readonly Json[],
    public node: TreeNode,
  ) {}
}
