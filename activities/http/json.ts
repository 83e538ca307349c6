/**
 * Provider bodies as data. Integers beyond 2^53 stay strings, digit by digit: DataWorks' ids have 19 digits.
 * What is not JSON, or nests deeper than any documented answer, is `undefined`; nothing throws.
 *
 * The platform's own parser, told beforehand which numbers it would round. A parser in JavaScript that keeps all digits
 * (lossless-json) builds each string character by character, which kept a busy worker's garbage collector busy.
 */

/** The deepest documented body (DataWorks' FlowSpec) nests about 10 levels; what reads bodies recurses once a level. */
const MAX_DEPTH = 100;

/**
 * Without one of these no number of a text is beyond 2^53, or beyond what a number can be. Only where numbers begin: among the
 * digits of a long list's hexadecimal ids there are soon sixteen decimal ones in a row.
 */
const MAY_BE_ROUNDED = /(?:^|[:[,])\s*-?(?:\d{16}|\d[\d.]*e\+?\d{3})/iu;
const SHORTEST_ROUNDED = '1e309'.length;
const NUMBER = /-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/giu;

export function parseJson(text: string): unknown {
  try {
    // First as it is: what is not JSON must not become so by quotes.
    let value: unknown = JSON.parse(text);
    if (MAY_BE_ROUNDED.test(text)) value = JSON.parse(quoteRounded(text));
    return nestsDeeperThan(value, MAX_DEPTH) ? undefined : value;
  } catch {
    return undefined;
  }
}

/** Of a text that is JSON. By hand where strings are: a regular expression runs out of room in one of a few megabytes. */
function quoteRounded(text: string): string {
  const parts: string[] = [];
  for (let at = 0; at < text.length; ) {
    const start = text.indexOf('"', at);
    const outside = text.slice(at, start === -1 ? undefined : start);
    parts.push(outside.length < SHORTEST_ROUNDED ? outside : outside.replace(NUMBER, quoteIfRounded));
    if (start === -1) break;
    at = endOfString(text, start);
    parts.push(text.slice(start, at));
  }
  return parts.join('');
}

/** Behind the closing quote of the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  let at = text.indexOf('"', start + 1);
  while (isEscaped(text, at)) at = text.indexOf('"', at + 1);
  return at + 1;
}

function isEscaped(text: string, at: number): boolean {
  let before = at;
  while (text[before - 1] === '\\') before -= 1;
  return (at - before) % 2 === 1;
}

function quoteIfRounded(digits: string): string {
  const value = Number(digits);
  const exact = Number.isFinite(value) && (Number.isSafeInteger(value) || !/^-?\d+$/u.test(digits));
  return exact ? digits : `"${digits}"`;
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
