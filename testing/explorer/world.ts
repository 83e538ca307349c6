/**
 * One schedule's world: the server, the clouds, the attempts that run, the clock, and everything that was promised, checked
 * at each step. It offers what may happen next; the explorer chooses.
 */

import { createCatalog } from '../../activities/catalog.js';
import { SharedLookUps } from '../../activities/http/shared-look-ups.js';
import type { Kind } from '../../activities/kind.js';
import type { OwnedStep } from '../../activities/owner/read-owner.js';
import { resolvePlan } from '../../activities/resolve-plan.js';
import { formatMarker } from '../../contract/marker.js';
import { CANCEL_SELF, RESOLVE_PLAN, type StepVerb } from '../../contract/names.js';
import type { Json } from '../../contract/plan.js';
import { ModelCloud, type Thing } from './model-cloud.js';
import { MODEL_CONNECTION, modelKind } from './model-kind.js';
import type { Activity } from './model-run.js';
import { ModelServer } from './model-server.js';
import { type AttemptSetting, RunningAttempt } from './running-attempt.js';
import type { Bystander, Given, Scenario } from './scenario.js';
import { failureOf } from './server-answers.js';
import type { Swept } from './sweeping.js';
import type { ActivityResolution } from './workflow-protocol.js';
import type { WorkflowTree } from './workflow-tree.js';

/** Any time will do, as long as it is long after 1970: 0 means "unset" in places. */
const BEGIN = 1_000_000;

export class Violation extends Error {}

/** An attempt in somebody's hands. A zombie's outcome interests nobody any more; what it does to a cloud still counts. */
export interface Hand {
  readonly activity: Activity;
  readonly attempt: RunningAttempt;
  readonly verb: StepVerb | 'sweep';
  readonly step: string;
  readonly cloud: ModelCloud;
  readonly label: string;
  /** When the server gave it up. */
  lostAt: number;
}

export class World {
  now = BEGIN;
  readonly clouds = new Map<string, ModelCloud>();
  readonly server: ModelServer;
  hands: Hand[] = [];
  looks = 0;
  sweeps = 0;
  /** What the latest sweep that ended left to people, and when it had begun. */
  lastSweep: { readonly begunAt: number; readonly unknown: number } | undefined;
  /** Who moved last: goes on, unless preempted. */
  lastActor = '';
  /** Ids of what is not ours. */
  readonly foreign = new Set<string>();
  /** Steps of which something may have been made, as far as anybody but the cloud can know. */
  readonly doubted = new Set<string>();
  /** What is still certain to go wrong. */
  readonly given: Set<Given>;
  /** Whether something that a move may meet has changed: the run has acted, an attempt begun or ended, a resource come or gone. */
  news = true;
  private known = '';
  private readonly kinds = new Map<string, Kind>();
  private readonly lookUps = new SharedLookUps();

  constructor(
    readonly scenario: Scenario,
    tree: WorkflowTree,
  ) {
    this.given = new Set(scenario.given);
    for (const [name, model] of Object.entries(scenario.clouds)) {
      this.clouds.set(name, new ModelCloud(model, `${'xyz'[this.clouds.size]}-`));
      this.kinds.set(name, modelKind(name, model) as unknown as Kind);
    }
    const local = { run: (type: string, args: readonly Json[]) => this.runLocal(type, args) };
    // A create that the saga itself cancels is not told to have been refused.
    const onCancel = (activity: Activity) => {
      this.doubted.add(stepOf(activity));
      if (activity.command.type.endsWith('.adopt')) this.broken('what an operator asks the cloud is cancelled');
    };
    const onAbandon = ({ command }: Activity) =>
      this.broken(`${command.type} is in flight, and nobody waits for its answer`);
    this.server = new ModelServer(tree, local, { clock: () => this.now, onCancel, onAbandon });
    for (const bystander of scenario.bystanders ?? []) this.addBystander(bystander);
    this.server.start([scenario.plan as unknown as Json]);
  }

  /** A promise is broken. */
  broken(what: string): never {
    throw new Violation(what);
  }

  /** Clouds in which a step has its resource. */
  cloudOf(step: string): ModelCloud {
    return this.clouds.get(this.scenario.plan.resources[step]?.kind ?? '') as ModelCloud;
  }

