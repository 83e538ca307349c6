/**
 * Deletes an orphan in the name of its closed owner: only while its marker is still on it, and only with leave. Whether
 * the owner is still as it was judged is asked right before each request that changes something, and counts for the send
 * window; what a chain that is reset after that does, it does on what it sees: a reset run takes stock first.
 */
import { parseMarker, sameOwner } from '../contract/marker.js';
import type { Owner } from '../contract/steps.js';
import type { SweepDeleteInput, SweepDeleteResult } from '../contract/sweep.js';
import type { Attempt } from './attempt.js';
import type { Cloud } from './cloud.js';
import type { Caller, Connection } from './connection.js';
import type { DeleteProgress } from './decisions.js';
import { ensureDeleted } from './ensure-deleted.js';
import type { Kind } from './kind.js';
import type { Chain } from './owner/chain.js';
import { whyLeaveAlone } from './sweep-decisions.js';

export interface DeleteOrphanTask {
  readonly kind: Kind;
  readonly connection: Connection;
  readonly windowMs: number;
  readonly attempt: Attempt<DeleteProgress>;
  readonly openCloud: (more: Pick<Caller, 'beforeChange'>) => Cloud;
  /** What the owner is doing now, and until when (`performance.now()`) that may be acted on. */
  readonly askChain: (owner: Owner) => Promise<{ readonly chain: Chain; readonly sendBefore: number }>;
  /** Takes secrets out of a text on its way into history. */
  readonly redact: (text: string) => string;
}

/** Nothing may be sent any more: the owner is not what it was. */
class LeaveRefused extends Error {}

/** @throws ApplicationFailure where it cannot be deleted, as ensureDeleted does. */
export async function deleteOrphan({ orphan }: SweepDeleteInput, task: DeleteOrphanTask): Promise<SweepDeleteResult> {
  const { owner, id, spec, closedAt, lastRunId } = orphan;
  const { kind, openCloud, askChain, ...common } = task;
  let refused: string | undefined;
  const cloud = openCloud({
    async beforeChange() {
      const { chain, sendBefore } = await askChain(owner);
      refused = whyLeaveAlone(chain, lastRunId);
      if (refused !== undefined) throw new LeaveRefused(refused);
      return { sendBefore };
    },
  });
  try {
    // More than one create of the owner may have taken effect, none later than the window behind its close.
    const order = { spec, owner, id, resent: true, createEndedAt: closedAt };
    // Leave stands for the fence: it is asked for anew before each request, whoever asks.
    const { deleted } = await ensureDeleted(order, {
      ...common,
      kind: onlyMarked(kind, owner),
      openCloud: () => cloud,
    });
    return { result: deleted > 0 ? 'deleted' : 'gone' };
  } catch (error) {
    if (refused !== undefined) return { result: 'left', why: refused };
    throw error;
  }
}

/** An id alone is no proof here: whoever took the marker off has made the resource theirs. */
function onlyMarked(kind: Kind, owner: Owner): Kind {
  return {
    ...kind,
    async find(cloud, wanted) {
      const seen = await kind.find(cloud, wanted);
      return seen.filter(({ description }) => {
        const marker = parseMarker(description);
        return marker !== undefined && !marker.keep && sameOwner(marker, owner);
      });
    },
  };
}
