import { expect, test } from 'vitest';
import { createCatalog } from '../../activities/catalog.js';
import { type DeprovisionSources, resolveDeprovision } from '../../activities/deprovision/resolve-deprovision.js';
import type { Chain, ChainRun } from '../../activities/owner/chain.js';
import { BUILT_IN_KINDS, BUILT_IN_PROVIDERS } from '../../activities/providers/built-in.js';
import type { Discovered } from '../../contract/deprovision.js';
import type { Manifest } from '../../contract/manifest.js';
import type { Plan } from '../../contract/plan.js';
import { completeCredentials } from '../../simulator/credentials.js';
import { toConnections } from '../../worker/config/connections.js';
import { simulatorConnections } from '../../worker/config/simulator-connections.js';
import { aiWorkspace, fabric, project, studio, workflow } from '../support/resources.js';

const described = { endpoint: 'http://127.0.0.1:1', ...completeCredentials() };
const catalog = createCatalog({
  kinds: BUILT_IN_KINDS,
  connections: toConnections(simulatorConnections(described), BUILT_IN_PROVIDERS),
  taskQueue: 'q',
  searchAttributes: true,
});

const NOW = 9_000_000;
const CLOSED = 8_000_000;
const owner = { namespace: 'default', workflowId: 'provision-p', runId: 'r' };
const plan: Plan = { name: 'p', resources: { a: fabric('ws-a'), b: aiWorkspace('ws-b', { dependsOn: ['a'] }) } };
const manifest: Manifest = {
  manifest: 1,
  plan,
  owner,
  outcome: 'Provisioned',
  steps: { a: { state: 'live', id: '1', outputs: { id: '1' } }, b: { state: 'live', id: '2', outputs: { id: '2' } } },
};
const closed: ChainRun = {
  runId: 'r',
  firstRunId: 'r',
  workflowType: 'provision',
  status: 'completed',
  closedAt: CLOSED,
};
const request = { plan: 'p', by: 'ada', why: 'over' };

interface Server {
  readonly manifest?: Manifest;
  readonly run?: ChainRun;
  readonly chain?: Chain;
  readonly deprovisioned?: true;
  readonly made?: boolean;
  readonly found?: readonly Discovered[];
}

function resolve(input: unknown, { manifest: read, run = closed, chain, deprovisioned, made, found }: Server = {}) {
  const sources: DeprovisionSources = {
    namespace: 'default',
    readManifest: async () =>
      read ? { manifest: read, run, settled: new Set(Object.keys(read.steps)) } : { none: 'absent' },
    findChain: async () => chain ?? { state: 'unknown', why: 'its workflow is past retention, or never was' },
    hasMade: async () => made,
    wasDeprovisioned: async () => deprovisioned ?? false,
  };
  return resolveDeprovision(input, found, { catalog, sources, facts: { firstRunId: 'd', killers: [], now: NOW } });
}

async function problems(input: unknown, server: Server = {}): Promise<string[]> {
  const resolution = await resolve(input, server);
  return 'problems' in resolution ? resolution.problems.map(({ path, message }) => `${path}: ${message}`) : [];
}

async function undo(input: unknown, server: Server = {}) {
  const resolution = await resolve(input, server);
  if (!('undo' in resolution)) throw new Error(JSON.stringify(resolution));
  return resolution.undo;
}

test('a provisioned plan is undone in its owner’s name, and what was sent once is not waited for', async () => {
  const { source, carried } = await undo(request, { manifest });
  expect(source).toEqual(plan);
  expect(carried).toMatchObject({
    plan: { name: 'p', owner, steps: [{ key: 'a' }, { key: 'b', dependsOn: ['a'] }] },
    ledger: { steps: { a: { state: 'live', id: '1' }, b: { state: 'live', id: '2' } } },
    outputs: { a: { id: '1' }, b: { id: '2' } },
    traces: { a: { id: '1', resent: false, endedAt: CLOSED } },
    stop: { by: 'deprovision', includeProtected: false },
    reset: false,
  });
  expect(carried.plan).not.toHaveProperty('markedOnly');
});

test('what was adopted or skipped is no create of ours, and has no id to be deleted by', async () => {
  const steps = { a: { state: 'live', id: '1', adopted: true }, b: { state: 'live', id: '2', skipped: true } } as const;
  const { carried } = await undo(request, { manifest: { ...manifest, steps } });
  expect(carried.ledger.steps).toMatchObject({ a: { adopted: true }, b: { adopted: true, skipped: true } });
  expect(Object.values(carried.traces).map((trace) => trace.id)).toEqual([undefined, undefined]);
});

