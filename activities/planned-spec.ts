/**
 * The spec as its create sent it: whole, secrets read, marker in the description. What cannot be compared is taken out:
 * references without a value, secrets that cannot be read now, and the description of what was adopted as it was.
 */
import { checkShape, pathText } from '../contract/check-shape.js';
import { findReferences, findSecrets } from '../contract/find-references.js';
import { describeWithMarker } from '../contract/marker.js';
import type { Json, JsonObject } from '../contract/plan.js';
import { resolveSecrets } from '../contract/references.js';
import type { ReadInput } from '../contract/steps.js';
import { completeSpec } from './complete-spec.js';
import type { Connection } from './connection.js';
import type { Kind } from './kind.js';

export interface PlannedSpec {
  readonly spec: JsonObject;
  /** Fields that held a secret, as paths in text. A list that holds one counts whole: its order may have changed. */
  readonly secret: readonly string[];
}

export function plannedSpec(
  { spec, step, owner, adopted }: Pick<ReadInput, 'spec' | 'step' | 'owner' | 'adopted'>,
  { kind, connection }: { readonly kind: Kind; readonly connection: Connection },
): PlannedSpec {
  const complete = completeSpec(kind, connection.scope, spec);
  const uses = findSecrets(complete);
  const known = readSecrets(connection, new Set(uses.map(({ name }) => name)));
  const readable = resolveSecrets(complete, (name) => known.get(name) ?? '');
  // A reference without a value, or an unread secret, may not fit the schema: then as the plan says it.
  const checked = checkShape(kind.spec, readable);
  const sent = 'value' in checked ? checked.value : readable;
  const { path, read, write } = kind.description;
  const described = adopted ? sent : write(sent, describeWithMarker(read(sent), { ...owner, keep: step.retain }));
  const unknown = [
    ...findReferences(complete).map((reference) => reference.path),
    ...uses.filter(({ name }) => !known.has(name)).map((use) => untilList(use.path)),
    ...(adopted ? [path.split(/[.[\]]+/)] : []),
  ];
  return {
    spec: unknown.reduce<Json>(without, asJson(described)) as JsonObject,
    secret: uses.map((use) => pathText(...untilList(use.path))),
  };
}

type Path = readonly (string | number)[];

function untilList(path: Path): Path {
  const index = path.findIndex((part) => typeof part === 'number');
  return index < 0 ? path : path.slice(0, index);
}

/** Without the unreadable: that is said where a create needs them. */
function readSecrets(connection: Connection, names: ReadonlySet<string>): ReadonlyMap<string, string> {
  const known = new Map<string, string>();
  for (const name of names) {
    try {
      known.set(name, connection.readSecret(name));
    } catch {}
  }
  return known;
}

/** As it went over the wire, where a schema leaves fields `undefined`. */
function asJson(spec: object): JsonObject {
  return JSON.parse(JSON.stringify(spec)) as JsonObject;
}

function without(value: Json, path: Path): Json {
  const [first, ...rest] = path;
  if (first === undefined || value === null || typeof value !== 'object') return value;
  if (Array.isArray(value))
    return value.map((item: Json, index) => (index === Number(first) ? without(item, rest) : item));
  const { [first]: inner, ...others } = value as JsonObject;
  if (inner === undefined || rest.length === 0) return others;
  return { ...value, [first]: without(inner, rest) };
}