  nameOf(step: string): string {
    return String(this.scenario.plan.resources[step]?.spec.name);
  }

  addBystander({ name, marker, beside }: Bystander): void {
    const step = beside ?? Object.keys(this.scenario.plan.resources).find((key) => this.nameOf(key) === name) ?? '';
    const text = formatMarker({
      namespace: 'default',
      workflowId: this.server.runs[0]?.info.workflowId ?? 'provision-explored',
      step,
      runId: 'run-of-another-time',
      keep: false,
    });
    const thing = this.cloudOf(step).create(this.now, name, marker === 'none' ? 'not yours' : text);
    if (thing) this.foreign.add(thing.id);
  }

  /** What is alive and was made by this plan. */
  ours(step: string): readonly Thing[] {
    return this.cloudOf(step).things.filter(({ id, name }) => name === this.nameOf(step) && !this.foreign.has(id));
  }

  advance(to: number): void {
    if (to <= this.now) return;
    for (const cloud of this.clouds.values()) cloud.pass(to);
    this.now = to;
  }

  isAttached({ activity, attempt, verb }: Hand): boolean {
    // It belongs to a workflow of its own.
    if (verb === 'sweep') return true;
    const { current } = this.server;
    const held = current.activities.get(activity.command.seq);
    return held === activity && activity.state === 'running' && this.holder(activity)?.attempt === attempt;
  }

  startAttempt(activity: Activity): void {
    activity.state = 'running';
    const { command, runId } = activity;
    const input = command.args[0] as Json;
    const step = stepOf(activity);
    const cut = command.type.lastIndexOf('.');
    const verb = command.type.slice(cut + 1) as StepVerb;
    const kind = this.kinds.get(command.type.slice(0, cut)) as Kind;
    const { number, firstScheduledAt, scheduledAt, details } = activity;
    const told = { runId, number, firstScheduledAt, scheduledAt, details };
    this.takeOn({ verb, step, input, kind, activity, label: `${verb} ${step}, attempt ${number}`, ...told });
  }

  /** A sweep of one kind, deletion included, by a workflow of its own. */
  startSweep(): void {
    this.sweeps += 1;
    const [step = ''] = Object.keys(this.scenario.plan.resources);
    const kind = this.kinds.get(this.scenario.plan.resources[step]?.kind ?? '') as Kind;
    const at = { firstScheduledAt: this.now, scheduledAt: this.now, number: 1, details: undefined };
    const command = {
      do: 'activity',
      seq: -this.sweeps,
      id: 'sweep',
      type: 'sweep',
      taskQueue: '',
      args: [],
      summary: '',
      onCancel: 'wait',
      maximumAttempts: 1,
      firstRetryMs: 0,
    } as const;
    const activity: Activity = {
      runId: 'sweep',
      command,
      ...at,
      state: 'running',
      cancelRequested: false,
      resetRequested: 'no',
    };
    this.takeOn({
      verb: 'sweep',
      step,
      input: null,
      kind,
      activity,
      label: `sweep ${this.sweeps}`,
      runId: 'sweep',
      ...at,
    });
  }

  private takeOn(
    taken: Pick<
      AttemptSetting,
      'verb' | 'input' | 'runId' | 'number' | 'firstScheduledAt' | 'scheduledAt' | 'details' | 'kind'
    > &
      Pick<Hand, 'activity' | 'step' | 'label'>,
  ): void {
    const { activity, step, label, ...told } = taken;
    const attempt = new RunningAttempt({
      ...told,
      startedAt: this.now,
      connection: MODEL_CONNECTION,
      windowMs: told.kind.lateCommitWindowMs,
      lookUps: this.lookUps,
      lookCount: () => this.looks,
      clock: () => this.now,
      stepsOf: (id) => this.stepsOf(id),
    });
    const cloud = this.cloudOf(step);
    this.hands.push({
      activity,
      attempt,
      verb: told.verb,
      step,
      cloud,
      label,
      lostAt: Number.POSITIVE_INFINITY,
    });
  }

  /** As a closed run's ledger and plan tell it. */
  private stepsOf(runId: string): ReadonlyMap<string, OwnedStep> {
    const ledger = this.server.runs.find(({ info }) => info.runId === runId)?.node.ledger;
    const { resources } = this.scenario.plan;
    return new Map(
      Object.entries(resources).map(([key, { kind }], rank) => [
        key,
        { kind, rank, state: ledger?.steps[key]?.state ?? 'planned' },
      ]),
    );
  }

