/**
 * Production as processes: PostgreSQL, the Temporal server on it, the clouds' simulator, and workers, each in a process of its
 * own that a test may kill. Every run that was started must be closed in the end; its history is looked through and replayed then.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, isGrpcServiceError } from '@temporalio/client';
import type { HistoryAndWorkflowId } from '@temporalio/common';
import proto from '@temporalio/proto';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, inject } from 'vitest';
import type { Ledger } from '../../contract/ledger.js';
import { workflowIdOf } from '../../contract/names.js';
import type { Plan, ProvisionResult } from '../../contract/plan.js';
import { type CliEnd, type RunningCli, runCli } from '../cli-process.js';
import { outcomeOf } from '../support/closing.js';
import { type Closed, closingOf } from '../support/judge.js';
import type { ProvisionRun } from '../support/rig.js';
import { endWorkerProcess, startWorkerProcess } from '../support/worker-process.js';
import { Postgres } from './postgres.js';
import { SimulatorProcess } from './simulator-process.js';
import { TemporalServer, type TemporalServerOptions, updateSchema } from './temporal-server.js';

const { WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND } = proto.temporal.api.enums.v1.WorkflowTaskFailedCause;

type Provision = (plan: Plan) => Promise<ProvisionResult>;

const QUEUE = 'provisioner';
const NAMESPACE = 'production';
const STARTS_AT_MOST = 5;
/** Histories that are fetched at once. */
const FETCHED_AT_ONCE = 20;

/** gRPC: DEADLINE_EXCEEDED, UNAVAILABLE: a server that is busy, or was down a moment ago. */
const PASSING: readonly number[] = [4, 14];

/** Tries again while the server cannot answer: a saga's end is waited for, however long it takes. */
async function persistently<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const cause = error instanceof Error ? (error.cause ?? error) : error;
      if (!isGrpcServiceError(cause) || !PASSING.includes(cause.code)) throw error;
      await sleep(500);
    }
  }
}

/** Asks again and again; the test's own time-out ends it otherwise. */
async function untilTrue(ask: () => Promise<boolean>, signal?: AbortSignal): Promise<void> {
  while (!signal?.aborted && !(await ask())) await sleep(50);
}

export interface TopologyOptions {
  /** Of the server. Default: no TLS. */
  readonly server?: Pick<TemporalServerOptions, 'env' | 'tls'>;
  /** Of every command and worker, beside the server's address and the namespace. */
  readonly variables?: Readonly<Record<string, string>>;
}

export class Topology {
  postgres!: Postgres;
  server!: TemporalServer;
  simulator!: SimulatorProcess;
  client!: Client;
  /** What `provisioner setup` said of the empty cluster. */
  setUp!: CliEnd;
  private connection!: Connection;
  private readonly workers = new Set<RunningCli>();
  private readonly started: string[] = [];
  private plans = 0;
  private further: Readonly<Record<string, string>> = {};

  async open({ server, variables = {} }: TopologyOptions = {}): Promise<void> {
    this.further = variables;
    // Replays start workers, which say so.
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    const programs = inject('serverPrograms');
    [this.postgres, this.simulator] = await Promise.all([
      Postgres.create(inject('postgresBin')),
      SimulatorProcess.start(),
    ]);
    await updateSchema(this.postgres, programs);
    this.server = await TemporalServer.start({ postgres: this.postgres, programs, ...server });
    this.setUp = await this.cli(['setup', '--create-namespace', '--retention', '24h']);
    expect(this.setUp.code, this.setUp.stderr).toBe(0);
    this.connection = await Connection.connect({
      address: this.server.address,
      ...(server?.tls !== undefined && { tls: server.tls }),
    });
    this.client = new Client({ connection: this.connection, namespace: NAMESPACE });
  }

  async close(): Promise<void> {
    await Promise.all([...this.workers].map(endWorkerProcess));
    await this.connection?.close();
    await this.server?.kill();
    await Promise.all([this.postgres?.remove(), this.simulator?.stop()]);
  }

