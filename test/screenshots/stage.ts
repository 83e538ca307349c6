/** Plans as they stand in the pictures of the docs: one under way, one that waits, and one for each way to end. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import type { Board } from '../../board/board.js';
import { ProvisionerClient } from '../../client/client.js';
import type { ProvisionHandle } from '../../client/handle.js';
import type { Ledger } from '../../contract/ledger.js';
import type { Plan } from '../../contract/plan.js';
import { boardOver } from '../support/board.js';
import { Rig } from '../support/rig.js';

/** Longer than it takes to make all pictures. */
const HELD_MS = 240_000;

/** As the examples name it, so that whoever looks at a picture can have the same. */
const flagship = readFileSync(new URL('../../examples/flagship.yaml', import.meta.url), 'utf8');

/** The flagship under another name, with resources of its own. */
function planCalled(name: string, more: Partial<Plan> = {}): Plan {
  const text = flagship.replaceAll('sales', name).replace('name: flagship', `name: ${name}`);
  return { ...(parse(text) as Plan), ...more };
}

const REFUSED = { operation: 'CreateWorkflowDefinition', do: 'refuse', status: 400 } as const;
const QUOTA = {
  ...REFUSED,
  code: 'QuotaExceeded',
  message: 'The workflow quota of this project is used up. Quota: 100',
};
const FORBIDDEN = {
  ...REFUSED,
  status: 403,
  code: 'Forbidden.Access',
  message: 'Access is forbidden. The user is not a member of the project',
};

export interface Stage {
  readonly rig: Rig;
  readonly running: ProvisionHandle;
  readonly parked: ProvisionHandle;
  readonly rolledBack: ProvisionHandle;
  readonly cancelled: ProvisionHandle;
  /** A board over the same plans. */
  readonly board: Board;
  close(): Promise<void>;
}

async function until(handle: ProvisionHandle, wanted: (ledger: Ledger) => boolean): Promise<void> {
  while (!wanted(await handle.ledger())) await sleep(200);
}

export async function openStage(): Promise<Stage> {
  const rig = new Rig({ taskQueue: 'provisioner' });
  await rig.open();
  setFaults(rig);
  const provisioner = new ProvisionerClient({ client: rig.client });
  const made = await provisioner.provision(parse(flagship) as Plan);
  await made.result();
  const rolledBack = await provisioner.provision(planCalled('billing'));
  await until(rolledBack, ({ outcome }) => outcome !== undefined);
  const [parked, cancelled] = await Promise.all([
    provisioner.provision(planCalled('orders', { onFailure: 'pause' })),
    provisioner.provision(planCalled('returns', { onFailure: 'pause' })),
  ]);
  await Promise.all(
    [parked, cancelled].map((one) => until(one, ({ steps }) => steps.workflow?.attention !== undefined)),
  );
  await cancelled.cancel();
  await until(cancelled, ({ outcome }) => outcome !== undefined);
  await provisioner.provision(planCalled('claims', { approval: 'required' }));
  const running = await provisioner.provision(planCalled('reports'));
  await until(running, ({ steps }) => steps.workflow?.state === 'creating');
  // As most readers have it.
  const board = await boardOver(rig.client, { address: '127.0.0.1:7233' });
  const end = async () => {
    await board.close();
    await close(rig);
  };
  return { rig, running, parked, rolledBack, cancelled, board, close: end };
}

/** Slow enough that a bar has a length. */
function setFaults({ simulator }: Rig): void {
  const slow = (operation: string, name: string, ms: number) =>
    ({ operation, do: 'slow', ms, match: { name } }) as const;
  simulator.setFaults([
    { ...QUOTA, match: { name: 'orders_daily' } },
    { ...QUOTA, match: { name: 'returns_daily' } },
    { ...FORBIDDEN, match: { name: 'billing_daily' } },
    slow('CreateManagerWorkSpace', 'reports_studio', 2_000),
    slow('CreateWorkspace', 'reports-fabric', 3_000),
    slow('aiworkspaces/create', 'reports-ai', 4_000),
    slow('CreateWorkflowDefinition', 'reports_daily', HELD_MS),
    slow('CreateManagerWorkSpace', 'returns_studio', 1_000),
    slow('CreateWorkspace', 'billing-fabric', 1_000),
  ]);
}

/** What is open is ended with its server. */
async function close(rig: Rig): Promise<void> {
  for await (const { workflowId, runId } of rig.client.workflow.list({ query: `ExecutionStatus = 'Running'` })) {
    await rig.client.workflow.getHandle(workflowId, runId).terminate('The pictures are made.');
  }
  await rig.close();
}
