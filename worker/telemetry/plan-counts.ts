/**
 * How many plans are open and how many wait for a person, by visibility: no worker knows it from its own work. Every worker
 * of a queue tells the same, so a query takes their maximum. Steps are not counted: only each run's ledger has them.
 */
import type { Connection } from '@temporalio/client';
import { WORKFLOW } from '../../contract/names.js';
import type { Metrics } from './metrics.js';

export interface PlanCountsOptions {
  readonly connection: Pick<Connection, 'workflowService' | 'withDeadline'>;
  readonly namespace: string;
  readonly taskQueue: string;
  /** False: nothing says which plans wait. */
  readonly searchAttributes: boolean;
  readonly metrics: Metrics;
}

/** Scrapes are often more frequent, and come from several collectors. */
const COUNT_EVERY_MS = 15_000;
const DEADLINE_MS = 3_000;

/** Call before each scrape. A server that does not answer leaves the last counts, and the time at which they were made. */
export function planCounts(options: PlanCountsOptions): () => Promise<void> {
  let countedAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (performance.now() - countedAt < COUNT_EVERY_MS) return;
    countedAt = performance.now();
    await count(options).catch(() => undefined);
  };
}

async function count({
  connection,
  namespace,
  taskQueue,
  searchAttributes,
  metrics,
}: PlanCountsOptions): Promise<void> {
  const queue = taskQueue.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
  const types = `'${WORKFLOW.provision}', '${WORKFLOW.deprovision}'`;
  const open = `TaskQueue = '${queue}' AND ExecutionStatus = 'Running' AND WorkflowType IN (${types})`;
  const ask = async (query: string) => {
    const { count } = await connection.workflowService.countWorkflowExecutions({ namespace, query });
    return Number(count ?? 0);
  };
  const labels = { task_queue: taskQueue };
  await connection.withDeadline(Date.now() + DEADLINE_MS, async () => {
    metrics.set('provisioner_plans_open', labels, await ask(open));
    if (searchAttributes) {
      metrics.set('provisioner_plans_attention', labels, await ask(`${open} AND ProvisionerAttention = true`));
    }
  });
  metrics.set('provisioner_plans_counted_time_seconds', labels, Math.round(Date.now() / 1000));
}