test('what is protected is refused step by step, until somebody includes it; what is retained stays anyway', async () => {
  const resources = {
    a: fabric('ws-a', { protect: true }),
    b: fabric('ws-b', { protect: true, retain: true }),
    c: fabric('ws-c'),
  };
  const live = { state: 'live', id: '1' } as const;
  const guarded = { ...manifest, plan: { ...plan, resources }, steps: { a: live, b: live, c: live } };
  expect(await problems(request, { manifest: guarded })).toEqual([
    'resources.a.protect: it is protected; to delete it as well set includeProtected (--include-protected), and say why',
  ]);
  const { carried } = await undo({ ...request, includeProtected: true }, { manifest: guarded });
  expect(carried.stop).toEqual({ by: 'deprovision', includeProtected: true });
  expect(await problems(request, { manifest: { ...guarded, outcome: 'Abandoned' } })).toEqual([]);
});

test('what is protected of a managed plan that was ended from outside is asked for: it may have been provisioned', async () => {
  const resources = { a: fabric('ws-a', { protect: true }), b: fabric('ws-b', { protect: true }), c: fabric('ws-c') };
  const steps = {
    a: { state: 'live', id: '1' },
    b: { state: 'kept', id: '2' },
    c: { state: 'deleting', id: '3' },
  } as const;
  const ended = { ...manifest, outcome: 'Abandoned', plan: { ...plan, managed: true, resources }, steps } as const;
  expect(await problems(request, { manifest: ended })).toEqual([
    expect.stringMatching(/^resources\.a\.protect: /),
    expect.stringMatching(/^resources\.b\.protect: /),
  ]);
  const { carried } = await undo({ ...request, includeProtected: true }, { manifest: ended });
  expect(Object.values(carried.ledger.steps).map(({ state }) => state)).toEqual(['live', 'live', 'deleting']);
});

test('what a managed plan left behind for its protection alone is deleted once it is included', async () => {
  const resources = { a: fabric('ws-a', { protect: true }), b: fabric('ws-b', { retain: true }), c: fabric('ws-c') };
  const kept = { state: 'kept', id: '1' } as const;
  const steps = { a: kept, b: kept, c: { state: 'deleted' } } as const;
  const over = { ...manifest, outcome: 'Deprovisioned', plan: { ...plan, managed: true, resources }, steps } as const;
  expect(await problems(request, { manifest: over })).toEqual([expect.stringMatching(/^resources\.a\.protect: /)]);
  const { carried } = await undo({ ...request, includeProtected: true }, { manifest: over });
  expect(Object.values(carried.ledger.steps).map(({ state }) => state)).toEqual(['live', 'kept', 'deleted']);
});

test('what a run left that was ended from outside counts as possibly made, and is looked for once more after a reset', async () => {
  const left = {
    ...manifest,
    outcome: 'Abandoned',
    plan: { ...plan, resources: { a: fabric(), b: fabric(), c: fabric(), d: fabric() } },
    steps: {
      a: { state: 'creating' },
      b: { state: 'abandoned', id: '2' },
      c: { state: 'planned' },
      d: { state: 'kept' },
    },
  } satisfies Manifest;
  const { carried } = await undo(request, { manifest: left, run: { ...closed, status: 'closed', runId: 'r2' } });
  const states = Object.values(carried.ledger.steps).map(({ state }) => state);
  expect(states).toEqual(['uncertain', 'uncertain', 'planned', 'kept']);
  expect(carried.reset).toBe(true);
  expect((await undo(request, { manifest: left, run: { ...closed, status: 'closed' } })).carried.reset).toBe(false);
});

test.each([
  ['is unknown to the server', {}, 'plan: the server knows no run of it; give its manifest'],
  ['still provisions', { manifest, run: { ...closed, status: 'open' } }, 'plan: it is still provisioning: cancel it'],
  [
    'is managed and open',
    { manifest: { ...manifest, plan: { ...plan, managed: true } }, run: { ...closed, status: 'open' } },
    'plan: it is managed and open: send it the move deprovision',
  ],
  [
    'was rolled back',
    { manifest: { ...manifest, outcome: 'RolledBack' } },
    'plan: nothing to deprovision: it ended RolledBack',
  ],
  ['was deprovisioned', { manifest, deprovisioned: true }, 'plan: nothing to deprovision: it was deprovisioned since'],
  [
    'is of another worker',
    {
      manifest: {
        ...manifest,
        plan: { ...plan, resources: { ...plan.resources, a: studio('x', { connection: 'no' }) } },
      },
    },
    'resources.a.connection: unknown connection; known: alibaba, huawei, naver',
  ],
] as const)('a plan that %s is refused with what to do', async (_what, server, problem) => {
  expect(await problems(request, server as Server)).toEqual([expect.stringContaining(problem)]);
});

