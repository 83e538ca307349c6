/** Whose a resource is. Ours: its marker says so, or it is the one our own create returned and no other marker is on it. */
import { type Marker, parseMarker, sameOwner } from '../contract/marker.js';
import type { Owner } from '../contract/steps.js';
import type { Sighting } from './kind.js';

export function isOurs(
  { description, id }: Pick<Sighting, 'description' | 'id'>,
  owner: Owner,
  ownId?: string,
): boolean {
  const marker = parseMarker(description);
  return marker ? sameOwner(marker, owner) : ownId !== undefined && id === ownId;
}

/** What a workflow that owned something is doing now. */
export type OwnerState = 'open' | 'provisioned' | 'closed' | 'unknown';
export type AskOwner = (owner: Marker) => Promise<OwnerState>;

/**
 * Whether a resource that is not ours may be adopted: one without a marker, or one whose owner ended well or kept it on
 * purpose. Never one that is broken or on its way out, and never one whose owner may still undo it.
 */
export async function isAdoptable({ description, status }: Sighting, ask: AskOwner): Promise<boolean> {
  if (status === 'deleting' || status === 'failed') return false;
  const marker = parseMarker(description);
  if (!marker) return true;
  const state = await ask(marker);
  return state === 'provisioned' || (state === 'closed' && marker.keep);
}
