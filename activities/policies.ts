/** Every number of the two algorithms, each with its reason. Those of one cloud stand beside its kinds. */

/** V: a create leaves within this of the fence, connecting included. Longer than the 3 s connect time-out, short enough to add little to every wait. */
export const SEND_WINDOW_MS = 5_000;

/** Well below the 30 s heartbeat time-out, and what the SDK throttles heartbeats to. */
export const HEARTBEAT_EVERY_MS = 5_000;

/** A first look after a create costs little; later ones must not eat an account's daily calls. */
export const POLL_FIRST_MS = 500;
const POLL_LONGEST_MS = 15_000;

/** How soon a create that must not be sent yet looks again: the earlier one may show up any time. */
export const LOOK_AGAIN_MS = 10_000;

/** Of 10,000 marked resources a sweep holds a few megabytes, and lists an account of that size five times. */
export const MARKED_A_PAGE = 2_000;

/** Of one kind that carry one plan's marker: more than any plan makes, and far from the 2 MB of a payload. */
export const MOST_DISCOVERED = 500;

/** A resource that is still listed this long after an accepted delete is asked to go once more. */
export const DELETE_AGAIN_AFTER_MS = 30_000;

/** A delete that changes nothing for this long fails its attempt, so that the step can park where people see it. */
export const GONE_WITHIN_MS = 10 * 60_000;

/** The server has told that a cancel is pending; the SDK hears of it with its next heartbeat. */
export const CANCEL_ARRIVES_WITHIN_MS = 10_000;

/** The next pause between two polls. */
export function nextPoll(previous: number): number {
  return Math.min(POLL_LONGEST_MS, Math.round(previous * 1.7));
}
