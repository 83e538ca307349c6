/** One version in every place that tells it, and a release that writes them together or is refused. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { VERSION } from '../contract/version.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PLACES = ['package.json', 'CHANGELOG.md', 'contract/version.ts', 'release.mjs'];
/** What the package is called before it was ever released. */
const FIRST = '0.1.0';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'release-'));
  mkdirSync(join(folder, 'contract'));
  for (const path of PLACES) cpSync(join(ROOT, path), join(folder, path));
});
afterEach(() => rmSync(folder, { recursive: true }));

const read = (path: string, from = folder) => readFileSync(join(from, path), 'utf8');
const release = (...args: string[]) =>
  spawnSync(process.execPath, ['release.mjs', ...args], { cwd: folder, encoding: 'utf8' });

/** As `npm version` does before it runs the script. */
function setVersion(version: string): void {
  const manifest = JSON.parse(read('package.json')) as object;
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, version }));
}

test('package, lockfile, constant and the newest entry of the change log tell one version', () => {
  const { version } = JSON.parse(read('package.json', ROOT)) as { version: string };
  const lock = JSON.parse(read('package-lock.json', ROOT)) as { version: string };
  const [, newest = FIRST] = /^## \[(\d[^\]]*)\]/m.exec(read('CHANGELOG.md', ROOT)) ?? [];
  expect([lock.version, VERSION, newest]).toEqual([version, version, version]);
});

test('a new version goes into the constant and the change log, and its tag is then accepted', () => {
  setVersion('7.8.9');
  expect(release().status).toBe(0);
  expect(read('contract/version.ts')).toContain("VERSION = '7.8.9'");
  expect(read('CHANGELOG.md')).toMatch(/## \[Unreleased\]\n\n## \[7\.8\.9\] - \d{4}-\d\d-\d\d\n\n### Added\n/);
  expect(release('--check', 'v7.8.9')).toMatchObject({ status: 0, stderr: '' });
});

test('a tag that the package, the constant or the change log does not know is refused with each reason', () => {
  setVersion('7.8.9');
  const { status, stderr } = release('--check', 'v7.8.8');
  expect(status).toBe(1);
  expect(stderr).toMatch(/the tag must be[\s\S]*contract\/version\.ts must say[\s\S]*CHANGELOG\.md must have/);
});

test('the same version is written once, however often the script runs', () => {
  setVersion('7.8.9');
  release();
  const once = read('CHANGELOG.md');
  release();
  expect(read('CHANGELOG.md')).toBe(once);
});

const WORKFLOWS = readdirSync(join(ROOT, '.github/workflows'));

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}
interface Job {
  readonly needs?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps: readonly { readonly run?: string; readonly uses?: string }[];
}

test('what publishes waits for the checks, holds no secret, and alone may sign', () => {
  const text = read('.github/workflows/release.yml', ROOT);
  const { jobs, permissions } = parse(text) as Workflow;
  const commands = (job: Job | undefined) => job?.steps.map(({ run = '' }) => run) ?? [];
  expect(commands(jobs.check)).toEqual(
    expect.arrayContaining(['.ci/run', 'node release.mjs --check "$GITHUB_REF_NAME"']),
  );
  expect(jobs.publish?.needs).toBe('check');
  expect(commands(jobs.publish).at(-1)).toBe('npm publish --provenance --access public');
  expect([permissions, jobs.publish?.permissions]).toEqual([
    { contents: 'read' },
    { contents: 'read', 'id-token': 'write' },
  ]);
  expect(jobs.check?.permissions).toBeUndefined();
  expect(text).not.toMatch(/secrets\./);
});

test.each(WORKFLOWS)('every action of %s is pinned by the hash of a commit', (file) => {
  const { jobs } = parse(read(`.github/workflows/${file}`, ROOT)) as Workflow;
  const uses = Object.values(jobs).flatMap(({ steps }) => steps.flatMap((step) => step.uses ?? []));
  expect(uses.length).toBeGreaterThan(2);
  expect(uses.filter((action) => !/^actions\/[a-z-]+@[0-9a-f]{40}$/.test(action))).toEqual([]);
});

test('no dependency runs a script of its own where CI, a release or the image installs', () => {
  const files = [...WORKFLOWS.map((file) => `.github/workflows/${file}`), '.ci/run', 'Dockerfile'];
  const installs = files.flatMap((file) => read(file, ROOT).match(/^[^#\n]*\bnpm (?:ci|install|i)\b.*$/gm) ?? []);
  expect(installs).toHaveLength(3);
  expect(installs.filter((line) => !line.includes(' --ignore-scripts '))).toEqual([]);
});
