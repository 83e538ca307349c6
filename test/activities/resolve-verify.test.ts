/** Nobody is told that all is well of a plan that is not provisioned. */
import { expect, test } from 'vitest';
import { createCatalog } from '../../activities/catalog.js';
import type { ChainRun } from '../../activities/owner/chain.js';
import { BUILT_IN_KINDS, BUILT_IN_PROVIDERS } from '../../activities/providers/built-in.js';
import { resolveVerify } from '../../activities/resolve-verify.js';
import type { Outcome } from '../../contract/failures.js';
import type { Manifest } from '../../contract/manifest.js';
import { completeCredentials } from '../../simulator/credentials.js';
import { toConnections } from '../../worker/config/connections.js';
import { simulatorConnections } from '../../worker/config/simulator-connections.js';
import { fabric } from '../support/resources.js';

const described = { endpoint: 'http://127.0.0.1:1', ...completeCredentials() };
const catalog = createCatalog({
  kinds: BUILT_IN_KINDS,
  connections: toConnections(simulatorConnections(described), BUILT_IN_PROVIDERS),
  taskQueue: 'q',
  searchAttributes: true,
});

function manifestOf(outcome: Outcome | undefined): Manifest {
  return {
    manifest: 1,
    plan: { name: 'p', resources: { a: fabric('ws-a') } },
    owner: { namespace: 'default', workflowId: 'provision-p', runId: 'r' },
    ...(outcome && { outcome }),
    steps: { a: { state: 'live', id: '1' } },
  };
}

interface Server {
  readonly outcome?: Outcome;
  readonly status?: ChainRun['status'];
  readonly deprovisioned?: true;
  readonly made?: boolean;
}

function resolve({ outcome, status = 'closed', deprovisioned, made }: Server, input: object = {}) {
  const run: ChainRun = { runId: 'r', firstRunId: 'r', workflowType: 'provision', status };
  return resolveVerify({ plan: 'p', ...input }, catalog, {
    namespace: 'default',
    readManifest: async () => ({ manifest: manifestOf(outcome), run, settled: new Set() }),
    hasMade: async () => made,
    wasDeprovisioned: async () => deprovisioned ?? false,
  });
}

test.each<[string, Server]>([
  ['plan that is provisioned', { outcome: 'Provisioned', status: 'completed' }],
  ['managed plan that is provisioned', { outcome: 'Provisioned', status: 'open' }],
])('a %s is looked at', async (_what, server) => {
  const resolution = await resolve(server);
  expect(resolution).toMatchObject({ verify: { steps: { a: { state: 'live', id: '1' } } } });
  expect(resolution).not.toHaveProperty('verify.outcome');
});

test('of a plan that was abandoned what is left is looked at, and that it is only this is said', async () => {
  expect(await resolve({ outcome: 'Abandoned' })).toMatchObject({ verify: { outcome: 'Abandoned' } });
});

test.each<[string, Server, string]>([
  ['is under way', { status: 'open' }, 'it is not provisioned: its run is still making it'],
  ['goes on in another run', { status: 'continued' }, 'it is not provisioned: its run is still making it'],
  ['closed without a word', {}, 'nothing to verify: it ended without being provisioned'],
  ['was refused', { outcome: 'NotStarted' }, 'nothing to verify: it ended NotStarted'],
  ['was rolled back', { outcome: 'RolledBack' }, 'nothing to verify: it ended RolledBack'],
  ['was cancelled', { outcome: 'Cancelled' }, 'nothing to verify: it ended Cancelled'],
  ['was given up', { outcome: 'Deprovisioned', status: 'completed' }, 'nothing to verify: it ended Deprovisioned'],
  [
    'was deprovisioned',
    { outcome: 'Provisioned', deprovisioned: true },
    'nothing to verify: it was deprovisioned since',
  ],
])('a plan that %s is refused, and the problem says why', async (_what, server, message) => {
  expect(await resolve(server)).toEqual({ problems: [{ path: 'plan', message: expect.stringContaining(message) }] });
});

test('a manifest of a plan that ran still, or of one that ended otherwise, is refused too', async () => {
  expect(await resolve({}, { manifest: manifestOf(undefined) })).toMatchObject({
    problems: [{ path: 'manifest.outcome', message: expect.stringContaining('export it again') }],
  });
  expect(await resolve({}, { manifest: manifestOf('RolledBack') })).toMatchObject({
    problems: [{ path: 'plan', message: 'nothing to verify: it ended RolledBack' }],
  });
  expect(await resolve({ made: false }, { manifest: manifestOf('Provisioned') })).toMatchObject({
    problems: [{ path: 'manifest.owner.workflowId' }],
  });
  expect(await resolve({}, { manifest: manifestOf('Provisioned') })).toHaveProperty('verify');
});
