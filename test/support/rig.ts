/**
 * A simulator and a worker for one test file, on a task queue of their own. Every workflow that a test started must be
 * closed when the test ends, and its history is replayed then, without the test's author asking for it.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, type WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { HistoryAndWorkflowId } from '@temporalio/common';
import {
  DefaultLogger,
  type LogEntry,
  NativeConnection,
  Runtime,
  type RuntimeOptions,
  Worker,
  type WorkerOptions,
} from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest';
import type { Provider } from '../../activities/cloud.js';
import type { Kind } from '../../activities/kind.js';
import type { Ledger } from '../../contract/ledger.js';
import { workflowIdOf } from '../../contract/names.js';
import type { Plan, ProvisionResult } from '../../contract/plan.js';
import type { Encryption } from '../../encryption/encryption.js';
import { DEFAULT_SETTINGS } from '../../simulator/settings.js';
import { type Simulator, startSimulator } from '../../simulator/start.js';
import type { ConnectionConfigs } from '../../worker/config/connections.js';
import { simulatorConnections } from '../../worker/config/simulator-connections.js';
import { ProvisionerPlugin } from '../../worker/plugin.js';
import { bundleFor } from './encrypted-bundle.js';
import { plainPayloads } from './plain-payloads.js';

type Provision = (plan: Plan) => Promise<ProvisionResult>;
export type ProvisionRun = WorkflowHandleWithFirstExecutionRunId<Provision>;
type Settings = NonNullable<Parameters<typeof simulatorConnections>[1]>;

/** Fast enough that no test waits for a limit it does not test. */
const UNHINDERED: Settings = { limits: { requestsPerMinute: 100_000, concurrency: 50 }, lateCommitWindow: '1s' };

export interface RigOptions {
  readonly settings?: Settings;
  readonly simulator?: Parameters<typeof startSimulator>[0];
  readonly connections?: (described: ConnectionConfigs) => ConnectionConfigs;
  readonly kinds?: readonly Kind[];
  readonly providers?: readonly Provider[];
  /** A server of the test's own, known once its file's hooks run. */
  readonly address?: () => string;
  /** For histories that are kept. Default: one that nothing else uses. */
  readonly taskQueue?: string;
  /** A user's own, beside ours. */
  readonly nexusServices?: NonNullable<WorkerOptions['nexusServices']>;
  /** Of the client and of the worker; asked for again by each worker that starts. */
  readonly encryption?: () => Encryption;
  /** Of the whole process: the SDK's core logs to the console and exports no metrics otherwise. */
  readonly telemetry?: RuntimeOptions['telemetryOptions'];
}

/** Everything that this process's workers logged, whatever the level. */
export const logged: LogEntry[] = [];
const console = new DefaultLogger('ERROR');
let installed = false;

/** Once in a process; before any connection, which would install the SDK's own. */
function installRuntime(telemetryOptions: RuntimeOptions['telemetryOptions']): void {
  if (installed) return;
  installed = true;
  const logger = new DefaultLogger('TRACE', (entry) => {
    logged.push(entry);
    // Failing activities are what most tests are about: only what nobody expected is worth a line.
    console.log(entry.level, entry.message, entry.meta);
  });
  Runtime.install({ logger, ...(telemetryOptions && { telemetryOptions }) });
}

let plans = 0;

export class Rig {
  client!: Client;
  simulator!: Simulator;
  taskQueue = '';
  private native!: NativeConnection;
  private connection!: Connection;
  private worker: Worker | undefined;
  private running: Promise<void> = Promise.resolve();
  private readonly started: { workflowId: string; runId?: string }[] = [];

  constructor(private readonly options: RigOptions) {}

  async open(): Promise<void> {
    installRuntime(this.options.telemetry);
    const address = this.options.address?.() ?? inject('temporalAddress');
    this.taskQueue = this.options.taskQueue ?? `test-${randomUUID().slice(0, 8)}`;
    [this.native, this.connection, this.simulator] = await Promise.all([
      NativeConnection.connect({ address }),
      Connection.connect({ address }),
      startSimulator({ port: 0, ...this.options.simulator }),
    ]);
    this.client = this.clientWith(this.options.encryption?.());
    await this.startWorker();
  }

  /** A client with other keys than the rig's own, or without any. */
  clientWith(encryption?: Encryption): Client {
    return new Client({ connection: this.connection, ...(encryption && { dataConverter: encryption.dataConverter }) });
  }

  get connections(): ConnectionConfigs {
    const settings = { ...UNHINDERED, ...this.options.settings };
    const described = simulatorConnections(
      { endpoint: this.simulator.endpoint, ...this.simulator.credentials },
      settings,
    );
    return this.options.connections?.(described) ?? described;
  }

  async startWorker(): Promise<void> {
    const { kinds, providers, nexusServices } = this.options;
    const own = { ...(kinds && { kinds }), ...(providers && { providers }) };
    this.worker = await Worker.create({
      connection: this.native,
      taskQueue: this.taskQueue,
      ...(await bundleFor(this.options.encryption?.())),
      activities: { greeting: async (name: string) => `Hello, ${name}` },
      plugins: [new ProvisionerPlugin({ connections: this.connections, ...own })],
      ...(nexusServices && { nexusServices }),
    });
    this.running = this.worker.run();
    // A worker that dies on its own fails the test that is running, not some later one.
    this.running.catch(() => undefined);
  }