  /** Lets everything run that can, up to its next door; then takes in what has ended. */
  async settle(): Promise<void> {
    // Every microtask is done before the next macrotask.
    await new Promise((resolve) => setImmediate(resolve));
    for (const hand of this.hands.filter(({ attempt }) => attempt.end ?? attempt.defect)) this.finish(hand);
    for (const { attempt, cloud } of this.hands) {
      for (const open of attempt.doors) open.asked ??= cloud.shown().map((thing) => ({ ...thing }));
    }
    for (const hand of this.hands) if (!this.isAttached(hand)) hand.lostAt = Math.min(hand.lostAt, this.now);
    this.hearNews();
  }

  private hearNews(): void {
    const { node, jobs, activities } = this.server.current;
    const things = Object.keys(this.scenario.plan.resources).map((step) => this.ours(step).map(({ id }) => id));
    const attempts = [...activities].map(([seq, { state, number }]) => [seq, state, number]);
    const known = JSON.stringify([node.id, this.server.updates, jobs.length, things, attempts]);
    this.news = known !== this.known;
    this.known = known;
  }

  /** Everything that decides what can still happen, as text. */
  state(): string {
    const runs = this.server.runs.map((run) => [
      run.node.id,
      run.close?.as,
      run.jobs,
      [...run.activities.values()].map(({ command, ...rest }) => [command.seq, rest]),
      [...run.timers],
      run.cancelRequested,
      run.continueAsNewSuggested,
    ]);
    const hands = this.hands.map((hand) => [
      hand.activity.runId,
      hand.activity.command.seq,
      this.isAttached(hand) || hand.lostAt,
      hand.attempt.log,
      hand.attempt.doors.map(({ door, asked, slow }) => [door, asked, slow]),
    ]);
    return JSON.stringify([
      this.now,
      runs,
      hands,
      [...this.doubted],
      [...this.given],
      this.scenario.decisions && this.news,
      this.sweeps,
      this.lastSweep,
      [...this.clouds.values()].map((cloud) => cloud.state()),
    ]);
  }

  private holder(activity: Activity): Hand | undefined {
    return this.hands.findLast((hand) => hand.activity === activity);
  }

  private finish(hand: Hand): void {
    const { attempt, activity } = hand;
    const attached = this.isAttached(hand);
    this.hands = this.hands.filter((each) => each !== hand);
    if (attempt.defect) throw new Violation(`${hand.label} threw what is no failure: ${String(attempt.defect)}`);
    if (hand.verb === 'sweep') {
      this.endSweep(hand);
      return;
    }
    if (!attached || !attempt.end) return;
    const { end } = attempt;
    if ('completed' in end) {
      this.server.resolve(activity, { completed: end.completed });
      return;
    }
    // A failing attempt leaves its progress with the server first.
    activity.details = attempt.latest;
    const { failure, afterMs } = failureOf(hand, end);
    this.server.failAttempt(activity, failure, afterMs === undefined ? {} : { afterMs });
  }

  private endSweep({ attempt }: Hand): void {
    const { end, setting } = attempt;
    // One that failed has proved nothing: whatever it did not see is left to people.
    const unknown = end && 'completed' in end ? (end.completed as unknown as Swept).unknown : 1;
    this.lastSweep = { begunAt: setting.startedAt, unknown };
  }

  private runLocal(type: string, args: readonly Json[]): ActivityResolution {
    if (type === CANCEL_SELF) {
      this.server.cancel();
      return { completed: null };
    }
    if (type !== RESOLVE_PLAN) throw new Violation(`an unknown local activity: ${type}`);
    const catalog = createCatalog({
      kinds: [...this.kinds.values()],
      connections: [MODEL_CONNECTION],
      taskQueue: 'provisioner',
      searchAttributes: true,
    });
    const { firstRunId, workflowId } = this.server.current.info;
    const run = { firstRunId, killers: [], namespace: 'default', workflowId };
    return { completed: resolvePlan(args[0], catalog, run) as unknown as Json };
  }
}

function stepOf({ command }: Activity): string {
  return (command.args[0] as unknown as { readonly step: { readonly key: string } }).step.key;
}
