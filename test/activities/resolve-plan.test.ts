import { expect, test } from 'vitest';
import { createCatalog } from '../../activities/catalog.js';
import { BUILT_IN_KINDS, BUILT_IN_PROVIDERS } from '../../activities/providers/built-in.js';
import { resolvePlan } from '../../activities/resolve-plan.js';
import type { Plan } from '../../contract/plan.js';
import { completeCredentials } from '../../simulator/credentials.js';
import { toConnections } from '../../worker/config/connections.js';
import { simulatorConnections } from '../../worker/config/simulator-connections.js';
import { aiWorkspace, fabric, project, studio, workflow } from '../support/resources.js';

const described = { endpoint: 'http://127.0.0.1:1', ...completeCredentials() };
const secrets = { hdfs: () => 'not to be seen' };
const catalog = createCatalog({
  kinds: BUILT_IN_KINDS,
  connections: toConnections(simulatorConnections(described, { secrets }), BUILT_IN_PROVIDERS),
  taskQueue: 'q',
  searchAttributes: true,
});
const run = { namespace: 'default', workflowId: 'provision-p', firstRunId: 'r'.repeat(36), killers: [] };

function problems(plan: unknown, more: Partial<typeof run> = {}): string[] {
  const resolution = resolvePlan(plan, catalog, { ...run, ...more });
  return 'problems' in resolution ? resolution.problems.map(({ path, message }) => `${path}: ${message}`) : [];
}

function resolved(plan: Plan) {
  const resolution = resolvePlan(plan, catalog, run);
  if ('problems' in resolution) throw new Error(JSON.stringify(resolution.problems));
  return resolution.plan;
}

test('steps come in an order in which every need is first, with the queue of their connection', () => {
  const plan = resolved({
    name: 'p',
    resources: { flow: workflow('f', { dependsOn: ['fabric'] }), fabric: fabric(), ai: aiWorkspace() },
  });
  expect(plan.steps.map(({ key }) => key)).toEqual(['fabric', 'flow', 'ai']);
  expect(plan.steps[1]).toMatchObject({
    taskQueue: 'q:alibaba',
    dependsOn: ['fabric'],
    ifExists: 'fail',
    retain: false,
  });
  expect(plan.connections).toEqual(['alibaba', 'huawei', 'naver']);
});

test('a reference makes its step a dependency', () => {
  const plan = resolved({
    name: 'p',
    resources: { a: { ...fabric('ws-a'), spec: { name: 'ws-a', description: { $ref: 'b.name' } } }, b: studio() },
  });
  expect(plan.steps.map(({ key }) => key)).toEqual(['b', 'a']);
});

test('a reference in place of a whole spec is refused, and so is a secret', () => {
  const at = (spec: object) => problems({ name: 'p', resources: { b: studio(), a: { ...fabric(), spec } } });
  expect(at({ $ref: 'b.id' })).toContain('resources.a.spec: a reference may stand for a field, not for all');
  expect(at({ $secret: 'hdfs' })).toEqual([
    expect.stringContaining('resources.a.spec.$secret: a secret may stand only'),
  ]);
});

test('everything that is wrong in several resources comes in one answer with its path', () => {
  const plan = {
    name: 'p',
    resources: {
      kind: { ...studio(), kind: 'no.such.kind' },
      connection: { ...studio(), connection: 'nobody' },
      cloud: { ...studio(), connection: 'naver' },
      field: { ...studio(), spec: { name: 'ok', eps_id: '0', colour: 'red' } },
      ref: { ...fabric(), spec: { name: { $ref: 'nowhere.id' } } },
      output: { ...fabric(), spec: { name: { $ref: 'field.colour' } } },
      needs: studio('needs_ws', { dependsOn: ['nothing', 'needs'] }),
      secret: { ...studio(), spec: { name: 'ok', eps_id: '0', description: { $secret: 'hdfs' } } },
    },
  };
  expect(problems(plan).map((text) => text.split(': ')[0])).toEqual([
    'resources.kind.kind',
    'resources.connection.connection',
    'resources.cloud.connection',
    'resources.cloud.spec.project_id',
    'resources.cloud.spec.instance_id',
    'resources.field.spec.colour',
    'resources.ref.spec.name.$ref',
    'resources.output.spec.name.$ref',
    'resources.needs.dependsOn[0]',
    'resources.needs.dependsOn[1]',
    'resources.secret.spec.description.$secret',
  ]);
});

test('what is retained cannot lie in what a rollback deletes', () => {
  const inside = { ...workflow('flow', { retain: true }) };
  const flow = { ...inside, spec: { ...inside.spec, ProjectId: { $ref: 'project.id' } } };
  const resources = (retain: boolean) => ({ project: project('proj', { retain }), flow });
  expect(problems({ name: 'p', resources: resources(false) })).toEqual([
    'resources.flow.spec.ProjectId.$ref: what is retained may refer only to what is retained too; set retain on resources.project',
  ]);
  expect(problems({ name: 'p', resources: resources(true) })).toEqual([]);
});

test('a cycle is told as the way around it', () => {
  const plan = {
    name: 'p',
    resources: { a: studio('a_ws', { dependsOn: ['b'] }), b: studio('b_ws', { dependsOn: ['a'] }) },
  };
  expect(problems(plan)).toEqual(['resources: a cycle: a needs b needs a; remove one of these']);
});

test('a description that leaves no room for the marker is refused with the room there is', () => {
  const plan = { name: 'p', resources: { a: { ...fabric(), spec: { name: 'ws-a', description: 'x'.repeat(200) } } } };
  expect(problems(plan)[0]).toMatch(
    /^resources\.a\.spec\.description: at most \d+ characters: the marker takes the rest/,
  );
});

