/**
 * Provider bodies as data. Integers beyond 2^53 stay strings, digit by digit: DataWorks' ids have 19 digits.
 * What is not JSON, or nests deeper than any documented answer, is `undefined`; nothing throws.
 */
import { parse } from 'lossless-json';

/** The deepest documented body (DataWorks' FlowSpec) nests about 10 levels; the parser recurses once a level. */
const MAX_DEPTH = 100;

export function parseJson(text: string): unknown {
  if (text.trim() === '' || nestsDeeperThan(text, MAX_DEPTH)) return undefined;
  try {
    return parse(text, undefined, { parseNumber: readNumber, onDuplicateKey: ({ newValue }) => newValue });
  } catch {
    return undefined;
  }
}

function readNumber(digits: string): number | string {
  const value = Number(digits);
  if (!Number.isFinite(value)) return digits;
  return /^-?\d+$/.test(digits) && !Number.isSafeInteger(value) ? digits : value;
}

function nestsDeeperThan(text: string, limit: number): boolean {
  let depth = 0;
  for (const token of text.matchAll(/"(?:[^"\\]|\\.)*"|[[{]|[\]}]/gsu)) {
    if (token[0] === '[' || token[0] === '{') depth += 1;
    else if (token[0] === ']' || token[0] === '}') depth -= 1;
    if (depth > limit) return true;
  }
  return false;
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
