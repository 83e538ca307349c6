/** Managed plans over their time: looked at every minute, drifting and mended, continued as new, and over at the end. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Plan } from '../../contract/plan.js';
import { type EmbeddedServer, startEmbeddedServer } from '../../worker/embedded-server/start.js';
import { aiWorkspace, fabric } from '../support/resources.js';
import { type ProvisionRun, type Rig, useRig } from '../support/rig.js';

let server: EmbeddedServer;

beforeAll(async () => {
  // A look of two steps takes it there.
  const extraArgs = ['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=30'];
  server = await startEmbeddedServer({ port: 0, uiPort: 'none', extraArgs });
});
afterAll(() => server.stop());

const rig = useRig({ address: () => server.address });
const who = { by: 'ann', why: 'ticket 7' };

function planOf(prefix: string, lifetime: Plan['lifetime']): Plan {
  const resources = {
    base: fabric(`${prefix}-ws`),
    ai: aiWorkspace(`${prefix}-ai`, { dependsOn: ['base'] }),
  };
  return { name: rig.planName(), lifetime: lifetime ?? {}, resources };
}

const idOf = (of: Rig, name: string) => of.simulator.resources.list().find((one) => one.name === name)?.id ?? '';

/** The chain's runs, each of which has to be closed at the end of the test. */
async function runsOf(run: ProvisionRun): Promise<string[]> {
  const runs: string[] = [];
  for (let next: string | undefined = run.firstExecutionRunId; next !== undefined; ) {
    runs.push(next);
    const { events } = await rig.client.workflow.getHandle(run.workflowId, next).fetchHistory();
    next = events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined;
  }
  return runs;
}

/** Of whatever run the chain is at. */
const latest = (run: ProvisionRun) => rig.client.workflow.getHandle(run.workflowId) as unknown as ProvisionRun;

async function driftsAndExpires(): Promise<void> {
  const run = await rig.start(planOf('ttl', { ttl: '150s', verifyEvery: '1m' }));
  await rig.until(latest(run), ({ outcome }) => outcome === 'Provisioned');
  const id = idOf(rig, 'ttl-ws');
  rig.simulator.resources.edit(id, { description: 'somebody was here' });
  const drifted = await rig.until(latest(run), ({ steps }) => steps.base?.verified !== undefined);
  expect(drifted.steps.base).toMatchObject({
    state: 'live',
    verified: { verdict: 'differs', differences: [{ field: 'description', actual: 'somebody was here' }] },
    attention: { reason: 'differs from the plan in description', moves: ['deprovision'] },
  });
  expect(drifted.steps.ai).toMatchObject({ verified: { verdict: 'same' } });
  rig.simulator.resources.remove(id);
  const gone = await rig.until(latest(run), ({ steps }) => steps.base?.verified?.verdict === 'missing');
  expect(gone.steps.base?.attention?.reason).toMatch(/^is missing in its cloud/);
  await latest(run).result();
  expect((await rig.ledger(latest(run))).outcome).toBe('Deprovisioned');
  for (const next of (await runsOf(run)).slice(1)) rig.track(run.workflowId, next);
}

async function continuesAndIsGivenUp(): Promise<void> {
  const run = await rig.start(planOf('long', { verifyEvery: '1m' }));
  while ((await runsOf(run)).length < 2) await sleep(1_000);
  const ledger = await rig.ledger(latest(run));
  expect(ledger).toMatchObject({ outcome: 'Provisioned', steps: { base: { state: 'live' }, ai: { state: 'live' } } });
  await latest(run).executeUpdate('deprovision', { args: [who] });
  await latest(run).result();
  expect(await rig.ledger(latest(run))).toMatchObject({ outcome: 'Deprovisioned', moves: [{ move: 'deprovision' }] });
  for (const next of (await runsOf(run)).slice(1)) rig.track(run.workflowId, next);
}

test('a managed plan tells its drift, goes on in new runs, and leaves nothing when its time is over', async () => {
  await Promise.all([driftsAndExpires(), continuesAndIsGivenUp()]);
  expect(rig.alive()).toEqual([]);
});
