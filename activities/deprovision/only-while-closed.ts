/**
 * Leave to delete in the name of another run: only while that one is not open. A chain that is reset takes stock of what it
 * sees, and could end in a false Provisioned while somebody deletes beside it. Asked before each request, like the fence.
 */
import type { Owner } from '../../contract/steps.js';
import type { Caller } from '../connection.js';
import { createFailure } from '../failure.js';
import type { Chain } from '../owner/chain.js';
import { SEND_WINDOW_MS } from '../policies.js';

type Fence = NonNullable<Caller['beforeChange']>;

export function onlyWhileClosed(fence: Fence, owner: Owner, findChain: (owner: Owner) => Promise<Chain>): Fence {
  return async () => {
    const askedAt = performance.now();
    const { state } = await findChain(owner);
    if (state === 'open') throw openAgain();
    const { sendBefore } = await fence();
    return { sendBefore: Math.min(sendBefore, askedAt + SEND_WINDOW_MS) };
  };
}

/** For a person to see; tried again like every parked undo. */
function openAgain(): unknown {
  const message = 'the plan’s own run is open again, and decides over its resources until it is closed';
  return createFailure({ type: 'AccessDenied', message, retryable: false, details: {} });
}