test('a workflow id that is too long for the marker is refused before anything is called', () => {
  const plan = { name: 'p', resources: { a: fabric() } };
  expect(problems(plan, { workflowId: 'w'.repeat(250) })[0]).toMatch(/^name: too long: the marker of step a takes/);
});

test('a secret is accepted where the kind allows it, and only by a name that the connection allows', () => {
  const withEnv = (name: string): Plan => ({
    name: 'p',
    resources: {
      ai: {
        ...aiWorkspace(),
        spec: {
          name: 'ai-ws',
          configuration: { docker: { image: 'tensorflow:r2', command: 'ls', env: { PASSWORD: { $secret: name } } } },
        },
      },
    },
  });
  expect(problems(withEnv('hdfs'))).toEqual([]);
  expect(problems(withEnv('other'))).toEqual([
    'resources.ai.spec.configuration.docker.env.PASSWORD.$secret: unknown secret; the connection allows: hdfs',
  ]);
});

test('a run that could be killed without undoing is refused by what would kill it', () => {
  const plan = { name: 'p', resources: { a: fabric() } };
  expect(problems(plan, { killers: ['a cron schedule'] as never })).toEqual([
    ': a cron schedule would end the run without undoing; start it without',
  ]);
});

test('an id that neither spec nor scope holds is asked for at both places', () => {
  const bare = createCatalog({
    kinds: BUILT_IN_KINDS,
    connections: (catalog.connections ? [...catalog.connections.values()] : []).map((each) => ({ ...each, scope: {} })),
    taskQueue: 'q',
    searchAttributes: true,
  });
  const resolution = resolvePlan({ name: 'p', resources: { a: aiWorkspace() } }, bare, run);
  expect('problems' in resolution && resolution.problems).toEqual([
    { path: 'resources.a.spec.accountId', message: 'required: here, or as scope.accountId of the connection' },
  ]);
});

test('connections are named in the search attribute as far as the server takes them', () => {
  const names = Array.from({ length: 100 }, (_, index) => `connection-number-${index}-with-a-long-name`);
  const [naver] = [...(catalog.connections?.values() ?? [])].filter(({ provider }) => provider === 'naver');
  const many = createCatalog({
    kinds: BUILT_IN_KINDS,
    connections: names.map((name) => ({ ...(naver as NonNullable<typeof naver>), name })),
    taskQueue: 'q',
    searchAttributes: true,
  });
  const resources = Object.fromEntries(names.map((connection, n) => [`s${n}`, aiWorkspace(`ai-${n}`, { connection })]));
  const resolution = resolvePlan({ name: 'p', resources }, many, run);
  const connections = 'plan' in resolution ? resolution.plan.connections : [];
  expect(connections.length).toBeGreaterThan(40);
  expect(JSON.stringify(connections).length).toBeLessThanOrEqual(2_048);
});

test('what is too large to look into is told alone', () => {
  expect(problems({ name: 5, resources: { a: { spec: 'x'.repeat(1_100_000) } } })).toEqual([
    ': at most 1000000 bytes of JSON; split the plan',
  ]);
});

test('what is protected may refer only to what is protected or retained, else a container would take it along', () => {
  const inside = (more: object, container: object) => ({
    name: 'p',
    resources: {
      home: project('home_a', container),
      flow: { ...workflow('f', more), spec: { ...workflow('f').spec, ProjectId: { $ref: 'home.id' } } },
    },
  });
  const remedy =
    'resources.flow.spec.ProjectId.$ref: what is protected may refer only to what is protected or retained too; ' +
    'set protect on resources.home';
  expect(problems(inside({ protect: true }, {}))).toEqual([remedy]);
  expect(problems(inside({ protect: true }, { protect: true }))).toEqual([]);
  expect(problems(inside({ protect: true }, { retain: true }))).toEqual([]);
});

test('a step tells its protection and its name, where no other step has to be known for it', () => {
  const named = { kind: 'huawei.dataarts-fabric.workspace', connection: 'huawei', spec: { name: { $ref: 'a.name' } } };
  const { steps } = resolved({ name: 'p', resources: { a: studio('studio_a', { protect: true }), b: named } });
  expect(steps.map(({ protect, name }) => ({ protect, name }))).toEqual([
    { protect: true, name: 'studio_a' },
    { protect: undefined, name: undefined },
  ]);
  expect(Object.keys(steps[1] ?? {})).not.toContain('protect');
});

test('a plain plan resolves without a word of approval and management', () => {
  expect(Object.keys(resolved({ name: 'p', resources: { a: studio() } }))).not.toEqual(
    expect.arrayContaining(['approval', 'managed']),
  );
  expect(resolved({ name: 'p', resources: { a: studio() }, approval: 'required' })).toMatchObject({ approval: true });
});

test.each([
  [{ managed: true }, { verifyEveryMs: 3_600_000 }],
  [{ lifetime: {} }, { verifyEveryMs: 3_600_000 }],
  [{ lifetime: { ttl: '7d', verifyEvery: '15m' } }, { ttlMs: 604_800_000, verifyEveryMs: 900_000 }],
])('a plan with %j stays open as the owner, with its times in ms', (more, managed) => {
  expect(resolved({ name: 'p', resources: { a: studio() }, ...more }).managed).toEqual(managed);
});

test('a plan that has a lifetime and will not be managed is refused', () => {
  const plan = { name: 'p', resources: { a: studio() }, managed: false, lifetime: { ttl: '1d' } };
  expect(problems(plan)).toEqual(['managed: a plan with a lifetime is managed; leave one of them out']);
});
