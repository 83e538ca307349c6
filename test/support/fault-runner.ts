/**
 * Runs cases of the fault matrix against the rig's simulator, several at once, each in a lane of its own, and judges each
 * by what is alive when its run has closed, and once more when every late effect has landed.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProvisionerClient } from '../../client/client.js';
import type { Ledger } from '../../contract/ledger.js';
import type { DeprovisionRequest } from '../../contract/manifest.js';
import { formatMarker } from '../../contract/marker.js';
import { deprovisionIdOf, workflowIdOf } from '../../contract/names.js';
import type { Plan, PlanResource } from '../../contract/plan.js';
import type { Fault } from '../../simulator/faults.js';
import type { ResourceView } from '../../simulator/resources.js';
import { Aftermath } from './aftermath.js';
import { deletes, expectedOutcomes, type FaultCase, type Row } from './fault-matrix.js';
import { FaultWatch } from './fault-watch.js';
import { type Closed, closingOf, judge } from './judge.js';
import { LINES, type Line, laneConnections, laneNames, Pool } from './lanes.js';
import { project, workflow } from './resources.js';
import type { ProvisionRun, Rig, RigOptions } from './rig.js';

/** Lanes for runs that are busy, and for those that mostly stand parked. */
export interface Lanes {
  readonly busy: Readonly<Record<Line, number>>;
  readonly parking: Readonly<Record<Line, number>>;
}

/** Runs of a lane follow each other so far apart that each asks for a token; long enough that none runs out on its way. */
const TOKEN_LIFETIME_MS = 6000;

/** How long the answer takes during which a run is made to undo: its faults are set and its cancel arrives meanwhile. */
const TRIGGER_MS = 2500;

/** A create by password is answered when its token has run out, so that what comes after asks for another. */
const TOKEN_TRIGGER_MS = 7500;

/** Longer than a poll's first interval and the first look, so that a project is waited for; shorter than a trigger. */
const PROJECT_INITIALIZING_MS = 600;

/** Twice the longest case: a parked minute, its retries, and the windows of two unknown outcomes. */
const DEADLINE_MS = 170_000;

export function matrixRig({ busy, parking }: Lanes): RigOptions {
  const counts = Object.fromEntries(LINES.map((line) => [line, busy[line] + parking[line]]));
  return {
    simulator: { credentials: { huawei: IAM_USER } },
    connections: (described) => laneConnections(described, counts, IAM_USER),
  };
}

const IAM_USER = { userName: 'matrix-user', password: 'matrix-password', domainName: 'matrix-domain' };

/** Clouds that take a second resource of the same name: a create that is sent twice shows. */
export const MATRIX_SETTINGS = {
  huaweiTokenLifetimeMs: TOKEN_LIFETIME_MS,
  projectInitializingMs: PROJECT_INITIALIZING_MS,
  naverDuplicates: 'accepted',
  alibabaDuplicates: 'accepted',
} as const;

interface Stage {
  readonly plan: Plan;
  readonly name: string;
  readonly callsOf: (step: string) => { readonly userAgent: string };
}

const isByManifest = (position: Row['position']) => position === 'first of two';

/** Keeps so many of each operation. */
function isAmongFirst(most: number): (operation: string) => boolean {
  const seen = new Map<string, number>();
  return (operation) => {
    seen.set(operation, (seen.get(operation) ?? 0) + 1);
    return (seen.get(operation) ?? 0) <= most;
  };
}

export class FaultRunner {
  private readonly watch: FaultWatch;
  private readonly aftermath: Aftermath;
  private readonly pools: Readonly<Record<'busy' | 'parking', ReadonlyMap<Line, Pool<string>>>>;
  /** When the last token of a lane has run out for sure. */
  private readonly tokenEnds = new Map<string, number>();
  private numbers = 0;

  constructor(
    private readonly rig: Rig,
    lanes: Lanes,
  ) {
    this.watch = new FaultWatch(rig.simulator);
    this.aftermath = new Aftermath(rig.simulator);
    const names = (line: Line) => laneNames(line, lanes.busy[line] + lanes.parking[line]);
    this.pools = {
      busy: new Map(LINES.map((line) => [line, new Pool(names(line).slice(0, lanes.busy[line]))])),
      parking: new Map(LINES.map((line) => [line, new Pool(names(line).slice(lanes.busy[line]))])),
    };
  }

