/** `temporal workflow reset` to every workflow task of every way in which a saga ends. */
import { expect, test } from 'vitest';
import { aliveOf, judge } from '../support/alive.js';
import { outcomeOf } from '../support/closing.js';
import { faultOn, untilMet } from '../support/faults.js';
import { atEachTask, atItsWorst, doomed, type Hammered, OPERATIONS, saga } from '../support/hammers.js';
import { resetTo, type TaskId, tasksOf } from '../support/resets.js';
import { type ProvisionRun, useRig } from '../support/rig.js';
import { resetByCli } from '../support/temporal-cli.js';

const rig = useRig();

async function provisioned(): Promise<Hammered> {
  const one = saga(rig);
  const run = await rig.start(one.plan);
  expect(await outcomeOf(run)).toBe('Provisioned');
  return { ...one, run };
}

async function rolledBack(): Promise<Hammered> {
  const one = doomed(rig, saga(rig));
  const run = await rig.start(one.plan);
  expect(await judge(rig, run, 'before the reset')).toBe('RolledBack');
  return { ...one, run };
}

async function cancelled(): Promise<Hammered> {
  const one = saga(rig);
  const slow = faultOn(one.names.flow, { operation: OPERATIONS.flow.create, do: 'slow', ms: 1000 });
  rig.simulator.setFaults(slow);
  const run = await rig.start(one.plan);
  await untilMet(rig, run, slow);
  await run.cancel();
  expect(await judge(rig, run, 'before the reset')).toBe('Cancelled');
  return { ...one, run };
}

/** Again, from the middle of what the reset has made. */
async function resetAgain(run: ProvisionRun, label: string): Promise<string> {
  const tasks = await tasksOf(rig, run);
  const twice = await resetTo(rig, run, tasks[Math.floor(tasks.length / 2)] as TaskId);
  return judge(rig, twice, `${label}, reset again`);
}

test('a provisioned saga reset to every task, and its reset reset again, keeps the same resources', async () => {
  atItsWorst(rig);
  const keepsAll =
    (reset: typeof resetTo) =>
    async ({ run }: Hammered, task: TaskId, label: string) => {
      const before = aliveOf(rig, run);
      const again = await reset(rig, run, task);
      expect(await judge(rig, again, label)).toBe('Provisioned');
      expect(await resetAgain(again, label)).toBe('Provisioned');
      expect(aliveOf(rig, run)).toEqual(before);
    };
  await atEachTask(rig, [
    { title: 'provisioned', begin: provisioned, check: keepsAll(resetTo) },
    { title: 'provisioned, by command', begin: provisioned, check: keepsAll(resetByCli) },
  ]);
});

test('a provisioned saga that lost a resource and is reset to every task makes it again or rolls back', async () => {
  atItsWorst(rig);
  const ends = new Set<string>();
  const losing =
    (lost: 'fabric' | 'ai') =>
    async ({ run }: Hammered, task: TaskId, label: string) => {
      rig.simulator.resources.remove((await run.result())[lost]?.id ?? '');
      ends.add(await judge(rig, await resetTo(rig, run, task), label));
    };
  await atEachTask(rig, [
    { title: 'provisioned, fabric lost', begin: provisioned, check: losing('fabric') },
    { title: 'provisioned, ai lost', begin: provisioned, check: losing('ai') },
  ]);
  expect([...ends].sort()).toEqual(['Provisioned', 'RolledBack']);
});

test('a rolled back saga that is reset to every task is provisioned or leaves nothing', async () => {
  atItsWorst(rig);
  const ends = new Set<string>();
  const check = async ({ run }: Hammered, task: TaskId, label: string) => {
    const again = await resetTo(rig, run, task);
    ends.add(await judge(rig, again, label));
    await resetAgain(again, label);
  };
  await atEachTask(rig, [{ title: 'rolled back', begin: rolledBack, check }]);
  expect([...ends].sort()).toEqual(['Provisioned', 'RolledBack']);
});

test('a cancelled saga that is reset to every task is provisioned or leaves nothing', async () => {
  atItsWorst(rig);
  const check = async ({ run }: Hammered, task: TaskId, label: string) => {
    await judge(rig, await resetByCli(rig, run, task), label);
  };
  await atEachTask(rig, [{ title: 'cancelled', begin: cancelled, check }]);
});