  /** A command line of an operator's, at this server. */
  cli(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CliEnd> {
    return runCli(args, { env: { ...this.variables, ...env } });
  }

  /** Resolves once it polls. One that finds the server too busy to answer ends, and is started again, as a supervisor does. */
  async startWorker(): Promise<RunningCli> {
    for (let left = STARTS_AT_MOST - 1; ; left -= 1) {
      const worker = this.launchWorker();
      const polling = new AbortController();
      const polls = untilTrue(() => this.isPolling(worker), polling.signal).then(() => undefined);
      const ended = await Promise.race([polls, worker.ended]).finally(() => polling.abort());
      if (!ended) return worker;
      if (left === 0) throw new Error(`The worker does not start:\n${ended.stderr}`);
    }
  }

  private launchWorker(): RunningCli {
    const { described: simulator } = this.simulator;
    const worker = startWorkerProcess({ simulator, queue: QUEUE, address: this.server.address, env: this.variables });
    this.workers.add(worker);
    void worker.ended.then(() => this.workers.delete(worker));
    return worker;
  }

  private async isPolling({ process }: RunningCli): Promise<boolean> {
    const queue = { namespace: NAMESPACE, taskQueue: { name: QUEUE }, taskQueueType: 1 };
    const { pollers } = await persistently(() => this.client.workflowService.describeTaskQueue(queue));
    return pollers?.some(({ identity }) => identity?.startsWith(`${process.pid}@`)) ?? false;
  }

  planName(): string {
    this.plans += 1;
    return `plan-${this.plans}`;
  }

  async start(plan: Plan | unknown): Promise<ProvisionRun> {
    const workflowId = workflowIdOf((plan as Plan).name);
    const args: [Plan] = [plan as Plan];
    const options = { taskQueue: QUEUE, workflowId, args };
    const run = await persistently(() => this.client.workflow.start<Provision>('provision', options));
    this.started.push(workflowId);
    return run;
  }

  outcomeOf(run: ProvisionRun): Promise<string> {
    return persistently(() => outcomeOf(run));
  }

  closingOf(run: ProvisionRun, plan: Plan): Promise<Closed> {
    return persistently(() => closingOf(run, plan));
  }

  async isOpen(run: ProvisionRun): Promise<boolean> {
    return (await run.describe()).status.name === 'RUNNING';
  }

  /** As often as it takes: a server that has just come back may not take it yet, and a cancel may come too late. */
  async cancel(run: ProvisionRun): Promise<void> {
    const sent = async () => {
      try {
        await run.cancel();
        return true;
      } catch (error) {
        return error instanceof Error && error.name === 'WorkflowNotFoundError';
      }
    };
    await untilTrue(sent);
  }

  ledger(run: ProvisionRun): Promise<Ledger> {
    return run.query<Ledger>('ledger');
  }

  /** Resolves with the ledger once it is as wanted. */
  async until(run: ProvisionRun, wanted: (ledger: Ledger) => boolean): Promise<Ledger> {
    let ledger: Ledger | undefined;
    const asked = async () => {
      ledger = await this.ledger(run).catch(() => undefined);
      return ledger !== undefined && wanted(ledger);
    };
    await untilTrue(asked);
    return ledger as Ledger;
  }

  /** Resolves once an operation was called more often than this before. */
  async untilCalled(operation: string, before: number): Promise<void> {
    await untilTrue(async () => (await this.simulator.calls(operation)) > before);
  }

  /** Resolves once this worker has an attempt of one of these runs under way. */
  async untilHeldBy({ process }: RunningCli, runs: readonly ProvisionRun[]): Promise<void> {
    const holds = async () => {
      const described = await Promise.all(runs.map((run) => persistently(() => run.describe())));
      const attempts = described.flatMap(({ raw }) => raw.pendingActivities ?? []);
      return attempts.some(
        // 2 is PENDING_ACTIVITY_STATE_STARTED.
        ({ state, lastWorkerIdentity }) => state === 2 && lastWorkerIdentity?.startsWith(`${process.pid}@`),
      );
    };
    await untilTrue(holds);
  }

  /** Names of what is alive in the clouds. */
  async alive(): Promise<readonly string[]> {
    return (await this.simulator.state()).resources.map(({ name }) => name).sort();
  }

  /** As the server's visibility counts, which lists a run a moment after it changed. */
  async count(query: string): Promise<number> {
    return (await this.client.workflow.count(query)).count;
  }

  /** Every run that was started is closed, and no workflow task of it failed; so many, the latest, replay on what is shipped. */
  async checkStarted(replayed = Number.POSITIVE_INFINITY): Promise<void> {
    const ids = this.started.splice(0);
    let histories: HistoryAndWorkflowId[] = [];
    while (ids.length > 0) {
      const fetched = await Promise.all(ids.splice(0, FETCHED_AT_ONCE).map((id) => this.closed(id)));
      // The latest: a thousand would be held in memory.
      histories = [...histories, ...fetched].slice(-replayed);
    }
    if (histories.length === 0) return;
    const options = { workflowBundle: { codePath: inject('workflowBundlePath') } };
    for await (const { workflowId, error } of Worker.runReplayHistories(options, histories)) {
      if (error) throw new Error(`${workflowId} does not replay`, { cause: error });
    }
  }

  private async closed(workflowId: string): Promise<HistoryAndWorkflowId> {
    const handle = this.client.workflow.getHandle(workflowId);
    expect((await handle.describe()).status.name, workflowId).not.toBe('RUNNING');
    const history = await handle.fetchHistory();
    const failed = history.events?.flatMap(({ workflowTaskFailedEventAttributes: task }) =>
      // A cancel that came while the run was closing.
      task?.cause === WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND ? [] : (task?.failure?.message ?? []),
    );
    // A search attribute that one of the server's services does not know yet would show here.
    expect(failed, `failed workflow tasks of ${workflowId}`).toEqual([]);
    return { workflowId, history };
  }

  private get variables(): Readonly<Record<string, string>> {
    return { TEMPORAL_ADDRESS: this.server.address, TEMPORAL_NAMESPACE: NAMESPACE, ...this.further };
  }
}

/** Call it at the top of a test file. */
export function useTopology(): Topology {
  const topology = new Topology();
  beforeAll(() => topology.open());
  afterAll(() => topology.close());
  return topology;
}
