/** The page of licences: of everything that an installation of the package brings along, as the lockfile has it. */
import { installedWith, type LockedPackage, type Lockfile } from './lockfile.js';
import { page, table } from './markdown.js';

export interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

export interface Licensed {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
}

/** Their manifests name none; their LICENSE files do. */
const BY_FILE: Readonly<Record<string, string>> = { unionfs: 'Unlicense' };

/** What comes with the package; what is only there for its development is not among it. */
export function shipped(lockfile: Lockfile, { dependencies }: Manifest): readonly Licensed[] {
  return licensed(lockfile, installedWith(lockfile, Object.keys(dependencies)));
}

/** What a user's project lists. */
export function peers(lockfile: Lockfile, { peerDependencies }: Manifest): readonly Licensed[] {
  return licensed(
    lockfile,
    Object.keys(peerDependencies).map((name) => `node_modules/${name}`),
  );
}

/** What the peers bring along in turn, and the package does not bring itself. */
export function broughtByPeers(lockfile: Lockfile, manifest: Manifest): readonly Licensed[] {
  const { dependencies, peerDependencies } = manifest;
  const elsewhere = new Set(installedWith(lockfile, Object.keys(dependencies)));
  for (const name of Object.keys(peerDependencies)) elsewhere.add(`node_modules/${name}`);
  const paths = installedWith(lockfile, Object.keys(peerDependencies));
  return licensed(
    lockfile,
    paths.filter((path) => !elsewhere.has(path)),
  );
}

function licensed({ packages }: Lockfile, paths: readonly string[]): readonly Licensed[] {
  return paths.map((path) => {
    const name = path.split('node_modules/').at(-1) ?? '';
    const { version = '', license = BY_FILE[name] ?? '' }: LockedPackage = packages[path] ?? {};
    return { name, version, licence: license };
  });
}

export function licencesPage(lockfile: Lockfile, manifest: Manifest): string {
  const rows = (of: readonly Licensed[]) => of.map(({ name, version, licence }) => [`\`${name}\``, version, licence]);
  const heads = ['package', 'version', 'licence'];
  return page(
    '# Third-party licences',
    'Generated from the lockfile by `npm run docs:reference`. The package itself is MIT.',
    '## What comes with it',
    table(heads, rows(shipped(lockfile, manifest))),
    '## What a project brings itself',
    'Peer dependencies.',
    table(heads, rows(peers(lockfile, manifest))),
    '## What those bring in turn',
    'In the versions that this project is developed with, for every platform.',
    table(heads, rows(broughtByPeers(lockfile, manifest))),
  );
}
