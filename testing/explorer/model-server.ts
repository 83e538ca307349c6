/**
 * As much of a Temporal server as a saga meets: runs with their histories, activities with attempts and heartbeat
 * details, timers, cancels, resets, continue-as-new. Which of it happens next is for the schedule to say.
 */
import type { MoveName } from '../../contract/moves.js';
import type { Json } from '../../contract/plan.js';
import { type Activity, type Close, type ResetPoint, Run } from './model-run.js';
import { inOrder, isUpdate, recordedJobs } from './updates.js';
import type { ActivityResolution, Command, FailureFacts, Job, RunInfo } from './workflow-protocol.js';
import { asReplay, leavesNothing, pathTo, type TreeNode, type WorkflowTree } from './workflow-tree.js';

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
  /** How many updates were sent. */
  updates = 0;

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

  /** An operator sends an update; its name tells it from others. */
  update(name: MoveName, request: Json): void {
    this.updates += 1;
    this.current.jobs.push({ what: 'update', id: `update-${this.updates}`, name, args: [request] });
  }

  /** Delivers what has gathered as one workflow task. */
  async deliver(): Promise<void> {
    const run = this.current;
    const before = run.node;
    run.resetPoints.push({
      node: run.node,
      jobs: [...run.jobs],
      activities: [...run.activities.values()].map((activity) => ({ ...activity })),
      timers: new Map(run.timers),
      cancelled: run.cancelRequested,
    });
    for (let jobs = run.jobs.splice(0); jobs.length > 0; jobs = run.jobs.splice(0)) {
      const commands = await this.activate(run, inOrder(jobs));
      const local = commands.filter((command) => command.do === 'local');
      for (const command of commands) this.obey(run, command);
      // Local activities run within the workflow task.
      for (const { seq, type, args } of local) {
        run.jobs.push({ what: 'resolved', seq, local: true, result: this.local.run(type, args, run) });
      }
      if (local.length === 0) break;
    }
    if (leavesNothing(run.node) && run.node.parent === before) {
      // All that it brought was refused: the server drops such a task, and the history stays as it was.
      run.node = before;
      run.resetPoints.pop();
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

  /**
   * `temporal workflow reset`: the run up to that task is replayed by a new run, which decides from there on. Updates that
   * were accepted behind it are sent again, unless the operator excludes them.
   */
  async reset(index: number, updates: 'again' | 'excluded' = 'again'): Promise<void> {
    const old = this.current;
    const point = old.resetPoints[index] as ResetPoint;
    if (!old.close) this.terminate();
    const runId = `run-${this.runs.length + 1}`;
    old.resetTo = runId;
    const info = { ...old.info, runId };
    const run = new Run(info, old.args, await this.replayed(info, point.node));
    run.jobs = point.jobs.filter((job) => !isUpdate(job));
    if (updates === 'again') run.jobs.push(...updatesBehind(old, point));
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
    // The task itself is there all the same, where all that had brought it about was left out.
    if (run.jobs.length === 0 && updates === 'again') throw new Error('a workflow task without a reason');
  }

  private async replayed(info: RunInfo, base: TreeNode): Promise<TreeNode> {
    let node = this.tree.root(info);
    for (const activation of pathTo(base).map(asReplay)) node = await this.tree.extend(node, activation);
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

/** What was accepted from that task on, in its order, as if it came now. */
export function updatesBehind({ node }: Run, point: ResetPoint): readonly Job[] {
  const before = pathTo(point.node).length;
  return pathTo(node)
    .slice(before)
    .flatMap(({ activation, commands }) => recordedJobs({ jobs: activation?.jobs ?? [], commands }))
    .filter(isUpdate)
    .map(({ known: _known, ...job }) => job);
}
