/** `provisioner sweep` and `setup --sweep` against server, worker and simulator: what they print, and their exit codes. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, inject, test, vi } from 'vitest';
import { sweepIdOf } from '../../contract/names.js';
import { type CliEnd, runCli, startCli } from '../cli-process.js';
import { aiWorkspace, fabric } from '../support/resources.js';
import { useRig } from '../support/rig.js';

// Windows are waited for, and several processes or sweeps in one test: a hung one still ends.
vi.setConfig({ testTimeout: 180_000 });

const rig = useRig();

const at = (...args: string[]) => [...args, '--address', inject('temporalAddress'), '--task-queue', rig.taskQueue];
const sweep = (...args: string[]): Promise<CliEnd> => {
  rig.track(sweepIdOf(rig.taskQueue));
  return runCli(at('sweep', ...args));
};
const jsonOf = ({ stdout }: CliEnd) => JSON.parse(stdout) as Record<string, unknown>;
const schedule = () => rig.client.schedule.getHandle(sweepIdOf(rig.taskQueue));

afterAll(async () => {
  await schedule()
    .delete()
    .catch(() => undefined);
});

async function leaveAnOrphan(name: string): Promise<string> {
  rig.simulator.setFaults({ operation: 'CreateWorkspace', do: 'refuse', status: 400 });
  const run = await rig.start({
    name: rig.planName(),
    onFailure: 'pause',
    resources: { it: aiWorkspace(name), last: fabric('never-made', { dependsOn: ['it'] }) },
  });
  await rig.until(run, ({ steps }) => steps.last?.attention !== undefined);
  await run.terminate('a test');
  rig.simulator.clearFaults();
  // The late-commit window of the rig's connections, and the send window.
  await sleep(6_500);
  return run.workflowId;
}

test('a sweep shows an orphan and ends with 3, then deletes it and ends with 0', async () => {
  const workflowId = await leaveAnOrphan('ai-left');
  const shown = await sweep('--grace', '0s');
  expect(shown.code).toBe(3);
  expect(shown.stdout).toMatch(/^On the simulator, nothing real is touched: alibaba, huawei, naver$/m);
  expect(shown.stdout).toMatch(
    new RegExp(`^  naver  naver\\.\\S+  ai-left  \\S+  of ${workflowId}/it: its owner closed`, 'm'),
  );
  expect(shown.stdout).toMatch(/Nothing was deleted\. To delete the orphans: provisioner --address \S+ sweep --delete/);
  expect(rig.alive()).toEqual(['ai-left']);
  const json = await sweep('--grace', '0s', '--json');
  expect([json.code, json.stderr]).toEqual([3, '']);
  expect(jsonOf(json)).toMatchObject({
    delete: false,
    counts: { orphan: 1 },
    orphans: [{ name: 'ai-left' }],
    done: true,
  });
  const deleted = await sweep('--grace', '0s', '--delete');
  expect(deleted.code).toBe(0);
  expect(deleted.stdout).toMatch(/^ {2}deleted {2}naver {2}.*ai-left/m);
  expect(deleted.stdout).toMatch(/^Deleted 1, gone already 0, left alone 0, failed 0\.$/m);
  expect(rig.alive()).toEqual([]);
});

test('an orphan that cannot be deleted ends the sweep with 3 and says why', async () => {
  await leaveAnOrphan('ai-stuck');
  rig.simulator.setFaults({ operation: 'aiworkspaces/delete', do: 'refuse', status: 403 });
  const { code, stdout } = await sweep('--grace', '0s', '--delete');
  expect(code).toBe(3);
  expect(stdout).toMatch(/^ {2}failed {2}naver {2}.*ai-stuck.*403/m);
  rig.expectFired();
});

test('an unknown owner alone is listed and no reason for another exit code', async () => {
  const description =
    '[temporal-provisioner ns=default wf=provision-gone step=it run=00000000-0000-0000-0000-000000000000]';
  rig.simulator.resources.plant({ kind: 'naver.data-forest.ai-workspace', name: 'ai-gone', description });
  const { code, stdout } = await sweep('--grace', '0s', '--delete');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^1 with an unknown owner, never deleted\n {2}naver .*ai-gone.*past retention/m);
  expect(rig.alive()).toEqual(['ai-gone']);
});

test('what cannot be meant ends with 2, and a server that is not there with 4, one line each', async () => {
  const grace = await runCli(at('sweep', '--grace', 'soon'));
  const often = await runCli(at('setup', '--sweep-delete'));
  const nowhere = await runCli(['sweep', '--address', '127.0.0.1:1']);
  expect([grace.code, often.code, nowhere.code]).toEqual([2, 2, 4]);
  for (const { stdout, stderr } of [grace, often, nowhere])
    expect([stdout, stderr.trim().split('\n').length]).toEqual(['', 1]);
  expect(often.stderr).toContain('--sweep 1h');
});

test('without a worker a sweep says so, a second one is refused, and Ctrl-C leaves the first one running', async () => {
  await rig.stopWorker();
  rig.track(sweepIdOf(rig.taskQueue));
  const waiting = startCli(at('sweep'));
  const running = async () => (await rig.client.workflow.getHandle(sweepIdOf(rig.taskQueue)).describe()).status.name;
  while ((await running().catch(() => '')) !== 'RUNNING') await sleep(50);
  const second = await runCli(at('sweep'));
  expect([second.code, second.stderr]).toEqual([2, expect.stringContaining('running already')]);
  let told = '';
  waiting.process.stderr?.on('data', (chunk) => {
    told += String(chunk);
  });
  while (!told.includes('no worker answers')) await sleep(50);
  waiting.process.kill('SIGINT');
  const { code, stderr } = await waiting.ended;
  expect([code, stderr]).toEqual([130, expect.stringMatching(/no worker answers[\s\S]*runs on/)]);
  await rig.startWorker();
  await rig.client.workflow.getHandle(sweepIdOf(rig.taskQueue)).result();
});

test('setup makes, changes and removes the schedule, which deletes only if that is said', async () => {
  const made = await runCli(at('setup', '--sweep', '1h', '--json'));
  expect(jsonOf(made)).toMatchObject({ sweep: { schedule: 'created', everyMs: 3_600_000, delete: false } });
  const first = await schedule().describe();
  expect(first.policies.overlap).toBe('SKIP');
  expect(first.action).toMatchObject({
    workflowType: 'sweepOrphans',
    taskQueue: rig.taskQueue,
    args: [{ delete: false }],
  });
  await schedule().pause('somebody looks');
  const changed = await runCli(at('setup', '--sweep', '2h', '--sweep-delete', '--sweep-grace', '30m'));
  expect(changed.stdout).toMatch(/^Sweeps every 120 min \(schedule changed\): orphans are deleted\.$/m);
  const second = await schedule().describe();
  expect(second.action).toMatchObject({ args: [{ delete: true, graceMs: 1_800_000 }] });
  expect([second.spec.intervals?.[0]?.every, second.state.paused]).toEqual([7_200_000, true]);
  expect((await runCli(at('setup', '--sweep', 'off'))).stdout).toMatch(/^No more sweeps\.$/m);
  await expect(schedule().describe()).rejects.toThrow(/not found/i);
  expect((await runCli(at('setup', '--sweep', 'off'))).code).toBe(0);
});

test('a sweep that the schedule starts is the same workflow', async () => {
  await runCli(at('setup', '--sweep', '1h'));
  await schedule().trigger();
  let started: string | undefined;
  while (started === undefined) {
    const { info } = await schedule().describe();
    const action = info.recentActions.at(-1)?.action;
    started = action?.workflow.workflowId;
    await sleep(100);
  }
  rig.track(started);
  expect(await rig.client.workflow.getHandle(started).result()).toMatchObject({ done: true, delete: false });
  await schedule().delete();
});
