/**
 * What each export of the package declares, read by api-extractor out of the built declarations: its report, which shows
 * every change of the public API as a diff, and its model, of which the pages are made.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CompilerState,
  Extractor,
  ExtractorConfig,
  ExtractorLogLevel,
  type ExtractorMessage,
} from '@microsoft/api-extractor';

/** As much of the model file as the pages need. */
export interface ApiItem {
  readonly kind: string;
  readonly canonicalReference: string;
  readonly name?: string;
  readonly docComment?: string;
  readonly excerptTokens?: readonly { readonly text: string }[];
  readonly members?: readonly ApiItem[];
}

export interface ApiEntry {
  /** `client`; of the package itself `index`. */
  readonly name: string;
  /** As a program imports it. */
  readonly specifier: string;
  readonly items: readonly ApiItem[];
  readonly report: string;
}

const compilerOptions = {
  target: 'es2022',
  lib: ['es2023'],
  module: 'nodenext',
  moduleResolution: 'nodenext',
  strict: true,
  skipLibCheck: true,
  types: ['node'],
};

/** Ten megabytes of types, on which a compiler spends most of its time: the SDK's declarations name them, ours do not. */
const LEFT_OUT = ['@temporalio/proto', 'webpack'];

function pathsIn(folder: string): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(LEFT_OUT.flatMap((name) => [name, `${name}/*`]).map((path) => [path, [stubIn(folder)]]));
}

function stubIn(folder: string): string {
  return join(folder, 'left-out.d.ts');
}

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string | { readonly types?: string }>>;
}

/** Needs `npm run build`. One compiler for all entries: most of the time goes into reading the SDK's types. */
export function extractApi(root: string): readonly ApiEntry[] {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
  const entries = Object.entries(manifest.exports).flatMap(([path, target]) => {
    const types = typeof target === 'string' ? undefined : target.types;
    return types === undefined ? [] : [{ path, types: join(root, types) }];
  });
  const folder = mkdtempSync(join(tmpdir(), 'api-'));
  mkdirSync(join(folder, 'temp'));
  writeFileSync(stubIn(folder), 'export {};\n');
  try {
    const files = entries.map(({ types }) => types);
    const configs = entries.map(({ types }) => configOf(root, folder, types, files));
    const [first] = configs;
    if (!first) throw new Error('package.json has no exports with types');
    const compilerState = CompilerState.create(first, { additionalEntryPoints: files });
    return entries.map(({ path }, at) => {
      const config = configs[at] as ExtractorConfig;
      Extractor.invoke(config, { compilerState, localBuild: true, messageCallback: swallow });
      const model = JSON.parse(readFileSync(config.apiJsonFilePath, 'utf8')) as ApiItem;
      return {
        name: path === '.' ? 'index' : path.slice(2),
        specifier: manifest.name + path.slice(1),
        items: model.members?.[0]?.members ?? [],
        // Nothing in it runs: its block is marked so.
        report: readFileSync(config.reportFilePath, 'utf8').replace('```ts\n', '```typescript\n'),
      };
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function swallow(message: ExtractorMessage): void {
  message.handled = true;
}

function configOf(root: string, folder: string, types: string, files: readonly string[]): ExtractorConfig {
  const name = `entry-${files.indexOf(types)}`;
  // What api-extractor misses (release tags, its own comment syntax) is not what our comments are written for.
  const quiet = { default: { logLevel: ExtractorLogLevel.None } };
  return ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, 'package.json'),
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: types,
      newlineKind: 'lf',
      compiler: { overrideTsconfig: { compilerOptions: { ...compilerOptions, paths: pathsIn(folder) }, files } },
      apiReport: {
        enabled: true,
        reportFileName: `${name}.api.md`,
        reportFolder: folder,
        reportTempFolder: join(folder, 'temp'),
        includeForgottenExports: true,
      },
      docModel: { enabled: true, apiJsonFilePath: join(folder, `${name}.api.json`), includeForgottenExports: true },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: quiet,
        extractorMessageReporting: quiet,
        tsdocMessageReporting: quiet,
      },
    },
  });
}
