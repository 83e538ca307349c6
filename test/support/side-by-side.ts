/** Many cases of one promise at once: they wait for servers and windows, and each has resources of its own. */

/** More would wait for each other's workflow tasks, and no longer for what they test. */
const AT_ONCE = 12;

export async function sideBySide<Case>(cases: readonly Case[], run: (one: Case) => Promise<void>): Promise<void> {
  const waiting = [...cases];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await run(next);
  };
  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, lane));
  // The others are let come to their ends first, or their runs would stay open.
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}