  async stopWorker(): Promise<void> {
    if (this.worker?.getState() === 'RUNNING') this.worker.shutdown();
    await this.running;
  }

  /** A plan name that no other test uses. */
  planName(): string {
    plans += 1;
    return `plan-${this.taskQueue.slice(5)}-${plans}`;
  }

  /** Starts `provision` as any program would: by name, with JSON. */
  async start(plan: Plan | unknown, workflowId = workflowIdOf((plan as Plan).name)): Promise<ProvisionRun> {
    const run = await this.client.workflow.start<Provision>('provision', {
      taskQueue: this.taskQueue,
      workflowId,
      args: [plan as Plan],
    });
    this.started.push({ workflowId, runId: run.firstExecutionRunId });
    return run;
  }

  /** For runs that a test starts in its own way. */
  track(workflowId: string, runId?: string): void {
    this.started.push({ workflowId, ...(runId !== undefined && { runId }) });
  }

  /** For what a test tracked and did not start in the end. */
  untrack(workflowId: string): void {
    for (const one of this.started.filter((each) => each.workflowId === workflowId)) {
      this.started.splice(this.started.indexOf(one), 1);
    }
  }

  /** Takes the workflows' histories away, as retention does, at once. */
  async forget(...workflowIds: readonly string[]): Promise<void> {
    for (const workflowId of workflowIds) {
      this.untrack(workflowId);
      const request = { namespace: 'default', workflowExecution: { workflowId } };
      await this.client.workflowService.deleteWorkflowExecution(request);
    }
    for (const workflowId of workflowIds) {
      const isThere = () =>
        this.client.workflow
          .getHandle(workflowId)
          .describe()
          .then(Boolean, () => false);
      while (await isThere()) await sleep(100);
    }
  }

  async ledger(run: ProvisionRun): Promise<Ledger> {
    return run.query<Ledger>('ledger');
  }

  /** Resolves when the ledger is as wanted; polls, since a query is all there is to ask with. */
  async until(run: ProvisionRun, wanted: (ledger: Ledger) => boolean): Promise<Ledger> {
    for (;;) {
      const ledger = await this.ledger(run).catch(() => undefined);
      if (ledger && wanted(ledger)) return ledger;
      await sleep(50);
    }
  }

  /** Resolves when the simulator has seen a call that it had not seen when this was asked. */
  async nextCall(operation: string): Promise<void> {
    const calls = () => this.simulator.state().requests[operation] ?? 0;
    for (const before = calls(); calls() === before; ) await sleep(1);
  }

  /** A fault that met no call has tested nothing. */
  expectFired(): void {
    for (const fault of this.simulator.state().faults) expect(fault.fired, JSON.stringify(fault)).toBeGreaterThan(0);
  }

  /** Names of what is alive in the clouds. */
  alive(): string[] {
    return this.simulator
      .state()
      .resources.map(({ name }) => name)
      .sort();
  }

  /** Every run closed, and every history replayed: by one worker, since to make one costs more than to replay ten. */
  async checkStarted(): Promise<void> {
    const histories: HistoryAndWorkflowId[] = [];
    for (const { workflowId, runId } of this.started.splice(0)) {
      const handle = this.client.workflow.getHandle(workflowId, runId);
      const { status, raw } = await handle.describe();
      const pending = JSON.stringify([raw.pendingActivities, raw.pendingWorkflowTask], undefined, 1);
      expect(status.name, `${workflowId} is still open, pending: ${pending}`).not.toBe('RUNNING');
      const history = await handle.fetchHistory();
      if (this.options.encryption) expect(plainPayloads([history, raw]), workflowId).toEqual([]);
      histories.push({ workflowId, history });
    }
    if (histories.length === 0) return;
    const options = await bundleFor(this.options.encryption?.());
    for await (const { workflowId, error } of Worker.runReplayHistories(options, histories)) {
      if (error) throw new Error(`${workflowId} does not replay`, { cause: error });
    }
  }

  async close(): Promise<void> {
    await this.stopWorker();
    await this.simulator.close();
    await this.connection.close();
    await this.native.close();
  }
}

/** For tests that run side by side: a rig for one of them alone. */
export async function withRig(body: (rig: Rig) => Promise<void>, options: RigOptions = {}): Promise<void> {
  const rig = new Rig(options);
  await rig.open();
  try {
    await body(rig);
    await rig.checkStarted();
  } finally {
    await rig.close();
  }
}

/** Call it at the top of a test file. */
export function useRig(options: RigOptions = {}): Rig {
  const rig = new Rig(options);
  beforeAll(() => rig.open());
  afterEach(async () => {
    try {
      await rig.checkStarted();
    } finally {
      rig.simulator.clearFaults();
      rig.simulator.changeSettings(DEFAULT_SETTINGS);
      for (const { id } of rig.simulator.resources.list()) rig.simulator.resources.remove(id);
    }
  });
  afterAll(() => rig.close());
  return rig;
}
