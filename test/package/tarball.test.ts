/** What is in the package, what is not, and what it may weigh. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, inject, test } from 'vitest';

const packed = inject('packed');
const installed = join(inject('projects').node20.folder, 'node_modules/temporal-provisioner');
const paths = packed.files.map(({ path }) => path);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Four times what npm shows for an average package, and less than a fiftieth of what the SDK beside it unpacks to: the sources, the
 * declarations and the maps between them are two thirds, and five files a module. Over the limit something has come in by mistake, or a
 * reason goes here.
 */
const LIMITS = { packed: 1_500_000, unpacked: 6_000_000, files: 2_600, workflowBundle: 1_000_000 };

interface SourceMap {
  readonly sourceRoot?: string;
  readonly sources: readonly string[];
  readonly sourcesContent?: readonly (string | null)[];
}

const read = (path: string) => readFileSync(join(installed, path), 'utf8');

test('it weighs no more than its budget', () => {
  const sizeOf = (path: string) => packed.files.find((file) => file.path === path)?.size ?? Number.POSITIVE_INFINITY;
  const seen = {
    packed: packed.size,
    unpacked: packed.unpackedSize,
    files: paths.length,
    workflowBundle: sizeOf('dist/workflow-bundle.js'),
  };
  process.stdout.write(
    `package: ${Object.entries(seen)
      .map(([what, size]) => `${what} ${size}`)
      .join(', ')}\n`,
  );
  const over = Object.entries(LIMITS).filter(([what, limit]) => seen[what as keyof typeof seen] > limit);
  expect(over).toEqual([]);
});

test('it holds sources, build and examples, and no test, dependency or build of an example', () => {
  const sources =
    'activities board cli client codec-server contract encryption index.ts simulator testing worker workflows';
  const others = 'dist examples CHANGELOG.md LICENSE README.md SECURITY.md package.json';
  const top = new Set(paths.map((path) => path.split('/')[0] ?? ''));
  expect([...top].sort()).toEqual(`${sources} ${others}`.split(' ').sort());
  expect(paths.filter((path) => /\.test\.|(^|\/)(test|node_modules|target)\/|\.(tgz|log)$/.test(path))).toEqual([]);
});

test("the board's files and the command are in it, and the command may be run", () => {
  const assets = readdirSync(join(ROOT, 'board/assets')).map((name) => `dist/board/assets/${name}`);
  expect(paths).toEqual(expect.arrayContaining([...assets, 'dist/plan.schema.json']));
  expect(assets.length).toBeGreaterThan(2);
  expect((packed.files.find(({ path }) => path === 'dist/cli/main.js')?.mode ?? 0) & 0o111).toBe(0o111);
});

test('every map leads to sources that are in the package', () => {
  const maps = paths.filter((path) => path.endsWith('.map'));
  expect(maps.filter((path) => path.endsWith('.d.ts.map')).length).toBeGreaterThan(100);
  const lost = maps.flatMap((path) => {
    const { sources, sourceRoot = '' } = JSON.parse(read(path)) as SourceMap;
    return sources
      .filter((source) => !existsSync(join(installed, dirname(path), sourceRoot, source)))
      .map((source) => `${path}: ${source}`);
  });
  expect(lost).toEqual([]);
});

test('the workflow bundle names its sources as packages have them', () => {
  const code = read('dist/workflow-bundle.js');
  const [, map = ''] = /sourceMappingURL=data:application\/json;charset=utf-8;base64,(\S+)\s*$/.exec(code) ?? [];
  const { sources } = JSON.parse(Buffer.from(map, 'base64').toString()) as SourceMap;
  const ours = sources.filter((source) => source.startsWith('temporal-provisioner/'));
  expect(ours).toContain('temporal-provisioner/workflows/provision.ts');
  const inPackages = sources.filter((source) => /^(temporal-provisioner\/(?!dist\/)|@temporalio\/)/.test(source));
  expect(
    inPackages.filter((source) => !existsSync(join(installed, '..', source)) && !/__temporal_custom/.test(source)),
  ).toEqual([]);
  expect(sources.filter((source) => /^([a-z]:)?[\\/]/i.test(source))).toEqual([]);
});

test('no file says where it was built', () => {
  const telling = paths.filter((path) => read(path).includes(ROOT));
  expect(telling).toEqual([]);
});
