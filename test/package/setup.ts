/**
 * Packs once, and installs the package into three empty projects as strangers would: under Node 20, under Node 22, and without
 * anybody's install scripts. The first has compilers as well, and what it compiles runs in all three.
 */
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { findTemporalCli } from '../../worker/embedded-server/find-cli.js';
import { type NodeMajor, nodeBinary } from './node-binary.js';
import { type Project, succeed } from './stranger.js';

export interface Packed {
  readonly filename: string;
  /** Bytes of the tarball, and of what is in it. */
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly size: number; readonly mode: number }[];
}

export interface Projects {
  readonly node20: Project;
  readonly node22: Project;
  /** Installed with `--ignore-scripts`. */
  readonly unscripted: Project;
}

declare module 'vitest' {
  interface ProvidedContext {
    packed: Packed;
    projects: Projects;
  }
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TYPES = ['typescript@7.0.2', 'typescript-5@npm:typescript@5.9.3', '@types/node@20'];

export default async function setup(context: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'package-test-'));
  const temporalCli = await findTemporalCli();
  const project = (name: string, major: NodeMajor): Project => {
    const made = { folder: join(folder, name), node: nodeBinary(major), temporalCli };
    mkdirSync(made.folder);
    writeFileSync(join(made.folder, 'package.json'), '{ "name": "stranger", "private": true, "type": "module" }');
    return made;
  };
  try {
    const projects = { node20: project('a', 20), node22: project('b', 22), unscripted: project('c', 20) };
    const packed = await pack(folder, { ...projects.node20, folder: ROOT });
    const tarball = join(folder, packed.filename);
    await succeed(projects.node20, 'npm', 'install', tarball);
    await succeed(projects.node22, 'npm', 'install', tarball);
    await succeed(projects.unscripted, 'npm', 'install', '--ignore-scripts', tarball);
    await compile(projects);
    context.provide('packed', packed);
    context.provide('projects', projects);
  } catch (error) {
    await rm(folder, { recursive: true });
    throw error;
  }
  // Not at once: a gigabyte takes a while, and the runner waits for its own processes meanwhile.
  return () => rm(folder, { recursive: true });
}

/** The build that is there: `npm run test:package` makes it anew, and a second one would pull it away from under other tests. */
async function pack(folder: string, here: Project): Promise<Packed> {
  const said = await succeed(here, 'npm', 'pack', '--ignore-scripts', '--json', '--pack-destination', folder);
  const answer = JSON.parse(said) as readonly Packed[] | Readonly<Record<string, Packed>>;
  const [packed] = Object.values(answer) as Packed[];
  if (!packed) throw new Error('npm pack must say what it packed');
  return packed;
}

async function compile({ node20, node22, unscripted }: Projects): Promise<void> {
  await succeed(node20, 'npm', 'install', '--save-dev', ...TYPES);
  const examples = join(node20.folder, 'node_modules/temporal-provisioner/examples');
  cpSync(join(ROOT, 'test/package/consumer'), join(node20.folder, 'src'), { recursive: true });
  for (const name of ['own-worker', 'prebuilt-worker', 'application', 'service', 'nexus-caller'])
    cpSync(join(examples, name), join(node20.folder, 'src', name), { recursive: true });
  const options = {
    target: 'es2022',
    module: 'nodenext',
    strict: true,
    skipLibCheck: true,
    outDir: 'app',
    rootDir: 'src',
  };
  writeFileSync(join(node20.folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['src'] }));
  await succeed(node20, 'npx', 'tsc');
  for (const { folder } of [node22, unscripted])
    cpSync(join(node20.folder, 'app'), join(folder, 'app'), { recursive: true });
}
