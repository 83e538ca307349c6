/**
 * A planned spec beside what its cloud shows of it, field by field. Only what is planned and shown is compared. What a
 * cloud writes its own way is no difference: ids as numbers, the order of lists and keys, nothing in place of empty.
 */
import { pathText } from '../contract/check-shape.js';
import type { Json, JsonObject } from '../contract/plan.js';

type Path = readonly (string | number)[];

/** One field that was compared. Lists count as one unless they hold as many objects on either side. */
export interface ComparedField {
  /** `configuration.docker.image`, `tags[0].value`: with the indexes of the plan. */
  readonly field: string;
  readonly planned: Json;
  readonly actual: Json;
  readonly same: boolean;
}

export function compareSpec(planned: JsonObject, shown: JsonObject): readonly ComparedField[] {
  return [...compare(planned, shown, [])];
}

function* compare(planned: Json, actual: Json, path: Path): Generator<ComparedField> {
  const pairs = pairsOf(planned, actual);
  if (pairs) {
    for (const [index, [one, other]] of pairs.entries()) yield* compare(one, other, [...path, index]);
  } else if (isObject(planned) && isObject(actual)) {
    for (const [key, inner] of Object.entries(planned)) {
      const shown = Object.hasOwn(actual, key) ? actual[key] : undefined;
      if (shown !== undefined) yield* compare(inner, shown, [...path, key]);
    }
  } else {
    const same = canonical(planned) === canonical(actual) || (actual === null && isEmpty(planned));
    yield { field: pathText(...path), planned, actual, same };
  }
}

/** Beyond this, what differs in two lists is compared in its order: to try each with each takes the square. */
const MOST_TRIED = 30;

type Pair = readonly [planned: JsonObject, actual: JsonObject];

/**
 * Each planned item with the one that it is compared with: its equal, or one without a difference, or the most alike.
 * Undefined where these are not lists of as many objects.
 */
function pairsOf(planned: Json, actual: Json): readonly Pair[] | undefined {
  if (!isListOfObjects(planned) || !isListOfObjects(actual) || planned.length !== actual.length) return undefined;
  const free = new Map(actual.entries());
  const partners = new Map<number, JsonObject>();
  const take = (index: number, choose: (item: JsonObject) => number | undefined) => {
    const item = planned[index];
    const chosen = item && !partners.has(index) ? choose(item) : undefined;
    const partner = chosen === undefined ? undefined : free.get(chosen);
    if (chosen === undefined || !partner) return;
    partners.set(index, partner);
    free.delete(chosen);
  };
  const equals = byText(actual);
  const firstFree = () => [...free.keys()][0];
  const withoutDifference = (item: JsonObject) =>
    [...free.keys()].find((place) => differences(item, free.get(place)) === 0);
  const mostAlike = (item: JsonObject) =>
    [...free.keys()].sort((a, b) => differences(item, free.get(a)) - differences(item, free.get(b)))[0];
  const places = [...planned.keys()];
  for (const place of places) take(place, (item) => equals.get(canonical(item))?.pop());
  const tried = free.size <= MOST_TRIED ? [withoutDifference, mostAlike] : [firstFree];
  for (const choose of tried) for (const place of places) take(place, choose);
  return planned.map((item, place) => [item, partners.get(place) ?? {}]);
}

function byText(items: readonly JsonObject[]): ReadonlyMap<string, number[]> {
  const places = new Map<string, number[]>();
  for (const [place, item] of items.entries()) {
    const text = canonical(item);
    const known = places.get(text);
    if (known) known.push(place);
    else places.set(text, [place]);
  }
  return places;
}

function differences(planned: JsonObject, actual: JsonObject = {}): number {
  return [...compare(planned, actual, [])].filter(({ same }) => !same).length;
}

/** The same text for what is the same to us. */
function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).sort().join()}]`;
  if (isObject(value)) {
    const fields = Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`);
    return `{${fields.sort().join()}}`;
  }
  return JSON.stringify(typeof value === 'number' ? String(value) : value);
}

function isEmpty(value: Json): boolean {
  return value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOfObjects(value: Json): value is readonly JsonObject[] {
  return Array.isArray(value) && value.length > 0 && value.every(isObject);
}
