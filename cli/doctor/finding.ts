/** What the doctor finds: one thing that was looked at, how it is, and what to do about it. */

/** `unchecked`: something else stands in the way of looking. A `warning` may keep plans waiting, or from starting. */
export type Level = 'fine' | 'warning' | 'failure' | 'unchecked';

export interface Finding {
  /** `server`, or the name of a connection. */
  readonly area: string;
  readonly check: string;
  readonly level: Level;
  /** How it is, without a value of a secret. */
  readonly says: string;
  /** What would be right. */
  readonly remedy?: string;
}

export function isBad({ level }: Finding): boolean {
  return level === 'failure';
}
