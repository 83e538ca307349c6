/**
 * With keys: every payload of every history is ciphertext, however the run ended; and what is missing a key waits for it, with
 * nothing lost. The rig itself holds each history of this file to it, when a test has ended.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { Client, type WorkflowHandle, WorkflowUpdateFailedError } from '@temporalio/client';
import { describe, expect, test, vi } from 'vitest';
import { ProvisionerClient } from '../../client/client.js';
import type { Listed } from '../../client/listing.js';
import { setSweepSchedule } from '../../client/sweep.js';
import { sweepIdOf, workflowIdOf } from '../../contract/names.js';
import type { Plan } from '../../contract/plan.js';
import { createEncryption, type Encryption } from '../../encryption/index.js';
import { asText } from '../support/canaries.js';
import { failureOf, outcomeOf } from '../support/closing.js';
import { faultOn, untilMet } from '../support/faults.js';
import { countPayloads, plainPayloads } from '../support/plain-payloads.js';
import { aiWorkspace, fabric } from '../support/resources.js';
import { logged, type ProvisionRun, useRig } from '../support/rig.js';

// Workers come and go, and windows are waited for: a hung one still ends.
vi.setConfig({ testTimeout: 120_000 });

const keyOf = { old: randomBytes(32), new: randomBytes(32) };
type KeyId = keyof typeof keyOf;

function keys(current: KeyId, ids: readonly KeyId[] = [current], plain: 'accept' | 'refuse' = 'refuse'): Encryption {
  const all = Object.fromEntries(ids.map((id) => [id, () => keyOf[id].toString('hex')]));
  return createEncryption({ current, keys: all, plain });
}

const USUAL = keys('old');
let encryption = USUAL;
const rig = useRig({ encryption: () => encryption });

async function workWith(next: Encryption): Promise<void> {
  await rig.stopWorker();
  encryption = next;
  await rig.startWorker();
}

/** In every spec, and in what the cloud says: what must not be found. */
const CANARY = 'zyzzyva';
const who = { by: `ann ${CANARY}`, why: `ticket ${CANARY}` };

const names = () => {
  const one = randomUUID().slice(0, 4);
  return { base: `${CANARY}-base-${one}`, ai: `${CANARY}-a${one}` };
};

function planOf(more: Partial<Plan> = {}, name = names()): Plan {
  const resources = { base: fabric(name.base), ai: aiWorkspace(name.ai, { dependsOn: ['base'] }) };
  return { name: rig.planName(), resources, ...more };
}

async function textOf(run: WorkflowHandle): Promise<string> {
  return asText([await run.fetchHistory(), (await run.describe()).raw]);
}

/** Everything is live but the last step, which waits for an operator. */
async function paused(): Promise<ProvisionRun> {
  const name = names();
  const message = `${CANARY} is not allowed`;
  rig.simulator.setFaults(faultOn(name.ai, { operation: 'aiworkspaces/create', do: 'refuse', status: 400, message }));
  const run = await rig.start(planOf({ onFailure: 'pause' }, name));
  await rig.until(run, ({ steps }) => steps.ai?.attention !== undefined);
  return run;
}

/** Resolves once a worker has logged it, at whatever level. */
async function untilLogged(since: number, words: string): Promise<void> {
  while (!inspect(logged.slice(since), { depth: 8 }).includes(words)) await sleep(100);
}

/** As somebody sees it who has no key. Visibility lags behind. */
async function listedWithout(plan: string): Promise<readonly Listed[]> {
  const provisioner = new ProvisionerClient({ client: new Client({ connection: rig.client.connection }) });
  const read = async () => (await provisioner.list({ limit: 1_000 })).filter((one) => one.plan === plan);
  return await vi.waitUntil(async () => ((await read())[0]?.outcome ? await read() : undefined), { timeout: 20_000 });
}

