/**
 * A sweep with deletion, as the workflow `sweepOrphans` runs it for one kind: the real page, the real judgement of chains,
 * the real deletion. The server is asked through a door of its own, so that anything may happen between two questions.
 */
import type { Attempt } from '../../activities/attempt.js';
import type { Cloud } from '../../activities/cloud.js';
import type { Caller, Connection } from '../../activities/connection.js';
import { deleteOrphan } from '../../activities/delete-orphan.js';
import type { Kind } from '../../activities/kind.js';
import { type DescribeRun, findChain, mayHaveProvisioned } from '../../activities/owner/chain.js';
import type { OwnedStep, OwnerReading } from '../../activities/owner/read-owner.js';
import { SEND_WINDOW_MS } from '../../activities/policies.js';
import { sweepPage } from '../../activities/sweep-page.js';
import type { Owner } from '../../contract/steps.js';

export interface SweepPorts {
  readonly kind: Kind;
  readonly connection: Connection;
  readonly windowMs: number;
  readonly clock: () => number;
  readonly attempt: <Progress>() => Attempt<Progress>;
  readonly cloud: (more: Pick<Caller, 'beforeChange'>) => Cloud;
  readonly describe: DescribeRun;
  /** What a closed run's ledger and plan say of its steps. */
  readonly stepsOf: (runId: string) => ReadonlyMap<string, OwnedStep>;
}

/** A sweep that deletes at once what its rules allow. */
const GRACE_MS = 0;
const ROOM = { orphans: 100, unknown: 100 };

export interface Swept {
  readonly unknown: number;
}

export async function sweepOnce(ports: SweepPorts): Promise<Swept> {
  const { kind, connection, windowMs, attempt, cloud } = ports;
  const common = { kind, connection, windowMs, redact: (text: string) => text };
  const page = await sweepPage(
    { connection: connection.name, graceMs: GRACE_MS, delete: true, room: ROOM, fingerprint: '' },
    {
      ...common,
      namespace: 'default',
      attempt: attempt<never>(),
      cloud: cloud({}),
      readOwner: (owner) => read(owner, ports),
    },
  );
  for (const orphan of [...page.orphans].sort((a, b) => b.rank - a.rank)) {
    const task = {
      ...common,
      attempt: attempt<never>(),
      openCloud: cloud,
      askChain: (owner: Owner) => ask(owner, ports),
    };
    await deleteOrphan({ orphan, fingerprint: '' }, task);
  }
  return { unknown: page.unknown.length };
}

/** As a worker asks before each request that deletes: the answer counts from before it was asked. */
async function ask(owner: Owner, { clock, describe }: SweepPorts) {
  const askedAt = clock();
  return { chain: await findChain(owner, describe), sendBefore: askedAt + SEND_WINDOW_MS };
}

async function read(owner: Owner, { describe, stepsOf }: SweepPorts): Promise<OwnerReading> {
  const chain = await findChain(owner, describe);
  if (chain.state !== 'closed') return chain;
  const { last, closedAt } = chain;
  if (await mayHaveProvisioned(owner, last, describe)) return { state: 'unknown', why: 'it may have been Provisioned' };
  return { state: 'closed', closedAt, lastRunId: last.runId, steps: stepsOf(last.runId) };
}