  /** The calls of a healthy run of this row: those of the step, or of its undo alone. */
  async record(row: Row): Promise<string[]> {
    if (row.path === 'cancel') return [row.subject.createdBy];
    return this.inLane(row, 'busy', async (stage) => {
      const { simulator } = this.rig;
      let before = new Set<unknown>();
      const closed = await this.toItsEnd(row, stage, async () => {
        before = new Set(simulator.requests());
        this.strikeBeside(row, stage);
        await this.undo(row, stage);
      });
      const expected = expectedOutcomes({ ...row, fault: undefined });
      if (!expected.includes(closed.outcome))
        throw new Error(
          `${row.subject.title}, ${row.position}, ${row.path}: healthy, yet ${closed.outcome}: ${causesIn(closed)}`,
        );
      const { userAgent } = stage.callsOf('it');
      const calls = simulator.requests().filter((each) => each.userAgent?.includes(userAgent) && !before.has(each));
      this.aftermath.clear('a recording', closed, []);
      const all = calls.map(({ operation }) => operation);
      // How often is looked until the window is over is a matter of time: the looks around the delete are certain.
      const made = row.path === 'deprovision' && isByManifest(row.position) ? all.filter(isAmongFirst(2)) : all;
      return row.path === 'create' ? made : made.filter((operation) => operation !== row.subject.createdBy);
    });
  }

  /** What is wrong with how it ended, in sentences that name the case. */
  async run(given: FaultCase): Promise<string[]> {
    const wrong = await this.inLane(given, given.parks ? 'parking' : 'busy', (stage) => this.play(given, stage));
    return wrong.map((text) => `${given.title}: ${text}`);
  }

  /** What appeared after its run had been judged. Ask once every late effect has landed. */
  arrivals(): string[] {
    return this.aftermath.arrivals();
  }

  close(): void {
    this.watch.close();
  }

  private async play(given: FaultCase, stage: Stage): Promise<string[]> {
    const bystanders: ResourceView[] = [];
    let fault = -1;
    const strike = () => {
      fault = this.watch.set({ ...given.fault, match: stage.callsOf('it') });
      this.strikeBeside(given, stage);
      bystanders.push(...this.plantBystanders(given, stage.name));
    };
    if (!deletes(given.path)) strike();
    const ending = this.toItsEnd(
      given,
      stage,
      async () => {
        strike();
        await this.undo(given, stage);
      },
      () => this.watch.met(fault),
    );
    const closed = await Promise.race([ending, sleep(DEADLINE_MS, undefined, { ref: false })]);
    if (!closed) return [`is still open: ${JSON.stringify(await this.lastSteps(given, stage))}`];
    const { resources } = this.rig.simulator.state();
    const wrong = judge({ closed, resources, bystanders });
    const expected = expectedOutcomes(given);
    if (!expected.includes(closed.outcome))
      wrong.push(`closed as ${closed.outcome}, not ${expected.join(' or ')}: ${causesIn(closed)}`);
    if (this.watch.fired(fault) === 0) wrong.push('its fault never fired');
    this.aftermath.clear(given.title, closed, bystanders);
    return wrong;
  }

  private async toItsEnd(
    row: Row,
    stage: Stage,
    during: () => Promise<void>,
    met: () => Promise<unknown> = async () => undefined,
  ): Promise<Closed> {
    if (row.path === 'deprovision') return this.deprovisioned(row, stage, during);
    const run = await this.start(row, stage, during);
    if (row.path === 'cancel') {
      await Promise.race([met(), run.result().catch(() => undefined)]);
      await run.cancel();
    }
    return closingOf(run, stage.plan);
  }

  /** Provisioned first, in peace; judged as what its owner left. */
  private async deprovisioned(row: Row, { plan }: Stage, during: () => Promise<void>): Promise<Closed> {
    const { client, taskQueue } = this.rig;
    const run = await this.rig.start(plan);
    await run.result();
    await during();
    const later = await client.workflow.start<(request: DeprovisionRequest) => Promise<Ledger>>('deprovision', {
      taskQueue,
      workflowId: deprovisionIdOf(plan.name),
      args: [{ plan: plan.name, by: 'the matrix', why: 'a test', ...(await this.source(row, plan.name)) }],
    });
    this.rig.track(later.workflowId, later.firstExecutionRunId);
    const ledger = await later.result();
    const { workflowId, firstExecutionRunId: runId } = run;
    return { workflowId, runId, plan, outcome: ledger.outcome ?? 'none', ledger };
  }

  /** Both as it is known to the server and by its manifest, which proves nothing but by the marker. */
  private async source({ position }: Row, plan: string): Promise<Partial<DeprovisionRequest>> {
    if (!isByManifest(position)) return {};
    return { manifest: await new ProvisionerClient({ client: this.rig.client }).export(plan) };
  }

  private async lastSteps({ path }: Row, { plan }: Stage): Promise<Ledger['steps']> {
    const workflowId = workflowOf(path, plan.name);
    return (await this.rig.client.workflow.getHandle(workflowId).query<Ledger>('ledger')).steps;
  }

