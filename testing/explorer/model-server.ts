/**
 * As much of a Temporal server as a saga meets: runs with their histories, activities with attempts and heartbeat
 * details, timers, cancels, resets, continue-as-new. Which of it happens next is for the schedule to say.
 */
import type { Json } from '../../contract/plan.js';
import type { Activation, ActivityResolution, Command, FailureFacts, Job, RunInfo } from './workflow-protocol.js';
import { asReplay, type TreeNode, type WorkflowTree } from './workflow-tree.js';

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
interface ResetPoint {
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

/** What the world does with commands that leave the workflow. */
export interface LocalActivities {
  run(type: string, args: readonly Json[], run: Run): ActivityResolution;
}

interface Outside {
  readonly clock: () => number;
  /** The workflow asks for an activity's cancel. */
  readonly onCancel: (activity: Activity) => void;
  /** The workflow goes on while an attempt of it is still under way. */
  readonly onAbandon: (activity: Activity) => void;
}

const WORKFLOW_ID = 'provision-explored';

export class ModelServer {
  readonly runs: Run[] = [];

  constructor(
    private readonly tree: WorkflowTree,
    private readonly local: LocalActivities,
    private readonly outside: Outside,
  ) {}

  /** The latest run: the only one that can be open. */
  get current(): Run {
    return this.runs.at(-1) as Run;
  }

  start(args: readonly Json[]): void {
    const runId = 'run-1';
    this.open({ workflowId: WORKFLOW_ID, runId, firstRunId: runId, originalRunId: runId }, args);
  }

  cancel(): void {
    const run = this.current;
    if (run.close || run.cancelRequested) return;
    run.cancelRequested = true;
    run.jobs.push({ what: 'cancel' });
  }

  terminate(): void {
    this.end(this.current, { as: 'Terminated' });
  }

  /** Delivers what has gathered as one workflow task. */
  async deliver(): Promise<void> {
    const run = this.current;
    run.resetPoints.push({
      node: run.node,
      jobs: [...run.jobs],
      activities: [...run.activities.values()].map((activity) => ({ ...activity })),
      timers: new Map(run.timers),
      cancelled: run.cancelRequested,
    });
    for (let jobs = run.jobs.splice(0); jobs.length > 0; jobs = run.jobs.splice(0)) {
      const commands = await this.activate(run, jobs);
      const local = commands.filter((command) => command.do === 'local');
      for (const command of commands) this.obey(run, command);
      // Local activities run within the workflow task.
      for (const { seq, type, args } of local) {
        run.jobs.push({ what: 'resolved', seq, local: true, result: this.local.run(type, args, run) });
      }
      if (local.length === 0) break;
    }
    if (run.close && run.close.as !== 'ContinuedAsNew') await this.tree.replay(run.node);
  }

  resolve(activity: Activity, result: ActivityResolution): void {
    const run = this.current;
    if (run.info.runId !== activity.runId || !run.activities.delete(activity.command.seq)) return;
    run.jobs.push({ what: 'resolved', seq: activity.command.seq, local: false, result });
  }

  fire(seq: number): void {
    this.current.timers.delete(seq);
    this.current.jobs.push({ what: 'timer', seq });
  }

  /** An attempt ended badly, or was given up. */
  failAttempt(
    activity: Activity,
    failure: FailureFacts,
    retry: { readonly afterMs?: number; readonly final?: true } = {},
  ): void {
    const { maximumAttempts, firstRetryMs } = activity.command;
    const exhausted = maximumAttempts > 0 && activity.number >= maximumAttempts;
    const refused = failure.is === 'application' && failure.nonRetryable;
    if (retry.final || exhausted || refused || activity.cancelRequested || failure.is === 'cancelled') {
      this.resolve(activity, { failed: failure });
      return;
    }
    const wait = retry.afterMs ?? Math.min(60_000, firstRetryMs * 2 ** (activity.number - 1));
    activity.state = 'waiting';
    activity.scheduledAt = this.outside.clock() + Math.max(1, wait);
    activity.number += 1;
    if (activity.resetRequested === 'no') return;
    activity.number = 1;
    if (activity.resetRequested === 'drop') activity.details = undefined;
    activity.resetRequested = 'no';
  }

  /** `temporal activity reset`. */
  resetActivity(activity: Activity, heartbeat: 'keep' | 'drop'): void {
    if (activity.state === 'running') {
      activity.resetRequested = heartbeat;
      return;
    }
    activity.number = 1;
    // Time passes between two attempts, be it a millisecond.
    activity.scheduledAt = Math.max(this.outside.clock(), activity.firstScheduledAt + 1);
    if (heartbeat === 'drop') activity.details = undefined;
  }

