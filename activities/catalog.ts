/** What a worker can do: its kinds, its connections, and one hash of both, so that two workers can be compared. */
import { createHash } from 'node:crypto';
import type { Connection } from './connection.js';
import type { Kind } from './kind.js';

export interface Catalog {
  readonly kinds: ReadonlyMap<string, Kind>;
  /** Undefined in a dry run without a configuration: then connections are not checked. */
  readonly connections?: ReadonlyMap<string, Connection>;
  /** Queue of the workflow's worker; connections derive theirs from it. */
  readonly taskQueue: string;
  readonly searchAttributes: boolean;
  readonly fingerprint: string;
}

export interface CatalogOptions {
  readonly kinds: readonly Kind[];
  readonly connections?: readonly Connection[];
  readonly taskQueue: string;
  readonly searchAttributes: boolean;
}

/** Throws where two kinds or two connections share a name: the second would silently replace the first. */
export function createCatalog({ kinds, connections, taskQueue, searchAttributes }: CatalogOptions): Catalog {
  return {
    kinds: byName('kind', kinds),
    ...(connections && { connections: byName('connection', connections) }),
    taskQueue,
    searchAttributes,
    fingerprint: fingerprintOf(kinds, connections ?? []),
  };
}

/** Those that a connection's worker offers. */
export function kindsOf(
  { kinds }: Pick<Catalog, 'kinds'>,
  { provider }: Pick<Connection, 'provider'>,
): readonly Kind[] {
  return [...kinds.values()].filter((kind) => kind.provider === provider);
}

function byName<T extends { readonly name: string }>(what: string, things: readonly T[]): ReadonlyMap<string, T> {
  const map = new Map(things.map((thing) => [thing.name, thing]));
  if (map.size === things.length) return map;
  const twice = things.find((thing, index) => things.findIndex(({ name }) => name === thing.name) < index);
  throw new Error(`Two of ${what} ${twice?.name}: names must be unique.`);
}

function fingerprintOf(kinds: readonly Kind[], connections: readonly Connection[]): string {
  const facts = [
    kinds.map(({ name }) => name).sort(),
    connections
      .map(({ name, provider, region, endpoint, scope }) => JSON.stringify([name, provider, region, endpoint, scope]))
      .sort(),
  ];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 16);
}