test('a manifest is undone only by markers, and from now on nothing may land any more', async () => {
  const { carried } = await undo({ ...request, manifest });
  expect(carried.plan).toMatchObject({ owner, markedOnly: true });
  expect(carried.traces.a).toEqual({ id: '1', resent: true, endedAt: NOW });
});

test.each([
  ['of another plan', { ...manifest, plan: { ...plan, name: 'q' } }, {}, 'manifest.plan.name: must be the plan'],
  [
    'of another namespace',
    { ...manifest, owner: { ...owner, namespace: 'other' } },
    {},
    'manifest.owner.namespace: must be the namespace',
  ],
  [
    'whose owner made another plan',
    manifest,
    { made: false },
    'manifest.owner.workflowId: must be the workflow that made this plan',
  ],
  ['whose run is open', manifest, { chain: { state: 'open' } }, 'plan: it is still provisioning: cancel it'],
  [
    'that was exported too early',
    { ...manifest, outcome: undefined },
    {},
    'manifest.outcome: the manifest was exported',
  ],
  ['of another version', { ...manifest, manifest: 2 }, {}, 'manifest.manifest: is of version 2; this release reads'],
] as const)('a manifest %s is refused with what to do', async (_what, given, server, problem) => {
  expect(await problems({ ...request, manifest: given }, server as Server)).toEqual([expect.stringContaining(problem)]);
});

test('a request says who and why, and only one source', async () => {
  expect(await problems({ plan: 'a/b', by: ' ', why: 'x'.repeat(501) })).toEqual([
    expect.stringContaining('plan: letters, digits'),
    'by: say who',
    'why: at most 500 characters',
  ]);
  expect(await problems({ ...request, by: 'ada\u0007', why: 'two\nlines' })).toEqual([
    'by: must be one line, without control characters',
    'why: must be one line, without control characters',
  ]);
  expect(await problems({ ...request, manifest, discover: true, includeProtected: true })).toEqual([
    'discover: either a manifest or discover, not both',
  ]);
  expect(await problems({ ...request, discover: true })).toEqual([
    'includeProtected: with discover it must be true: which resources were protected only the plan could tell',
  ]);
});

const marked: Discovered = {
  connection: 'alibaba',
  kind: 'alibaba.dataworks.workflow',
  id: '7',
  name: 'f',
  step: 'flow',
  runId: 'r1',
  keep: false,
  spec: { Name: 'f' },
};
const home: Discovered = { ...marked, kind: 'alibaba.dataworks.project', id: '8', step: 'home', keep: true };
const all = { ...request, discover: true, includeProtected: true };

test('what is to be discovered is looked for with every kind on every connection', async () => {
  const resolution = await resolve(all);
  const targets = 'discover' in resolution ? resolution.discover.targets : [];
  expect(targets.map(({ kind, taskQueue }) => `${kind} ${taskQueue}`)).toContain('alibaba.dataworks.project q:alibaba');
  expect(targets).toHaveLength(5);
});

test('what is found goes by its own marker: what lies in a container first, and what says keep stays', async () => {
  const { source, carried } = await undo(all, { found: [home, marked, { ...marked, id: '9', runId: 'r2' }] });
  expect(carried.plan.steps.map(({ key, dependsOn, retain }) => ({ key, dependsOn, retain }))).toEqual([
    { key: 'home', dependsOn: [], retain: true },
    { key: 'flow', dependsOn: ['home'], retain: false },
    { key: 'flow-2', dependsOn: ['home'], retain: false },
  ]);
  expect(carried.plan.steps.map((step) => step.owner?.runId)).toEqual(['r1', 'r1', 'r2']);
  expect(carried.plan.steps[2]?.owner).toEqual({ ...owner, runId: 'r2', step: 'flow' });
  expect(carried.plan.markedOnly).toBe(true);
  expect(source.resources.flow).toMatchObject({ spec: { Name: 'f' } });
});

test('nothing that was found, or a run that is open, is a problem', async () => {
  expect(await problems(all, { found: [] })).toEqual([expect.stringMatching(/^plan: nothing that a connection/)]);
  expect(await problems(all, { found: [marked], chain: { state: 'open' } })).toEqual([
    'plan: a run of it is open: cancel it, or send it the move deprovision',
  ]);
});

test('resources are named apart even where a step is called like a numbered one', async () => {
  const found = [marked, { ...marked, id: '9' }, { ...marked, id: '10', step: 'flow-2' }];
  const { carried } = await undo(all, { found });
  expect(Object.keys(carried.ledger.steps).sort()).toEqual(['flow', 'flow-2', 'flow-3']);
  expect(carried.ledger.steps['flow-2']).toMatchObject({ id: '10' });
});

test('a project is never deleted before what it holds', () => {
  expect(project().kind).toBe('alibaba.dataworks.project');
  expect(catalog.kinds.get(project().kind)?.contains).toContain(workflow().kind);
});