  private async inLane<R>(row: Row, traffic: 'busy' | 'parking', work: (stage: Stage) => Promise<R>): Promise<R> {
    const pool = this.pools[traffic].get(row.subject.line) as Pool<string>;
    return pool.use(async (connection) => {
      if (row.subject.line !== 'huawei-iam') return work(this.stage(row, connection));
      await sleep(Math.max(0, (this.tokenEnds.get(connection) ?? 0) - performance.now()));
      return work(this.stage(row, connection)).finally(() => {
        this.tokenEnds.set(connection, performance.now() + TOKEN_LIFETIME_MS);
      });
    });
  }

  private stage({ subject, position, path }: Row, connection: string): Stage {
    this.numbers += 1;
    const number = this.numbers;
    const planName = this.rig.planName();
    const name = subject.name(number);
    const it = (more: Partial<PlanResource>) => subject.resource(name, { connection, ...more });
    const other = (more: Partial<PlanResource>) =>
      subject.partner === 'workflow' ? workflow(`other_${number}`, more) : project(`other_${number}`, more);
    const resources = {
      alone: () => ({ it: it({}) }),
      'first of two': () => ({ it: it({}), other: other({ dependsOn: ['it'] }) }),
      'second of two': () => ({ other: other({}), it: it({ dependsOn: ['other'] }) }),
    }[position]();
    const callsOf = (step: string) => ({ userAgent: ` wf/${workflowOf(path, planName)} step/${step} ` });
    return { plan: { name: planName, resources }, name, callsOf };
  }

  /** Starts the plan; with an undo to come, `during` is called while the create that triggers it waits for its answer. */
  private async start(row: Row, stage: Stage, during: () => Promise<void>): Promise<ProvisionRun> {
    if (row.path !== 'undo') return this.rig.start(stage.plan);
    const refused = row.position === 'first of two';
    const operation = refused ? CREATED_BY[row.subject.partner] : row.subject.createdBy;
    const match = stage.callsOf(refused ? 'other' : 'it');
    const ms = row.subject.line === 'huawei-iam' ? TOKEN_TRIGGER_MS : TRIGGER_MS;
    const slow = this.watch.set({ operation, do: 'slow', ms, nth: 1, match });
    if (refused) this.watch.set({ operation, do: 'refuse', nth: 1, match });
    // A busy server may answer the start after the run has come that far.
    const starting = this.rig.start(stage.plan);
    const over = starting.then((run) => run.result()).catch(() => undefined);
    await Promise.race([this.watch.met(slow), over]);
    // One that closed before has something else to tell.
    if (this.watch.fired(slow) > 0) await during();
    return starting;
  }

  private async undo({ subject, position, path }: Row, { name, plan }: Stage): Promise<void> {
    const { resources } = this.rig.simulator;
    const made = resources.list().find((each) => each.name === name && each.description !== BYSTANDER);
    if (subject.published && made) resources.edit(made.id, { published: true });
    if (path === 'undo' && position !== 'first of two')
      await this.rig.client.workflow.getHandle(workflowIdOf(plan.name)).cancel();
  }

  private strikeBeside({ subject: { beside }, path }: Row, stage: Stage): void {
    if (beside && deletes(path)) this.watch.set({ ...beside, match: stage.callsOf('it') });
  }

  /** Of the same name where that does not stand in the create's way, else of one much like it. */
  private plantBystanders({ subject, path }: Row, name: string): ResourceView[] {
    const { resources } = this.rig.simulator;
    const kind = subject.resource(name, {}).kind as ResourceView['kind'];
    const runId = randomUUID();
    const others = { namespace: 'default', workflowId: 'provision-another', step: 'it', runId, keep: false };
    const like = deletes(path) ? name : `${name}0`;
    return [BYSTANDER, formatMarker(others)].map((description) => resources.plant({ kind, name: like, description }));
  }
}

/** The workflow whose calls the faults are for. */
function workflowOf(path: Row['path'], planName: string): string {
  return path === 'deprovision' ? deprovisionIdOf(planName) : workflowIdOf(planName);
}

const BYSTANDER = 'somebody else made this';

const CREATED_BY: Readonly<Record<'workflow' | 'project', Fault['operation']>> = {
  workflow: 'CreateWorkflowDefinition',
  project: 'CreateProject',
};

function causesIn({ ledger }: Closed): string {
  return Object.entries(ledger.steps)
    .map(([key, { state, cause }]) => `${key} ${state}${cause ? ` (${cause.type}: ${cause.message})` : ''}`)
    .join(', ');
}
