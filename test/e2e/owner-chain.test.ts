/** Chains of runs on the real server: continued, reset, reset again, and with their name used by another chain since. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type Chain, findChain, mayHaveProvisioned } from '../../activities/owner/chain.js';
import { describeRun } from '../../activities/owner/describe-run.js';
import { useRig } from '../support/rig.js';

const rig = useRig();

const describe = (workflowId: string, runId?: string) => describeRun(rig.client, workflowId, runId);

async function latestOf(workflowId: string): Promise<string> {
  return (await rig.client.workflow.getHandle(workflowId).describe()).runId;
}

/** A run can be reset once it has a workflow task behind it. */
async function workedOn(workflowId: string, runId: string): Promise<void> {
  const handle = rig.client.workflow.getHandle(workflowId, runId);
  while (!(await handle.fetchHistory()).events?.some((event) => event.workflowTaskCompletedEventAttributes))
    await sleep(20);
}

/** A chain under a name; `go` and `reset` end its latest run, or take a run up again, and resolve when that is so. */
async function chain(workflowId: string) {
  const options = { workflowId, taskQueue: rig.taskQueue, args: [] };
  const { firstExecutionRunId: first } = await rig.client.workflow.start('relay', options);
  const owner = { namespace: 'default', workflowId, step: 'it', runId: first };
  return {
    first,
    owner,
    find: () => findChain(owner, describe),
    async go(what: 'continue' | 'complete' | 'fail'): Promise<string> {
      const run = await latestOf(workflowId);
      await rig.client.workflow.getHandle(workflowId, run).signal('go', what);
      while ((await describe(workflowId, run))?.status === 'open') await sleep(20);
      return await latestOf(workflowId);
    },
    async reset(runId: string): Promise<string> {
      await workedOn(workflowId, runId);
      const answer = await rig.client.workflowService.resetWorkflowExecution({
        namespace: 'default',
        workflowExecution: { workflowId, runId },
        reason: 'a test',
        workflowTaskFinishEventId: 4 as never,
        requestId: randomUUID(),
        // NONE: what the run before was told to do is not told again.
        resetReapplyType: 2,
      });
      return answer.runId ?? '';
    },
    async end(): Promise<void> {
      await workedOn(workflowId, await latestOf(workflowId));
      await rig.client.workflow.getHandle(workflowId).terminate('a test');
    },
  };
}

const last = (runId: string) => ({ state: 'closed', last: { runId } });
const provisioned: Chain = { state: 'provisioned' };
const RESET_AND_REUSED = { state: 'unknown', why: 'it was reset, and its name was used again since' };

test('a chain is open until its last run ends, however often it continued or was reset', async () => {
  const { first, go, reset, find, end, owner } = await chain(`relay-a-${rig.taskQueue}`);
  expect(await find()).toEqual({ state: 'open' });
  const second = await go('continue');
  expect(await find()).toEqual({ state: 'open' });
  const third = await reset(second);
  const fourth = await reset(second);
  expect(new Set([first, second, third, fourth]).size).toBe(4);
  expect(await find()).toEqual({ state: 'open' });
  const fifth = await go('continue');
  await end();
  const closed = await find();
  expect(closed).toMatchObject(last(fifth));
  expect(await mayHaveProvisioned(owner, (closed as Extract<Chain, { state: 'closed' }>).last, describe)).toBe(false);
  // Its first run, which had only continued, is taken up again.
  await reset(first);
  expect(await find()).toEqual({ state: 'open' });
  await go('complete');
  expect(await find()).toEqual(provisioned);
});

test('a chain that was Provisioned and is reset and ended since may have handed on what it made', async () => {
  const { first, go, reset, find, end, owner } = await chain(`relay-b-${rig.taskQueue}`);
  await go('complete');
  const again = await reset(first);
  await end();
  const closed = await find();
  expect(closed).toMatchObject(last(again));
  expect(await mayHaveProvisioned(owner, (closed as Extract<Chain, { state: 'closed' }>).last, describe)).toBe(true);
});

test('an older chain under a name that was used again is followed through its runs to the last', async () => {
  const workflowId = `relay-c-${rig.taskQueue}`;
  const failed = await chain(workflowId);
  await failed.go('continue');
  const end = await failed.go('continue');
  await failed.go('fail');
  const completed = await chain(workflowId);
  await completed.go('continue');
  await completed.go('complete');
  const terminated = await chain(workflowId);
  await terminated.end();
  const open = await chain(workflowId);
  expect(await failed.find()).toMatchObject(last(end));
  expect(await completed.find()).toEqual(provisioned);
  expect(await terminated.find()).toMatchObject(last(terminated.first));
  expect(await open.find()).toEqual({ state: 'open' });
  await open.end();
});

test('an older chain that was reset is unknown, since not all that came of it is told', async () => {
  const workflowId = `relay-d-${rig.taskQueue}`;
  const older = await chain(workflowId);
  await older.reset(older.first);
  const twice = await older.reset(older.first);
  await older.end();
  expect(await older.find()).toMatchObject(last(twice));
  const newer = await chain(workflowId);
  expect(await older.find()).toEqual(RESET_AND_REUSED);
  // To reset a run of the older chain ends the newer one's.
  const back = await older.reset(twice);
  expect(await older.find()).toEqual({ state: 'open' });
  expect(await newer.find()).toMatchObject(last(newer.first));
  await older.end();
  expect(await older.find()).toMatchObject(last(back));
});

test('a run id that is none, another workflow’s or not a first one makes the owner unknown', async () => {
  const workflowId = `relay-e-${rig.taskQueue}`;
  const { go, owner, first, end } = await chain(workflowId);
  const second = await go('continue');
  await end();
  const unknown = async (more: Partial<typeof owner>) => (await findChain({ ...owner, ...more }, describe)).state;
  expect(await unknown({ runId: 'no run id' })).toBe('unknown');
  expect(await unknown({ runId: randomUUID() })).toBe('unknown');
  expect(await unknown({ runId: second })).toBe('unknown');
  expect(await unknown({ workflowId: 'never-was' })).toBe('unknown');
  expect((await findChain({ ...owner, runId: first }, describe)).state).toBe('closed');
});
