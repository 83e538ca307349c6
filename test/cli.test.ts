/** The command line without a server: help, the dry run, exit codes, --json, and what is never printed. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { Json, Plan, PlanResource } from '../contract/plan.js';
import { runCli, startCli } from './cli-process.js';
import { aiWorkspace, fabric, project, studio, workflow } from './support/resources.js';

const SECRET = 'hunter2hunter2';
const folder = mkdtempSync(join(tmpdir(), 'cli-'));
let files = 0;

function fileOf(content: unknown): string {
  const file = join(folder, `plan-${files++}.yaml`);
  writeFileSync(file, typeof content === 'string' ? content : stringify(content));
  return file;
}

const planOf = (resources: Record<string, unknown>, more: Record<string, unknown> = {}): unknown => ({
  name: 'dry',
  resources,
  ...more,
});

const docker = (env: Json): PlanResource =>
  aiWorkspace('ai-ws', {
    spec: {
      name: 'ai-ws',
      configuration: { docker: { image: 'tensorflow:r2.3.1-py3', command: 'ls', env } },
    } as Plan['resources'][string]['spec'],
  });

describe('help', () => {
  it('lists every command and the exit codes, and ends well', async () => {
    const { code, stdout } = await runCli(['--help']);
    expect(code).toBe(0);
    for (const command of [
      'plan',
      'provision',
      'status',
      'list',
      'cancel',
      'sweep',
      'worker',
      'setup',
      'simulator',
      'up',
    ]) {
      expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
    }
    expect(stdout).toContain('Exit codes: 0 provisioned');
  });

  it('of the command is pointed to when the command line is wrong, with exit code 2 and one line', async () => {
    for (const [help, args] of [
      ['provisioner --help', ['frobnicate']],
      ['provisioner plan --help', ['plan']],
      ['provisioner plan --help', ['plan', 'a', 'b']],
      ['provisioner list --help', ['list', '--nope']],
      ['provisioner list --help', ['--address', 'plan', 'list', '--nope']],
      ['must be a port from 0 to 65535; see: provisioner simulator --help', ['simulator', '--port', 'x']],
      ['provisioner --help', []],
    ] as const) {
      const { code, stderr, stdout } = await runCli(args);
      expect([args, code]).toEqual([args, 2]);
      expect(stdout).toBe('');
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(stderr).toContain(help);
    }
  });
});

describe('plan', () => {
  it('shows steps in order, those side by side together, with calls, undo and what is irreversible', async () => {
    const plan = planOf({
      flow: workflow('daily_flow', { dependsOn: ['studio', 'fabric'] }),
      studio: studio(),
      fabric: fabric(),
      project: project(),
    });
    const { code, stdout, stderr } = await runCli(['plan', fileOf(plan)], { cwd: folder });
    expect(code).toBe(0);
    expect(stdout).toMatch(/1\. 3 side by side[\s\S]*2\. flow/);
    expect(stdout).toMatch(/POST \/v1\/workspaces/);
    expect(stdout).toMatch(/undo +DELETE \/v1\/workspaces/);
    expect(stdout).toMatch(/irreversible .*14 days/);
    expect(stderr).toContain('Connections were not checked');
  });

  it('with --json prints one document with waves, calls and warnings, and nothing else', async () => {
    const plan = planOf({ ai: docker({ PASSWORD: SECRET, OTHER: { $secret: 'token' } }) });
    const { code, stdout, stderr } = await runCli(['plan', fileOf(plan), '--json'], { cwd: folder });
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({
      plan: 'dry',
      workflowId: 'provision-dry',
      connectionsChecked: false,
      steps: [{ step: 'ai', wave: 1, kind: 'naver.data-forest.ai-workspace', onRollback: 'deleted' }],
      warnings: [{ path: expect.stringMatching(/^resources\.ai\.spec\.configuration\.docker\.env\.PASSWORD/) }],
    });
    expect(stdout).not.toContain(SECRET);
  });

  it('warns about literal values in docker.env by path and never shows the value', async () => {
    const { code, stdout, stderr } = await runCli(['plan', fileOf(planOf({ ai: docker({ PASSWORD: SECRET }) }))]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/warning:.*docker\.env\.PASSWORD.*\$secret/);
    expect(stdout + stderr).not.toContain(SECRET);
  });

  it('says that a retained resource is kept, and what an adopted one means', async () => {
    const plan = planOf({ a: fabric('fabric-one', { retain: true }), b: fabric('fabric-two', { ifExists: 'adopt' }) });
    const { stdout } = await runCli(['plan', fileOf(plan)]);
    expect(stdout).toMatch(/undo +none: it is kept/);
    expect(stdout).toMatch(/adopted, and never deleted/);
  });

  it('reads a plan from standard input', async () => {
    const { code, stdout } = await runCli(['plan', '-'], { input: JSON.stringify(planOf({ a: fabric() })) });
    expect([code, stdout.includes('Plan dry')]).toEqual([0, true]);
  });

  it('reports every problem at once with its path, exit code 2, and without any value', async () => {
    const plan = planOf({
      unknownKind: { kind: 'nobody.knows', connection: 'c', spec: { password: SECRET } },
      unknownField: fabric('f', { spec: { name: 'f', password: SECRET } }),
      badRef: fabric('g', { spec: { name: 'g', description: { $ref: 'nowhere.id' } } }),
      x: fabric('x', { dependsOn: ['y'] }),
      y: fabric('y', { dependsOn: ['x'] }),
    });
    const file = fileOf(plan);
    const { code, stdout, stderr } = await runCli(['plan', file, '--json']);
    expect([code, stderr]).toEqual([2, '']);
    const { error, problems } = JSON.parse(stdout) as { error: string; problems: { path: string; message: string }[] };
    expect(error).toMatch(/invalid/);
    const paths = problems.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining([
        'resources.unknownKind.kind',
        'resources.unknownField.spec.password',
        'resources.badRef.spec.description.$ref',
        'resources',
      ]),
    );
    const plain = await runCli(['plan', file]);
    expect(plain.code).toBe(2);
    for (const path of paths) expect(plain.stderr).toContain(path);
    expect(stdout + plain.stderr + plain.stdout).not.toContain(SECRET);
  });

  it.each([
    ['no resources', planOf({})],
    [
      'over 200 resources',
      planOf(Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`s${i}`, fabric(`w${i}`)]))),
    ],
    ['over a megabyte', planOf({ a: fabric('a', { spec: { name: 'a', description: 'x'.repeat(1_000_001) } }) })],
    ['an unknown top-level key', planOf({ a: fabric() }, { [SECRET]: 1 })],
    ['no name', { resources: { a: fabric() } }],
    ['a list instead of a plan', [1, 2]],
    ['an empty file', ''],
    ['text that is no YAML', 'a: [1,\nb: "'],
  ])('with %s is refused with exit code 2 and no stack trace', async (_what, content) => {
    const { code, stdout, stderr } = await runCli(['plan', fileOf(content)]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^error: /);
    expect(stderr).not.toMatch(/^\s+at .*:\d+/m);
  });

  it('shows a stack trace only when asked with --verbose', async () => {
    const { stderr } = await runCli(['plan', '/nonexistent/plan.yaml', '--verbose']);
    expect(stderr).toMatch(/^\s+at .*:\d+/m);
  });

  it('checks connections against a configuration where there is one, and needs no secret for it', async () => {
    const config = fileOf({
      connections: {
        hua: {
          provider: 'huawei',
          endpoint: 'http://127.0.0.1:1',
          simulator: true,
          scope: { projectId: 'p', instanceId: 'i' },
          credentials: { accessKey: { env: 'CLI_TEST_AK' }, secretKey: { env: 'CLI_TEST_SK' } },
        },
      },
    });
    const file = fileOf(
      planOf({ a: fabric('fabric-a', { connection: 'hua' }), b: fabric('fabric-b', { connection: 'other' }) }),
    );
    const env = { CLI_TEST_AK: 'ak', CLI_TEST_SK: SECRET };
    const checked = await runCli(['plan', file, '--config', config, '--json'], { env });
    expect(checked.code).toBe(2);
    expect(JSON.parse(checked.stdout)).toMatchObject({ problems: [{ path: 'resources.b.connection' }] });
    const unset = await runCli(['plan', file, '--config', config, '--json'], { env: { CLI_TEST_SK: '' } });
    expect(JSON.parse(unset.stdout)).toEqual(JSON.parse(checked.stdout));
  });
});

describe.concurrent('without a reachable server', () => {
  it.each([
    [['status', 'x']],
    [['list']],
    [['cancel', 'x']],
    [['setup']],
    [['provision', fileOf(planOf({ a: fabric() }))]],
  ])('%j ends with exit code 4 and one line that says what to do', async (args) => {
    const { code, stdout, stderr } = await runCli([...args, '--address', '127.0.0.1:1']);
    expect([code, stdout]).toEqual([4, '']);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/provisioner up/);
  });

  it('the error is one JSON document with --json', async () => {
    const { code, stdout } = await runCli(['status', 'x', '--json', '--address', '127.0.0.1:1']);
    expect(code).toBe(4);
    expect(JSON.parse(stdout)).toEqual({ error: expect.stringMatching(/127\.0\.0\.1:1/) });
  });

  it('a plan that cannot start is still refused with exit code 2', async () => {
    const { code, stdout } = await runCli(['provision', fileOf(planOf({})), '--json', '--address', '127.0.0.1:1']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ problems: [{ path: 'resources' }] });
  });
});

describe('simulator', () => {
  it('prints one JSON line first, serves its state, and ends well on SIGTERM', async () => {
    const running = startCli(['simulator', '--port', '0']);
    const line = (await running.until(/\n/)).split('\n')[0] ?? '';
    const described = JSON.parse(line) as { endpoint: string } & Record<string, Record<string, string>>;
    expect(Object.keys(described)).toEqual(['endpoint', 'huawei', 'naver', 'alibaba']);
    for (const key of ['accessKey', 'secretKey', 'projectId', 'instanceId', 'userName', 'password', 'domainName']) {
      expect(described.huawei?.[key]).toBeTruthy();
    }
    const state = (await (await fetch(`${described.endpoint}/__simulator/state`)).json()) as { resources: unknown[] };
    expect(state.resources).toEqual([]);
    running.process.kill('SIGTERM');
    const { code, stdout, stderr } = await running.ended;
    expect([code, stdout.trim(), stderr]).toEqual([0, line, '']);
  });

  it('accepts its own first line as a credentials file', async () => {
    const credentials = fileOf(JSON.stringify({ naver: { accessKey: 'k', secretKey: 's', accountId: 'acc' } }));
    const running = startCli(['simulator', '--port', '0', '--credentials', credentials]);
    const line = (await running.until(/\n/)).split('\n')[0] ?? '';
    expect(JSON.parse(line)).toMatchObject({ naver: { accessKey: 'k', secretKey: 's', accountId: 'acc' } });
    running.process.kill('SIGINT');
    expect((await running.ended).code).toBe(0);
  });

  it('with a credentials file of the wrong shape ends with exit code 2 and no value', async () => {
    const credentials = fileOf(JSON.stringify({ naver: { accesKey: SECRET } }));
    const { code, stderr } = await runCli(['simulator', '--credentials', credentials]);
    expect(code).toBe(2);
    expect(stderr).toContain('accesKey');
    expect(stderr).not.toContain(SECRET);
  });

  it('on a taken port ends with exit code 2 and names the way out', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const { code, stderr } = await runCli(['simulator', '--port', String(port)]);
    server.close();
    expect(code).toBe(2);
    expect(stderr).toMatch(/taken.*--port/);
  });
});

describe('worker', () => {
  it('without a configuration ends with exit code 2 and says how to name one', async () => {
    const { code, stderr } = await runCli(['worker'], { cwd: mkdtempSync(join(tmpdir(), 'cli-empty-')) });
    expect(code).toBe(2);
    expect(stderr).toContain('--config');
  });
});
