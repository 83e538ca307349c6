/** The page of licences: of everything that an installation of the package brings along, as the lockfile has it. */
import { page, table } from './markdown.js';

export interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: true;
}

export interface Lockfile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

export interface Manifest {
  readonly peerDependencies: Readonly<Record<string, string>>;
}

export interface Licensed {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
}

/** What comes with the package; what is only there for its development is not among it. */
export function shipped({ packages }: Lockfile): readonly Licensed[] {
  return Object.entries(packages)
    .filter(([path, { dev }]) => path !== '' && !dev)
    .map(([path, locked]) => licensed(path.split('node_modules/').at(-1) ?? '', locked));
}

/** What a user brings: listed without what it brings along in turn, which is its own to tell. */
export function peers({ packages }: Lockfile, { peerDependencies }: Manifest): readonly Licensed[] {
  return Object.keys(peerDependencies).map((name) => licensed(name, packages[`node_modules/${name}`] ?? {}));
}

function licensed(name: string, { version = '', license = '' }: LockedPackage): Licensed {
  return { name, version, licence: license };
}

export function licencesPage(lockfile: Lockfile, manifest: Manifest): string {
  const rows = (of: readonly Licensed[]) => of.map(({ name, version, licence }) => [`\`${name}\``, version, licence]);
  const heads = ['package', 'version', 'licence'];
  return page(
    '# Third-party licences',
    'Generated from the lockfile by `npm run docs:reference`. The package itself is MIT.',
    '## What comes with it',
    table(heads, rows(shipped(lockfile))),
    '## What a project brings itself',
    'Peer dependencies, without what they depend on in turn.',
    table(heads, rows(peers(lockfile, manifest))),
  );
}