describe('every payload is encrypted', () => {
  test('of plans that are provisioned, verified, deprovisioned and provisioned again', async () => {
    const provisioner = new ProvisionerClient({ client: rig.client, taskQueue: rig.taskQueue });
    const plan = planOf();
    const handle = await provisioner.provision(plan);
    expect(Object.keys(await handle.result())).toEqual(['base', 'ai']);
    const { drift } = (await provisioner.verify({ plan: plan.name })) as { drift?: unknown };
    expect(drift ?? false).toBe(false);
    const manifest = await provisioner.export(plan.name);
    expect(JSON.stringify(manifest)).toContain(CANARY);
    const gone = await provisioner.deprovision({ plan: plan.name, ...who });
    await gone.result();
    expect(rig.alive()).toEqual([]);
    // Without keys a list is as long; only what stands in a memo is not told: whether it was deprovisioned.
    const found = await listedWithout(plan.name);
    expect(found).toMatchObject([{ plan: plan.name, outcome: 'Provisioned' }]);
    expect((await provisioner.list({ limit: 1_000 })).find((one) => one.plan === plan.name)?.deprovisioned).toBe(true);
    const seen: string[] = [];
    for await (const { workflowId, runId } of rig.client.workflow.list({ query: `TaskQueue = '${rig.taskQueue}'` })) {
      if (seen.includes(workflowId)) continue;
      seen.push(workflowId);
      rig.track(workflowId, runId);
      expect(await textOf(rig.client.workflow.getHandle(workflowId, runId)), workflowId).not.toContain(CANARY);
    }
    expect(seen.length).toBeGreaterThanOrEqual(3);
  });

  test('of a plan that is rolled back, the cloud’s words and the stack included', async () => {
    const name = names();
    const message = `${CANARY} is not allowed`;
    rig.simulator.setFaults(faultOn(name.ai, { operation: 'aiworkspaces/create', do: 'refuse', status: 400, message }));
    const run = await rig.start(planOf({}, name));
    expect(await outcomeOf(run)).toBe('RolledBack');
    expect(rig.alive()).toEqual([]);
    const events = (await run.fetchHistory()).events ?? [];
    const failures = events.flatMap(
      (event) =>
        (event.activityTaskFailedEventAttributes ?? event.workflowExecutionFailedEventAttributes)?.failure ?? [],
    );
    expect(failures.map((failure) => failure.applicationFailureInfo?.type)).toEqual(['InvalidRequest', 'RolledBack']);
    for (const failure of [...failures, failures[1]?.cause]) {
      expect(failure?.message).toBe('Encoded failure');
      expect(failure?.stackTrace).toBe('');
      expect(failure?.encodedAttributes?.data?.length).toBeGreaterThan(28);
    }
    expect(countPayloads(events)).toBeGreaterThan(8);
    expect(await textOf(run)).not.toContain(CANARY);
    // Whoever has the key is told everything.
    const told = await failureOf(run);
    expect(told.message).toContain('Rolled back');
    expect((told.cause as Error).message).toContain(CANARY);
  });

  test('of a plan that is cancelled while it creates', async () => {
    const name = names();
    const slow = faultOn(name.ai, { operation: 'aiworkspaces/create', do: 'slow', ms: 1_500 });
    rig.simulator.setFaults(slow);
    const run = await rig.start(planOf({}, name));
    await untilMet(rig, run, slow);
    // While it creates, too: heartbeats and the pending activity's input are payloads.
    expect(plainPayloads((await run.describe()).raw)).toEqual([]);
    await run.cancel();
    expect(await outcomeOf(run)).toBe('Cancelled');
    expect((await run.describe()).memo).toHaveProperty('ledger');
    expect(rig.alive()).toEqual([]);
    expect(await textOf(run)).not.toContain(CANARY);
  });

  test('of moves on a plan that waits, and a move that fails is told from the history alone', async () => {
    const run = await paused();
    const adopt = { step: 'ai', id: 'not-there', ...who };
    const failed: unknown = await run.executeUpdate('adopt', { args: [adopt] }).catch((error: unknown) => error);
    expect(failed).toMatchObject({ cause: { type: 'MoveRefused' } });
    await rig.stopWorker();
    const provisioner = new ProvisionerClient({ client: rig.client, taskQueue: rig.taskQueue });
    const reading = await (await provisioner.get(run.workflowId)).findLedger();
    expect(reading?.source).toBe('history');
    expect(reading?.ledger.steps.base?.state).toBe('live');
    expect(reading?.ledger.moves).toMatchObject([{ move: 'adopt', ...who, result: 'failed' }]);
    expect(reading?.ledger.moves[0]?.error).toBe((failed as { cause: Error }).cause.message);
    await rig.startWorker();
    await run.executeUpdate('retry', { args: [{ step: 'ai', ...who }] });
    expect(await outcomeOf(run)).toBe('Provisioned');
    expect(await textOf(run)).not.toContain(CANARY);
  });

  test('of a managed plan that is given up, and of a sweep that deletes what was terminated', async () => {
    const run = await rig.start(planOf({ managed: true }));
    await rig.until(run, ({ outcome }) => outcome === 'Provisioned');
    await run.executeUpdate('deprovision', { args: [who] });
    expect(await run.result()).toEqual({});
    const left = await paused();
    await left.terminate(`a test`);
    await sleep(6_500);
    const workflowId = `sweep-${rig.taskQueue}`;
    const args = [{ delete: true, graceMs: 0 }];
    const sweep = await rig.client.workflow.start('sweepOrphans', { taskQueue: rig.taskQueue, workflowId, args });
    rig.track(workflowId, sweep.firstExecutionRunId);
    expect(await sweep.result()).toMatchObject({ counts: { orphan: 1 } });
    expect(rig.alive()).toEqual([]);
    for (const each of [run, left, sweep]) expect(await textOf(each)).not.toContain(CANARY);
  });
});

