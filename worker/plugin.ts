/**
 * The plugin for a user's own worker: adds our activities beside theirs, and runs one activity-only worker for each
 * connection, on a task queue of its own, where the account's rate limit lives. It never sets `workflowsPath` or
 * `workflowBundle`, which would silently replace the user's: they re-export `temporal-provisioner/workflows`.
 */
import { SimplePlugin } from '@temporalio/plugin';
import { Runtime, type Worker, type WorkerOptions, type WorkerStatus } from '@temporalio/worker';
import { createPlanActivities } from '../activities/activities.js';
import { type Catalog, createCatalog } from '../activities/catalog.js';
import type { Provider } from '../activities/cloud.js';
import type { Connection } from '../activities/connection.js';
import type { Kind } from '../activities/kind.js';
import { BUILT_IN_KINDS, BUILT_IN_PROVIDERS } from '../activities/providers/built-in.js';
import { type ConnectionConfigs, toConnections } from './config/connections.js';
import { type ConnectionWorkers, createConnectionWorkers } from './connection-workers.js';
import { logUndecipherable } from './log-undecipherable.js';
import { createProvisionerService } from './nexus/provisioner-service.js';
import { runTogether } from './run-together.js';
import { checkSearchAttributes } from './search-attributes.js';

/** What a worker is given besides its own options: its accounts, and kinds and clouds of your own. */
export interface ProvisionerPluginOptions {
  /** Connections by name, in the shape of `provisioner.config.yaml`, or as `loadConfig` made them from a file. */
  readonly connections: ConnectionConfigs | readonly Connection[];
  /** Kinds of your own, beside the built-in ones. */
  readonly kinds?: readonly Kind[];
  /** Clouds of your own, beside the built-in ones. */
  readonly providers?: readonly Provider[];
  /** False turns search attributes off, for a namespace that cannot have them. Default true. */
  readonly searchAttributes?: boolean;
  /** False leaves the Nexus service `provisioner` out, which callers in other namespaces use. Default true. */
  readonly nexus?: boolean;
}

/** A worker that the plugin runs, as it is now. */
export interface RunningWorker {
  /** Whose activities it runs; undefined: the worker that the plugin was given to. */
  readonly connection?: string;
  readonly taskQueue: string;
  /** The SDK's own: run state, pollers, what is in flight. */
  readonly status: WorkerStatus;
}

/**
 * Makes a worker of yours one that runs plans: adds the activities, and runs a worker for each connection beside it. Give it
 * to the worker alone, not to its connection as well, and one to each worker. `workflowsPath` stays yours: its module
 * re-exports `temporal-provisioner/workflows`.
 *
 * @example
 * ```typescript
 * const worker = await Worker.create({
 *   taskQueue: 'provisioner',
 *   workflowsPath: fileURLToPath(new URL('./workflows.js', import.meta.url)),
 *   plugins: [new ProvisionerPlugin({ connections })],
 * });
 * await worker.run();
 * ```
 */
export class ProvisionerPlugin extends SimplePlugin {
  private readonly kinds: readonly Kind[];
  private readonly providers: readonly Provider[];
  private readonly connections: readonly Connection[];
  private readonly searchAttributes: boolean;
  private readonly nexus: boolean;
  private running: readonly { readonly connection?: string; readonly worker: Worker }[] = [];
  private configured: { readonly options: WorkerOptions; readonly catalog: Catalog } | undefined;

  /** @throws ConfigProblems with every problem of the connections, secrets included. */
  constructor(options: ProvisionerPluginOptions) {
    const { connections, kinds = [], providers = [], searchAttributes = true, nexus = true } = options;
    super({ name: 'temporal-provisioner.ProvisionerPlugin' });
    this.kinds = [...BUILT_IN_KINDS, ...kinds];
    this.providers = [...BUILT_IN_PROVIDERS, ...providers];
    this.connections = isLoaded(connections) ? connections : toConnections(connections, this.providers);
    this.searchAttributes = searchAttributes;
    this.nexus = nexus;
  }

  /** Called by the SDK. Throws where the plugin serves another worker already. */
  override configureWorker(options: WorkerOptions): WorkerOptions {
    if (this.configured) throw new Error('One ProvisionerPlugin serves one worker; make another one for the next.');
    const own = super.configureWorker(options);
    const catalog = createCatalog({
      kinds: this.kinds,
      connections: this.connections,
      taskQueue: own.taskQueue ?? '',
      searchAttributes: this.searchAttributes,
    });
    const activities = { ...own.activities, ...createPlanActivities(catalog) };
    logUndecipherable(own, () => Runtime.instance().logger);
    this.configured = { options: own, catalog };
    return { ...own, activities, ...(this.nexus && { nexusServices: beside(own.nexusServices, catalog) }) };
  }

  /** For probes of your own: your worker and one for each connection. Empty until all of them have been started. */
  workers(): readonly RunningWorker[] {
    return this.running.map(({ connection, worker }) => ({
      ...(connection !== undefined && { connection }),
      taskQueue: worker.options.taskQueue,
      status: worker.getStatus(),
    }));
  }

  /**
   * Called by the SDK. Rejects where the namespace lacks a search attribute (`provisioner setup` creates them), or where a
   * connection's worker cannot start; the worker itself is shut down then.
   */
  override async runWorker(worker: Worker, next: (worker: Worker) => Promise<void>): Promise<void> {
    if (!this.configured) throw new Error('ProvisionerPlugin: pass it to Worker.create, in `plugins`.');
    const { options, catalog } = this.configured;
    // At once, as without a plugin: a worker that does not run yet cannot be shut down, and one that never ran keeps its
    // connection open. Its first creates wait in their queues for the connections' workers.
    const main = super.runWorker(worker, next);
    main.catch(() => undefined);
    const stopMain = () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
    };
    let companions: ConnectionWorkers;
    try {
      if (this.searchAttributes && worker.connection) {
        await checkSearchAttributes(worker.connection, worker.options.namespace, Runtime.instance().logger);
      }
      companions = await createConnectionWorkers({ catalog, providers: this.providers, worker, options });
    } catch (error) {
      stopMain();
      await Promise.allSettled([main]);
      throw error;
    }
    this.running = [{ worker }, ...companions.workers];
    try {
      const beside = companions.workers.map((companion) => companion.worker);
      await runTogether(beside, main, stopMain);
    } finally {
      await companions.close();
    }
  }
}

function beside(
  own: WorkerOptions['nexusServices'] = [],
  catalog: Catalog,
): NonNullable<WorkerOptions['nexusServices']> {
  const ours = createProvisionerService(catalog);
  const { name } = ours.definition;
  if (!own.some(({ definition }) => definition.name === name)) return [...own, ours];
  throw new Error(`Two Nexus services are named ${name}: rename yours, or leave ours out with nexus: false.`);
}

function isLoaded(connections: ConnectionConfigs | readonly Connection[]): connections is readonly Connection[] {
  return Array.isArray(connections);
}
