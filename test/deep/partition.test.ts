/**
 * A worker cut off from Temporal while it still reaches the clouds, for longer than the heartbeat time-out, and a second
 * one that takes over: what the server has given up sends no create any more, and what was sent before is found.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, inject, test } from 'vitest';
import type { Plan } from '../../contract/plan.js';
import { outcomeOf } from '../support/closing.js';
import { type Gate, startGate } from '../support/gate.js';
import { studio } from '../support/resources.js';
import { type ProvisionRun, type Rig, withRig } from '../support/rig.js';
import { LIST, PAGES, plantBystandersAndSlowLists, TEMPTED_MS } from '../support/slow-look-up.js';
import { type CreateLog, callerOf, logCreates, tally } from '../support/tally.js';
import { type Cut, startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { endWorkerProcess, startWorkerProcess } from '../support/worker-process.js';

interface Partition {
  readonly rig: Rig;
  /** Between the first worker and the clouds. */
  readonly gate: Gate;
  /** Between the first worker and Temporal. */
  readonly proxy: TcpProxy;
  readonly run: ProvisionRun;
  readonly log: CreateLog;
}

interface Scene {
  /** What the first worker is doing when it is cut off: its request of this number has arrived. */
  readonly at: number;
  readonly cut: Cut;
  readonly lateCommitWindow?: string;
  prepare?(rig: Rig): void;
}

/** Cuts the first worker off, starts the second, and after `then` one resource of ours must be alive. */
async function partition(scene: Scene, then: (partition: Partition) => Promise<void>): Promise<void> {
  const { at, cut, lateCommitWindow = '1s', prepare } = scene;
  await withRig(async (rig) => {
    await rig.stopWorker();
    prepare?.(rig);
    const bystanders = rig.simulator.resources.list().map(({ kind, name }) => `${kind} ${name}`);
    const temporal = inject('temporalAddress');
    const [proxy, gate] = await Promise.all([startTcpProxy(temporal), startGate(() => rig.simulator.endpoint)]);
    const log = logCreates(rig.simulator);
    const common = { simulator: rig.simulator, queue: rig.taskQueue, lateCommitWindow };
    const workers = [startWorkerProcess({ ...common, address: proxy.address, endpoint: gate.endpoint })];
    try {
      const plan: Plan = { name: rig.planName(), resources: { it: studio() } };
      const run = await rig.start(plan);
      gate.stop(run.workflowId, { at, holds: 'request' });
      await until(() => gate.asked(run.workflowId).length >= at);
      proxy.cut(cut);
      workers.push(startWorkerProcess({ ...common, address: temporal }));
      await then({ rig, gate, proxy, run, log });
      const outcome = await outcomeOf(run);
      expect(outcome).toBe('Provisioned');
      const alive = tally(rig.simulator, [{ plan, outcome }]);
      expect(alive).toEqual({ orphans: bystanders, duplicates: [], missing: [] });
      expect(log.madeAgain()).toEqual({});
      expect(workers.map(({ process }) => process.exitCode)).toEqual([null, null]);
      rig.expectFired();
    } finally {
      log.close();
      await Promise.all(workers.map(endWorkerProcess));
      await Promise.all([proxy.close(), gate.close()]);
    }
  });
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await sleep(5);
}

/** Resolves when the server has given up the first attempt: by now, at the latest. */
async function givenUp(run: ProvisionRun): Promise<number> {
  for (;;) {
    const { raw } = await run.describe();
    if ((raw.pendingActivities?.[0]?.attempt ?? 0) > 1) return Date.now();
    await sleep(50);
  }
}

/** When the first attempt was answered the last page of its look-up. */
async function lookedAt({ simulator }: Rig): Promise<number> {
  for (;;) {
    const pages = simulator.requests().filter(({ operation, userAgent }) => {
      return operation === LIST && callerOf(userAgent).attempt === 1;
    });
    const last = pages[PAGES - 1];
    if (last) return Date.parse(last.time);
    await sleep(50);
  }
}

/** Which attempts have asked the cloud for the resource. */
function askedBy({ log }: Partition): number[] {
  return log.creates().map(({ userAgent }) => callerOf(userAgent).attempt);
}

/** Start of the attempt that the history tells of, which is the last one: whatever came before was given up by then. */
async function lastAttempt({ run }: Partition): Promise<{ readonly number: number; readonly startedAt: number }> {
  const { events } = await run.fetchHistory();
  const created = events?.find(({ activityTaskScheduledEventAttributes: it }) => it?.activityId === 'it.create');
  const started = events?.find(({ activityTaskStartedEventAttributes: it }) => {
    return it && String(it.scheduledEventId) === String(created?.eventId);
  });
  const { seconds, nanos } = started?.eventTime ?? {};
  const startedAt = Number(seconds) * 1000 + Number(nanos) / 1e6;
  return { number: started?.activityTaskStartedEventAttributes?.attempt ?? 0, startedAt };
}

/** One create, of the attempt that the server counted when it left: the last, since what came before was given up. */
async function expectOneOfTheLast(cutOff: Partition): Promise<void> {
  await outcomeOf(cutOff.run);
  const { number, startedAt } = await lastAttempt(cutOff);
  expect(number).toBeGreaterThan(1);
  expect(askedBy(cutOff)).toEqual([number]);
  expect(Date.parse(cutOff.log.creates()[0]?.time ?? '')).toBeGreaterThanOrEqual(startedAt);
}

test.concurrent('an attempt that was given up while it looked sends nothing, deaf or told', async () => {
  const scene: Scene = { at: 1, cut: 'silent', prepare: plantBystandersAndSlowLists };
  await partition(scene, async (cutOff) => {
    const { rig, gate, proxy, run } = cutOff;
    gate.open('pass');
    const givenUpAt = await givenUp(run);
    // The look-up ends when it is too late: now the first worker would send.
    expect(await lookedAt(rig)).toBeGreaterThan(givenUpAt);
    await sleep(TEMPTED_MS);
    proxy.heal();
    await sleep(TEMPTED_MS);
    await expectOneOfTheLast(cutOff);
  });
});

test.concurrent('an attempt that hears during its look-up that it was given up sends nothing', async () => {
  const scene: Scene = { at: 1, cut: 'refused', prepare: plantBystandersAndSlowLists };
  await partition(scene, async (cutOff) => {
    const { rig, gate, proxy, run } = cutOff;
    gate.open('pass');
    const givenUpAt = await givenUp(run);
    proxy.heal();
    expect(await lookedAt(rig)).toBeGreaterThan(givenUpAt);
    await sleep(TEMPTED_MS);
    await expectOneOfTheLast(cutOff);
  });
});

test.concurrent('a create that left before the cut and lands after the takeover is found, not repeated', async () => {
  await partition({ at: 2, cut: 'silent', lateCommitWindow: '60s' }, async (cutOff) => {
    const { rig, gate, run, log } = cutOff;
    const looked = rig.nextCall(LIST);
    await givenUp(run);
    await looked;
    expect(log.creates()).toEqual([]);
    gate.open('pass');
    await outcomeOf(run);
    expect(askedBy(cutOff)).toEqual([1]);
  });
});
