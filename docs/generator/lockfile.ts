/** The lockfile as npm writes it, and who is installed along with whom. */

type Versions = Readonly<Record<string, string>>;

export interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: true;
  readonly dependencies?: Versions;
  readonly optionalDependencies?: Versions;
  readonly peerDependencies?: Versions;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

export interface Lockfile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/** Where Node looks for a dependency of the package at this path, nearest first. */
export function placesOf(path: string, name: string): string[] {
  const folders = path.split('/node_modules/');
  const nested = folders.map((_, depth) => folders.slice(0, folders.length - depth).join('/node_modules/'));
  return [...nested.map((folder) => `${folder}/node_modules/${name}`), `node_modules/${name}`];
}

/** Paths of these top-level packages and of all that comes with them, on whatever platform, in the lockfile's order. */
export function installedWith({ packages }: Lockfile, names: readonly string[]): readonly string[] {
  const found = new Set<string>();
  const left = names.map((name) => `node_modules/${name}`);
  for (let path = left.pop(); path !== undefined; path = left.pop()) {
    const locked = packages[path];
    if (!locked || found.has(path)) continue;
    found.add(path);
    for (const name of needsOf(locked)) left.push(placesOf(path, name).find((place) => packages[place]) ?? '');
  }
  return Object.keys(packages).filter((path) => found.has(path));
}

function needsOf({ dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta }: LockedPackage) {
  const peers = Object.keys(peerDependencies ?? {}).filter((name) => !peerDependenciesMeta?.[name]?.optional);
  return [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers];
}