describe('a key', () => {
  test('that is rotated while a plan is under way decrypts what it wrote, and the new one writes the rest', async () => {
    const run = await paused();
    // First every process learns the new key, then the new one becomes current.
    await workWith(keys('old', ['old', 'new']));
    await workWith(keys('new', ['old', 'new']));
    const client = rig.clientWith(encryption);
    await client.workflow.getHandle(run.workflowId).executeUpdate('rollback', { args: [who] });
    expect(await outcomeOf(client.workflow.getHandle(run.workflowId))).toBe('RolledBack');
    expect(rig.alive()).toEqual([]);
    const text = asText(await run.fetchHistory());
    for (const id of ['old', 'new']) expect(text).toContain(`"encryption-key-id":"${id}"`);
    await rig.checkStarted();
    await workWith(USUAL);
  });

  test('that a worker lacks stops its plans where they are, and they end well once it has it', async () => {
    const run = await paused();
    await workWith(keys('new'));
    const before = logged.length;
    await run.cancel();
    const why = 'the key old, which is not among encryption.keys here';
    await untilLogged(before, why);

    expect((await run.describe()).status.name).toBe('RUNNING');
    expect(rig.alive()).toHaveLength(1);
    await workWith(USUAL);
    expect(await outcomeOf(run)).toBe('Cancelled');
    expect(rig.alive()).toEqual([]);
  });

  test('that a worker lacks while a create is tried again costs attempts, and makes nothing twice', async () => {
    const name = names();
    const lost = { operation: 'CreateWorkspace', do: 'cut-after' } as const;
    rig.simulator.setFaults(faultOn(name.base, lost));
    const run = await rig.start(planOf({}, name));
    await untilMet(rig, run, faultOn(name.base, lost));
    await workWith(keys('new'));
    // Its answer was lost, and its attempts fail before they begin: nothing is known to be made or not.
    const attempts = async () => (await run.describe()).raw.pendingActivities?.[0]?.attempt ?? 0;
    for (const first = await attempts(); (await attempts()) < first + 2; ) await sleep(100);
    await workWith(USUAL);
    expect(await outcomeOf(run)).toBe('Provisioned');
    expect(rig.alive()).toEqual([name.ai, name.base].sort());
  });
});

