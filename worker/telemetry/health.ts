/**
 * Whether a worker process lives, and whether it can do its work now. A server that is away makes it unready, not dead: to
 * start it anew would help nobody.
 */
import type { Connection as TemporalConnection } from '@temporalio/client';
import type { Connection } from '../../activities/connection.js';
import type { ProvisionerPlugin, RunningWorker } from '../plugin.js';

export interface Check {
  readonly ok: boolean;
  /** Why not, in words that say what to look at. Never a value of a secret. */
  readonly reason?: string;
}

export interface Health {
  readonly ok: boolean;
  readonly checks: Readonly<Record<string, Check>>;
}

export interface HealthOptions {
  readonly plugin: Pick<ProvisionerPlugin, 'workers'>;
  readonly connection: Pick<TemporalConnection, 'workflowService' | 'withDeadline'>;
  readonly connections: readonly Connection[];
}

const SERVER_DEADLINE_MS = 2_000;

const FINE: Check = { ok: true };

/** Every worker runs, starts, or ends as it was told to. */
export function liveness({ plugin }: Pick<HealthOptions, 'plugin'>): Health {
  const checks = plugin.workers().map((worker): [string, Check] => {
    const { runState } = worker.status;
    const dead = runState === 'FAILED' || runState === 'STOPPED';
    return [nameOf(worker), dead ? { ok: false, reason: `the worker is ${runState}` } : FINE];
  });
  return summed(checks);
}

/** Every worker polls, the server answers, and every secret can be read now. */
export async function readiness({ plugin, connection, connections }: HealthOptions): Promise<Health> {
  const workers = plugin.workers();
  const polling = workers.map((worker): [string, Check] => [nameOf(worker), pollingCheck(worker)]);
  if (workers.length === 0) polling.push(['worker', { ok: false, reason: 'the workers are being started' }]);
  const secrets = connections.map((each): [string, Check] => [`credentials of ${each.name}`, secretsCheck(each)]);
  return summed([...polling, ['server', await serverCheck(connection)], ...secrets]);
}

function summed(checks: readonly (readonly [string, Check])[]): Health {
  return { ok: checks.every(([, { ok }]) => ok), checks: Object.fromEntries(checks) };
}

function nameOf({ connection }: RunningWorker): string {
  return connection === undefined ? 'worker' : `worker of ${connection}`;
}

function pollingCheck({ connection, status }: RunningWorker): Check {
  const { runState, workflowPollerState, activityPollerState } = status;
  if (runState !== 'RUNNING') return { ok: false, reason: `the worker is ${runState}` };
  const pollers = connection === undefined ? [workflowPollerState, activityPollerState] : [activityPollerState];
  const stopped = pollers.find((state) => state !== 'POLLING');
  return stopped === undefined ? FINE : { ok: false, reason: `its poller is ${stopped}` };
}

async function serverCheck(connection: HealthOptions['connection']): Promise<Check> {
  try {
    const deadline = Date.now() + SERVER_DEADLINE_MS;
    await connection.withDeadline(deadline, () => connection.workflowService.getSystemInfo({}));
    return FINE;
  } catch {
    return { ok: false, reason: `the Temporal server did not answer within ${SERVER_DEADLINE_MS / 1000} s` };
  }
}

/** Messages of secrets name the variable or the file. */
function secretsCheck(connection: Connection): Check {
  try {
    connection.readCredentials();
    for (const name of connection.secretNames) connection.readSecret(name);
    return FINE;
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : 'the credentials cannot be read' };
  }
}
