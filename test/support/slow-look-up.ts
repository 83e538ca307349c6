/** A look-up of Studio workspaces that takes longer than the heartbeat time-out, and no request of it longer than its deadline. */
import type { Rig } from './rig.js';

export const LIST = 'ListManagerWorkSpaces';
export const PAGES = 3;
export const PAGE_MS = 13_000;
/** More than two pages of 100. */
export const BYSTANDERS = Array.from({ length: 210 }, (_, index) => `bystander_${index}`);
/** Twice what a request may take to leave after its fence. */
export const TEMPTED_MS = 10_000;

/** The next look-up is the slow one. */
export function plantBystandersAndSlowLists({ simulator }: Rig): void {
  for (const name of BYSTANDERS) simulator.resources.plant({ kind: 'huawei.dataarts-studio.workspace', name });
  simulator.setFaults({ operation: LIST, do: 'slow', ms: PAGE_MS, nth: 1, count: PAGES });
}
