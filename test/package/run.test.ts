/** What is installed in an empty project does what the documentation says, on both versions of Node. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { VERSION } from '../../contract/version.js';
import { type Project, Running, run, succeed } from './stranger.js';

const { node20, node22, unscripted } = inject('projects');
const PACKAGE = 'node_modules/temporal-provisioner';
const FLAGSHIP = `${PACKAGE}/examples/flagship.yaml`;

/** As npx runs it. Under npx the exit code after Ctrl-C would be npm's own. */
const COMMAND = 'node_modules/.bin/provisioner';

/** `provisioner up`, on ports of its own. */
class Up {
  private constructor(
    private readonly running: Running,
    readonly address: string,
    readonly simulator: string,
  ) {}

  static async start(project: Project): Promise<Up> {
    const running = new Running(project, [COMMAND, 'up', '--port', '0']);
    const [, address = '', simulator = ''] = await running.until(
      /^Temporal +(\S+),[\s\S]*^Simulator +(\S+):[\s\S]*In another terminal/m,
    );
    return new Up(running, address, simulator);
  }

  async stop(): Promise<number | null> {
    return (await this.running.interrupt()).code;
  }
}

test('no export is left out of what a stranger imports here', () => {
  const manifest = JSON.parse(readFileSync(join(node20.folder, PACKAGE, 'package.json'), 'utf8')) as {
    exports: object;
  };
  const consumer = readFileSync(join(node20.folder, 'src/exports.ts'), 'utf8');
  const imported = [...consumer.matchAll(/ from 'temporal-provisioner(.*?)'/g)].map(([, path = '']) => `.${path}`);
  expect(imported.sort()).toEqual(Object.keys(manifest.exports).sort());
});

describe.each([
  ['Node 20', 'v20.', node20],
  ['Node 22', 'v22.', node22],
])('on %s', (_name, version, project) => {
  let up: Up;
  beforeAll(async () => {
    up = await Up.start(project);
  });
  afterAll(async () => expect(await up.stop()).toBe(0));

  test('every export can be imported, and leads into the package', async () => {
    const seen = JSON.parse(await succeed(project, 'node', 'app/exports.js')) as Record<string, unknown>;
    expect(seen).toMatchObject({ missing: [], version: VERSION, schema: 'object' });
    expect(seen.main).toBe(join(project.folder, PACKAGE, 'dist/index.js'));
    // A worker loads it by its path, so no import tells that it is missing.
    expect(seen.failureConverterPath).toBe(join(project.folder, PACKAGE, 'dist/encryption/failure-converter.cjs'));
    expect(existsSync(seen.failureConverterPath as string)).toBe(true);
  });

  test('a command helps, plans, and prints the schema that is exported', async () => {
    expect(await succeed(project, 'npx', 'provisioner', '--help')).toMatch(/^ +provision .*\n[\s\S]*^ +board /m);
    expect((await succeed(project, COMMAND, '--version')).trim()).toBe(VERSION);
    expect(await succeed(project, 'npx', 'provisioner', 'plan', FLAGSHIP)).toMatch(/^ +undo +DELETE /m);
    const schema = readFileSync(join(project.folder, PACKAGE, 'dist/plan.schema.json'), 'utf8');
    expect(await succeed(project, COMMAND, 'schema')).toBe(schema);
  });

  test('the example plan is provisioned by the command, and one that is refused is rolled back', async () => {
    const at = ['--address', up.address];
    const made = await succeed(project, 'npx', 'provisioner', 'provision', FLAGSHIP, ...at);
    expect(made).toContain('Provisioned: every resource is live.');
    const fault = { operation: 'CreateWorkspace', do: 'refuse' };
    const set = await fetch(`${up.simulator}/__simulator/faults`, { method: 'POST', body: JSON.stringify(fault) });
    expect(set.ok).toBe(true);
    const resources = {
      ws: { kind: 'huawei.dataarts-fabric.workspace', connection: 'huawei', spec: { name: 'refused-ws' } },
    };
    writeFileSync(join(project.folder, 'refused.json'), JSON.stringify({ name: 'refused', resources }));
    const { code, stdout } = await run(project, 'npx', 'provisioner', 'provision', 'refused.json', ...at);
    expect([code, stdout]).toEqual([1, expect.stringContaining('RolledBack: nothing of this plan is alive')]);
  });

  test('the board serves its page, and every file that the page refers to', async () => {
    const board = new Running(project, [COMMAND, 'board', '--port', '0', '--address', up.address]);
    try {
      const [url] = await board.until(/http:\S+/);
      const page = await (await fetch(url)).text();
      const links = [...page.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, path = '']) => path);
      expect(links).toContain('/assets/board.css');
      const answers = await Promise.all([...links, '/assets/idiomorph.js'].map((path) => fetch(new URL(path, url))));
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    } finally {
      expect((await board.interrupt()).code).toBe(0);
    }
  });

  test.each(['own', 'prebuilt'])(
    'a worker on %s workflows provisions one plan and undoes another, and both replay',
    async (workflows) => {
      const said = await succeed(project, 'node', 'app/service.js', up.address, workflows);
      const seen = JSON.parse(said) as { node: string; stack: readonly string[] };
      expect(seen).toMatchObject({
        first: 'Provisioned',
        afterFirst: ['first-ws', 'first_studio'],
        second: 'RolledBack',
        afterSecond: ['first-ws', 'first_studio'],
      });
      expect(seen.node).toMatch(new RegExp(`^${version}`));
      const [line = '', place = ''] =
        /temporal-provisioner\/(workflows\/[a-z-]+\.ts):\d+:\d+/.exec(seen.stack.join()) ?? [];
      expect(line).not.toBe('');
      expect(existsSync(join(project.folder, PACKAGE, place))).toBe(true);
    },
  );

  test("a kind is held to its contract by Node's own test runner", async () => {
    const said = await succeed(project, 'node', '--test', '--test-reporter=tap', 'app/kinds.test.js');
    expect(said).toMatch(/^# pass (?!0$)\d+$/m);
    expect(said).toMatch(/^# fail 0$/m);
  });

  test('the demo runs to its end, from what is installed', async () => {
    const said = await succeed(project, 'node', `${PACKAGE}/dist/cli/demo/main.js`);
    expect(said).toMatch(/3 made, 3 deleted again, nothing left behind/);
  });
});

describe('where no install script ran and nothing can be bundled', () => {
  const modules = join(unscripted.folder, 'node_modules');

  test('the command brings a worker up all the same, and provisions', async () => {
    rmSync(join(modules, 'source-map-loader'), { recursive: true });
    const bundled = await run(unscripted, 'node', 'app/service.js', '127.0.0.1:1', 'own');
    expect(bundled.code).not.toBe(0);
    const up = await Up.start(unscripted);
    const made = await run(unscripted, 'npx', 'provisioner', 'provision', FLAGSHIP, '--address', up.address);
    expect(await up.stop()).toBe(0);
    expect([made.code, made.stdout]).toEqual([0, expect.stringContaining('Provisioned: every resource is live.')]);
  });

  test('an SDK of another minor version is told what it would have to be', async () => {
    const manifest = join(modules, '@temporalio/worker/package.json');
    expect(existsSync(manifest)).toBe(true);
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"version": "1.24.0"', '"version": "1.25.0"'));
    const { code, stderr } = await run(unscripted, 'node', 'app/exports.js');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /holds Temporal's SDK 1\.24\.0, but @temporalio\/worker is 1\.25\.0 here\. Install 1\.24 of/,
    );
  });
});