  /** `temporal workflow reset`: the run up to that task is replayed by a new run, which decides from there on. */
  async reset(index: number): Promise<void> {
    const old = this.current;
    const point = old.resetPoints[index] as ResetPoint;
    if (!old.close) this.terminate();
    const runId = `run-${this.runs.length + 1}`;
    old.resetTo = runId;
    const info = { ...old.info, runId };
    const run = new Run(info, old.args, await this.replayed(info, point.node));
    run.jobs = [...point.jobs];
    run.timers = new Map(point.timers);
    run.cancelRequested = point.cancelled;
    for (const activity of point.activities) {
      const handed: Activity = {
        ...activity,
        runId,
        number: 1,
        scheduledAt: this.outside.clock(),
        firstScheduledAt: this.outside.clock(),
        details: undefined,
        state: 'queued',
        resetRequested: 'no',
      };
      run.activities.set(activity.command.seq, handed);
    }
    this.runs.push(run);
    // The server applies a cancel of the old run to the new one.
    if (old.cancelRequested && !point.cancelled) this.cancel();
    if (run.jobs.length === 0) throw new Error('a workflow task without a reason');
  }

  private async replayed(info: RunInfo, base: TreeNode): Promise<TreeNode> {
    const path: Activation[] = [];
    for (let at: TreeNode | undefined = base; at?.activation; at = at.parent) {
      path.unshift(asReplay(at));
    }
    let node = this.tree.root(info);
    for (const activation of path) node = await this.tree.extend(node, activation);
    return node;
  }

  private async activate(run: Run, jobs: readonly Job[]): Promise<readonly Command[]> {
    const { continueAsNewSuggested } = run;
    run.node = await this.tree.extend(run.node, {
      at: this.outside.clock(),
      replaying: false,
      continueAsNewSuggested,
      jobs,
    });
    return run.node.commands;
  }

  private open(info: RunInfo, args: readonly Json[]): void {
    const run = new Run(info, args, this.tree.root(info));
    run.jobs.push({ what: 'start', args });
    this.runs.push(run);
  }

  private obey(run: Run, command: Command): void {
    switch (command.do) {
      case 'activity': {
        const at = this.outside.clock();
        run.activities.set(command.seq, {
          runId: run.info.runId,
          command,
          firstScheduledAt: at,
          scheduledAt: at,
          number: 1,
          details: undefined,
          state: 'queued',
          cancelRequested: false,
          resetRequested: 'no',
        });
        return;
      }
      case 'cancel-activity':
        this.cancelActivity(run, command.seq);
        return;
      case 'timer':
        run.timers.set(command.seq, this.outside.clock() + command.ms);
        return;
      case 'cancel-timer':
        run.timers.delete(command.seq);
        return;
      case 'memo':
        run.memo = { ...run.memo, ...command.fields };
        return;
      case 'complete':
        this.end(run, { as: 'Completed', result: command.result });
        return;
      case 'fail':
        this.end(run, { as: 'Failed', type: command.type, details: command.details });
        return;
      case 'cancelled':
        this.end(run, { as: 'Cancelled' });
        return;
      case 'continue': {
        this.end(run, { as: 'ContinuedAsNew' });
        const { workflowId, firstRunId, runId: continuedFrom } = run.info;
        const runId = `run-${this.runs.length + 1}`;
        run.continuedAs = runId;
        this.open({ workflowId, runId, firstRunId, originalRunId: runId, continuedFrom }, command.args);
        return;
      }
      case 'local':
      case 'patch':
      case 'attributes':
      case 'child':
    }
  }

  private end(run: Run, close: Close): void {
    run.close = close;
    run.closedAt = this.outside.clock();
    run.activities.clear();
    run.timers.clear();
    run.jobs = [];
  }

  private cancelActivity(run: Run, seq: number): void {
    const activity = run.activities.get(seq);
    if (!activity) return;
    activity.cancelRequested = true;
    this.outside.onCancel(activity);
    // What no worker has in hand ends at once, and the server says so in words of its own.
    if (activity.state !== 'running') {
      this.resolve(activity, { failed: { is: 'cancelled', details: ['ACTIVITY_ID_NOT_STARTED'] } });
    } else if (activity.command.onCancel === 'try') {
      // The SDK's core answers the workflow itself, whatever the attempt still does.
      this.outside.onAbandon(activity);
      this.resolve(activity, { failed: { is: 'cancelled', details: [] } });
    }
  }
}
