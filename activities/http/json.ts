/**
 * Provider bodies as data. Integers beyond 2^53 stay strings, digit by digit: DataWorks' ids have 19 digits.
 * What is not JSON, or nests deeper than any documented answer, is `undefined`; nothing throws.
 *
 * The platform's own parser, told beforehand which numbers it would round. A parser in JavaScript that keeps all digits
 * (lossless-json) builds each string character by character: it made nearly half of everything that a busy worker allocated.
 */

/** The deepest documented body (DataWorks' FlowSpec) nests about 10 levels; what reads bodies recurses once a level. */
const MAX_DEPTH = 100;

/** Without one of these no number of a text is beyond 2^53, or beyond what a number can be. */
const MAY_BE_ROUNDED = /\d{16}|e\+?\d{3}/iu;
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/gisu;

export function parseJson(text: string): unknown {
  try {
    // First as it is: what is not JSON must not become so by quotes.
    let value: unknown = JSON.parse(text);
    if (MAY_BE_ROUNDED.test(text)) value = JSON.parse(text.replace(STRING_OR_NUMBER, quoteIfRounded));
    return nestsDeeperThan(value, MAX_DEPTH) ? undefined : value;
  } catch {
    return undefined;
  }
}

function quoteIfRounded(token: string): string {
  if (token.startsWith('"')) return token;
  const value = Number(token);
  const exact = Number.isFinite(value) && (Number.isSafeInteger(value) || !/^-?\d+$/u.test(token));
  return exact ? token : `"${token}"`;
}

function nestsDeeperThan(value: unknown, levels: number): boolean {
  if (value === null || typeof value !== 'object') return false;
  return levels === 0 || Object.values(value).some((inner) => nestsDeeperThan(inner, levels - 1));
}

/** The value as an object to read fields from; an empty one where it is something else. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

/** A string, or a number as a string: clouds disagree with their own documents on which of the two a field is. */
export function asText(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' ? String(value) : undefined;
}