describe('what comes in plain', () => {
  /** As a program without a codec would; its history is in part plain, so the rig does not hold it to anything. */
  async function startPlain(plan: Plan): Promise<WorkflowHandle> {
    const workflowId = workflowIdOf(plan.name);
    return await rig.clientWith().workflow.start('provision', { taskQueue: rig.taskQueue, workflowId, args: [plan] });
  }

  test('is taken where that is accepted, and only what came in plain is plain', async () => {
    await workWith(keys('old', ['old'], 'accept'));
    const plan = planOf();
    await startPlain(plan);
    const run = rig.clientWith(encryption).workflow.getHandle(workflowIdOf(plan.name));
    expect(await outcomeOf(run)).toBe('Provisioned');
    expect(plainPayloads(await run.fetchHistory())).toEqual([
      '/events/0/workflowExecutionStartedEventAttributes/input/payloads/0',
    ]);
    await workWith(USUAL);
  });

  test('is refused where only ciphertext is taken, before anything is made', async () => {
    const before = logged.length;
    const run = await startPlain(planOf());
    await untilLogged(before, 'came in plain');
    expect((await run.describe()).status.name).toBe('RUNNING');
    expect(rig.alive()).toEqual([]);
    await run.terminate('a test');
  });

  test('or under a key that nobody has is no move, and holds no plan and no undo back', async () => {
    const run = await paused();
    const sentWith = async (client: Client) =>
      await client.workflow
        .getHandle(run.workflowId)
        .executeUpdate('retry', { args: [{ step: 'ai', ...who }] })
        .catch((error: unknown) => error);
    // Who has no key is answered in ciphertext; who has reads why.
    expect(String(await sentWith(rig.clientWith()))).toContain('binary/encrypted');
    const refused = await sentWith(rig.clientWith(keys('new', ['old', 'new'])));
    expect(refused).toBeInstanceOf(WorkflowUpdateFailedError);
    expect(String((refused as Error).cause)).toContain('the key new, which is not among encryption.keys here');
    expect((await rig.ledger(run)).moves).toEqual([]);
    await run.cancel();
    expect(await outcomeOf(run)).toBe('Cancelled');
    expect(rig.alive()).toEqual([]);
  });
});

test('the keys are in no history, no log and no error', async () => {
  const run = await rig.start(planOf({}, names()));
  await outcomeOf(run);
  const told = [await textOf(run), inspect(logged, { depth: 8, maxArrayLength: null, maxStringLength: null })].join(
    '\n',
  );
  for (const key of Object.values(keyOf)) {
    for (const form of ['hex', 'base64', 'latin1'] as const) expect(told).not.toContain(key.toString(form));
  }
});

test('a schedule of sweeps that was set under a key that is gone can be set again, and stays paused', async () => {
  const taskQueue = `${rig.taskQueue}-sweeps`;
  const schedule = { taskQueue, everyMs: 3_600_000, request: { connections: [], delete: false } as never };
  expect(await setSweepSchedule(rig.clientWith(keys('old')), schedule)).toBe('created');
  const handle = rig.client.schedule.getHandle(sweepIdOf(taskQueue));
  await handle.pause('a night');
  const fresh = rig.clientWith(keys('new'));
  expect(await setSweepSchedule(fresh, schedule)).toBe('changed');
  const { state, action } = await fresh.schedule.getHandle(sweepIdOf(taskQueue)).describe();
  expect(state).toMatchObject({ paused: true, note: 'a night' });
  expect(action).toMatchObject({ args: [schedule.request] });
  await handle.delete();
});
