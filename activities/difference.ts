/**
 * What may be told of a field that differs. It ends up in history: no value where a secret may stand, none that holds a
 * secret of the connection, however it came there, and never more than a screen shows well.
 */
import type { Difference } from '../contract/drift.js';
import type { Json } from '../contract/plan.js';
import type { ComparedField } from './compare-spec.js';

/** As many as a person would go through; more mean that it is another resource. */
export const MOST_DIFFERENCES = 50;
/** Far more than any documented spec has fields; a list in a plan may still be of any length. */
export const MOST_COMPARED = 200;
/** A description with its marker, nearly always whole. */
const MOST_SHOWN = 200;
/** To find a secret in a text takes time with its length; no documented field but a FlowSpec's script is longer. */
const MOST_SEARCHED = 20_000;
/** What an excerpt shows of what is still the same. */
const LEAD = 40;

export interface Telling {
  /** Dotted paths at which, below which or within which a secret may stand. */
  readonly secret: readonly string[];
  readonly holdsSecret: (text: string) => boolean;
}

export function tellDifference(
  { field: whole, planned, actual }: ComparedField,
  { secret, holdsSecret }: Telling,
): Difference {
  const field = shortName(whole);
  const texts = [JSON.stringify(planned), JSON.stringify(actual)] as const;
  const hidden =
    secret.some((other) => isWithin(whole, other) || isWithin(other, whole)) ||
    texts.some((text) => text.length > MOST_SEARCHED || holdsSecret(text));
  if (hidden) return { field };
  const apart = firstDifference(inFull(planned), inFull(actual));
  return { field, planned: excerpt(planned, apart), actual: excerpt(actual, apart) };
}

/** Keys of a free map are of any length. */
export function shortName(field: string): string {
  return cut(field, 0);
}

function isWithin(field: string, other: string): boolean {
  return field === other || field.startsWith(`${other}.`) || field.startsWith(`${other}[`);
}

function inFull(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function firstDifference(one: string, other: string): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  return at;
}

function excerpt(value: Json, apart: number): Json {
  return JSON.stringify(value).length <= MOST_SHOWN ? value : cut(inFull(value), Math.max(0, apart - LEAD));
}

function cut(text: string, from: number): string {
  const start = text.length <= MOST_SHOWN ? 0 : from;
  const end = start + MOST_SHOWN;
  return `${start > 0 ? '…' : ''}${text.slice(start, end)}${end < text.length ? '…' : ''}`;
}
