/** Durations as people write them: `500ms`, `90s`, `15m`, `12h`, `7d`. */

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
export const DURATION = /^(\d{1,9})(ms|s|m|h|d)$/;

/** Milliseconds, or undefined where the text is not a duration. A number counts as milliseconds. */
export function parseDuration(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
  const [, digits, unit] = (typeof value === 'string' && DURATION.exec(value)) || [];
  return digits === undefined || unit === undefined ? undefined : Number(digits) * (UNITS[unit] ?? 1);
}
