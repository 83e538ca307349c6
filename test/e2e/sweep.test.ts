/** The sweep: what closed workflows left is found and deleted; what anybody else owns, or might, is left alone. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { formatMarker } from '../../contract/marker.js';
import type { Plan, PlanResource } from '../../contract/plan.js';
import type { SweepReport, SweepRequest } from '../../contract/sweep.js';
import { failureOf, outcomeOf } from '../support/closing.js';
import { aiWorkspace, fabric, workflow } from '../support/resources.js';
import { type ProvisionRun, useRig } from '../support/rig.js';

// Windows are waited for, and several processes or sweeps in one test: a hung one still ends.
vi.setConfig({ testTimeout: 180_000 });

const rig = useRig();

/** The late-commit window of the rig's connections, and the send window: nothing is an orphan before. */
const settled = () => sleep(6_500);

let sweeps = 0;

async function startSweep(request: SweepRequest) {
  sweeps += 1;
  const workflowId = `sweep-${rig.taskQueue}-${sweeps}`;
  const args = [request];
  const sweep = await rig.client.workflow.start('sweepOrphans', { taskQueue: rig.taskQueue, workflowId, args });
  rig.track(workflowId, sweep.firstExecutionRunId);
  return sweep;
}

/** Without a grace of its own, but for the windows, which none goes below. */
async function sweepNow(request: SweepRequest = {}): Promise<SweepReport> {
  return (await (await startSweep({ graceMs: 0, ...request })).result()) as SweepReport;
}

const NEVER = 'never-made';

/** Everything is live but a last step that is refused, which waits for an operator: then the run is ended from outside. */
async function terminated(resources: Plan['resources'], name = rig.planName()): Promise<ProvisionRun> {
  rig.simulator.setFaults({ operation: 'CreateWorkspace', do: 'refuse', status: 400, match: { name: NEVER } });
  const last = fabric(NEVER, { dependsOn: Object.keys(resources) });
  const run = await rig.start({ name, onFailure: 'pause', resources: { ...resources, last } });
  await rig.until(run, ({ steps }) => steps.last?.attention !== undefined);
  await run.terminate('a test');
  rig.simulator.clearFaults();
  return run;
}

async function reset(run: ProvisionRun): Promise<ProvisionRun> {
  await rig.client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: run.workflowId, runId: run.firstExecutionRunId },
    reason: 'a test',
    workflowTaskFinishEventId: 4 as never,
    requestId: randomUUID(),
  });
  rig.track(run.workflowId);
  const latest = rig.client.workflow.getHandle(run.workflowId);
  return Object.assign(latest, { firstExecutionRunId: run.firstExecutionRunId }) as ProvisionRun;
}

const namesOf = (found: readonly { readonly name: string }[]) => found.map(({ name }) => name).sort();
const plant = (kind: PlanResource['kind'], name: string, description: string) =>
  rig.simulator.resources.plant({ kind: kind as never, name, description });

test('what a terminated saga left is reported, and deleted only when that is asked', async () => {
  const run = await terminated({ ai: aiWorkspace('ai-left'), flow: workflow('flow_left') });
  await settled();
  const report = await sweepNow();
  expect(report.counts).toMatchObject({ orphan: 2, unknown: 0, live: 0, young: 0 });
  expect(namesOf(report.orphans)).toEqual(['ai-left', 'flow_left']);
  const owner = { workflowId: run.workflowId, step: 'ai', runId: run.firstExecutionRunId, namespace: 'default' };
  expect(report.orphans).toContainEqual(expect.objectContaining({ name: 'ai-left', connection: 'naver', owner }));
  expect(rig.alive()).toEqual(['ai-left', 'flow_left']);
  const { acts, acted, done } = await sweepNow({ delete: true });
  expect(acts.map(({ name, result }) => [name, result]).sort()).toEqual([
    ['ai-left', 'deleted'],
    ['flow_left', 'deleted'],
  ]);
  expect([acted, done]).toEqual([{ deleted: 2, gone: 0, left: 0, failed: 0 }, true]);
  expect(rig.alive()).toEqual([]);
});

test('a create that was under way when its saga was terminated is found too', async () => {
  rig.simulator.setFaults({ operation: 'aiworkspaces/create', do: 'late', ms: 800 });
  const called = rig.nextCall('aiworkspaces/create');
  const run = await rig.start({ name: rig.planName(), resources: { ai: aiWorkspace('ai-late') } });
  await called;
  await run.terminate('a test');
  // Its age counts from where it took effect.
  while (rig.alive().length === 0) await sleep(50);
  await settled();
  expect(rig.alive()).toEqual(['ai-late']);
  expect((await sweepNow({ delete: true })).acted.deleted).toBe(1);
  expect(rig.alive()).toEqual([]);
  rig.expectFired();
});

test('nothing is deleted whose owner lives, is Provisioned, keeps it, or is not known, nor what is not ours', async () => {
  const provisioned = await rig.start({ name: rig.planName(), resources: { it: aiWorkspace('ai-done') } });
  await provisioned.result();
  rig.simulator.setFaults({ operation: 'CreateWorkspace', do: 'refuse', status: 400 });
  const last = fabric(NEVER, { dependsOn: ['it'] });
  const open = await rig.start({
    name: rig.planName(),
    onFailure: 'pause',
    resources: { it: aiWorkspace('ai-open'), last },
  });
  await rig.until(open, ({ steps }) => steps.last?.attention !== undefined);
  const retained = { it: aiWorkspace('ai-retained', { retain: true }), last };
  expect(await outcomeOf(await rig.start({ name: rig.planName(), resources: retained }))).toBe('RolledBack');
  await terminated({ it: aiWorkspace('ai-keep', { retain: true }) });
  const owner = { namespace: 'default', workflowId: provisioned.workflowId, step: 'it', keep: false };
  const kind = 'naver.data-forest.ai-workspace';
  plant(kind, 'ai-mine', 'no marker at all');
  plant(kind, 'ai-garbled', `[temporal-provisioner ns=default wf=${open.workflowId} step=it`);
  plant(kind, 'ai-elsewhere', formatMarker({ ...owner, namespace: 'staging', runId: randomUUID() }));
  plant(kind, 'ai-forgotten', formatMarker({ ...owner, workflowId: 'provision-forgotten', runId: randomUUID() }));
  plant(kind, 'ai-old-run', formatMarker({ ...owner, runId: randomUUID() }));
  plant(kind, 'ai-no-run', formatMarker({ ...owner, runId: 'not-a-run-id' }));
  await settled();
  const before = rig.alive();
  const report = await sweepNow({ delete: true });
  const builtIn = 2;
  expect(report.counts).toEqual({
    unmarked: 2 + builtIn,
    elsewhere: 1,
    live: 2,
    kept: 2,
    young: 0,
    orphan: 0,
    unknown: 3,
  });
  expect(namesOf(report.unknown)).toEqual(['ai-forgotten', 'ai-no-run', 'ai-old-run']);
  expect(report.acts).toEqual([]);
  expect(rig.alive()).toEqual(before);
  await open.cancel();
  expect(await outcomeOf(open)).toBe('Cancelled');
});

test('an orphan within the grace time is counted as young and left', async () => {
  await terminated({ it: aiWorkspace('ai-young') });
  await settled();
  const report = await sweepNow({ delete: true, graceMs: 3_600_000 });
  expect(report.counts).toMatchObject({ young: 1, orphan: 0 });
  expect(rig.alive()).toEqual(['ai-young']);
});

test('a chain that is reset between the look and the delete keeps its resource', async () => {
  const run = await terminated({ it: aiWorkspace('ai-back') });
  await settled();
  // The second list is the deletion's own look: it has found its resource when the owner comes back.
  rig.simulator.setFaults({ operation: 'aiworkspaces/getList', do: 'slow', ms: 3_000, nth: 2 });
  const sweep = await startSweep({ graceMs: 0, delete: true });
  const lists = () => rig.simulator.state().requests['aiworkspaces/getList'] ?? 0;
  for (const before = lists(); lists() < before + 2; ) await sleep(5);
  const again = await reset(run);
  const report = (await sweep.result()) as SweepReport;
  expect(report.acts).toMatchObject([{ name: 'ai-back', result: 'left', why: 'its owner is open again' }]);
  expect(await outcomeOf(again)).toBe('Provisioned');
  expect(rig.alive()).toEqual(['ai-back', NEVER]);
  rig.expectFired();
});

test('what lost its marker between the list and the delete is not ours any more', async () => {
  await terminated({ it: aiWorkspace('ai-claimed') });
  await settled();
  const claimed = rig.simulator.resources.list()[0]?.id ?? '';
  // Nothing is deleted before everything is listed.
  rig.simulator.setFaults({ operation: 'ListProjects', do: 'slow', ms: 2_000 });
  const sweep = await startSweep({ graceMs: 0, delete: true });
  const report = () => sweep.query<SweepReport>('report').catch(() => undefined);
  while (((await report())?.counts.orphan ?? 0) === 0) await sleep(50);
  rig.simulator.resources.edit(claimed, { description: 'taken over by hand' });
  expect(((await sweep.result()) as SweepReport).acts).toMatchObject([{ name: 'ai-claimed', result: 'gone' }]);
  expect(rig.alive()).toEqual(['ai-claimed']);
  rig.expectFired();
});

test('what needs others goes first, and they stay as long as it cannot go', async () => {
  await terminated({
    base: aiWorkspace('ai-base'),
    middle: workflow('flow_middle', { dependsOn: ['base'] }),
    top: fabric('fabric-top', { dependsOn: ['middle'] }),
  });
  await settled();
  rig.simulator.setFaults({ operation: 'DeleteWorkspace', do: 'refuse', status: 403 });
  const stuck = await sweepNow({ delete: true });
  expect(stuck.acts).toMatchObject([
    { name: 'fabric-top', result: 'failed', cause: { type: 'AccessDenied' } },
    { name: 'flow_middle', result: 'left' },
    { name: 'ai-base', result: 'left' },
  ]);
  expect(rig.alive()).toEqual(['ai-base', 'fabric-top', 'flow_middle']);
  rig.expectFired();
  rig.simulator.clearFaults();
  const { acts } = await sweepNow({ delete: true });
  expect(acts.map(({ name, result }) => [name, result])).toEqual([
    ['fabric-top', 'deleted'],
    ['flow_middle', 'deleted'],
    ['ai-base', 'deleted'],
  ]);
  expect(rig.alive()).toEqual([]);
});

test('of two chains of one workflow id only the terminated one leaves an orphan', async () => {
  const first = await terminated({ it: aiWorkspace('ai-first') });
  const second = await rig.start({
    name: first.workflowId.replace('provision-', ''),
    resources: { it: aiWorkspace('ai-second') },
  });
  await second.result();
  await settled();
  expect((await sweepNow({ delete: true })).acts).toMatchObject([{ name: 'ai-first', result: 'deleted' }]);
  expect(rig.alive()).toEqual(['ai-second']);
});

test('a cancel is heard between two deletions, and the memo tells what was done', async () => {
  const names = ['ai-a', 'ai-b', 'ai-c'];
  const step = (index: number) => (index === 0 ? [] : [`s${index - 1}`]);
  const resources = names.map((name, index) => [`s${index}`, aiWorkspace(name, { dependsOn: step(index) })] as const);
  await terminated(Object.fromEntries(resources));
  await settled();
  rig.simulator.setFaults({ operation: 'aiworkspaces/delete', do: 'slow', ms: 1_500 });
  const called = rig.nextCall('aiworkspaces/delete');
  const sweep = await startSweep({ graceMs: 0, delete: true });
  await called;
  await sweep.cancel();
  expect(await outcomeOf(sweep)).toBe('Cancelled');
  const { memo } = await sweep.describe();
  expect(memo?.report).toMatchObject({ acts: [{ name: 'ai-c', result: 'deleted' }], done: false });
  expect(rig.alive()).toEqual(['ai-a', 'ai-b']);
  rig.expectFired();
});

test('a kind that cannot be listed is told as a problem, and the others are swept', async () => {
  await terminated({ it: aiWorkspace('ai-swept') });
  await settled();
  rig.simulator.setFaults({ operation: 'ListProjects', do: 'refuse', status: 403 });
  const report = await sweepNow({ delete: true });
  expect(report.problems).toMatchObject([{ connection: 'alibaba', kind: 'alibaba.dataworks.project' }]);
  expect(report.acts).toMatchObject([{ name: 'ai-swept', result: 'deleted' }]);
  rig.expectFired();
});

test('a request that makes no sense is refused with all its problems before anything is listed', async () => {
  const requests = rig.simulator.state().requests;
  const sweep = await startSweep({ connections: ['nobody'], graceMs: -1, dleete: true } as SweepRequest);
  const { type, details } = await failureOf(sweep);
  expect([type, details]).toEqual([
    'InvalidRequest',
    [[expect.objectContaining({ path: 'graceMs' }), expect.objectContaining({ path: 'dleete' })]],
  ]);
  const stranger = await failureOf(await startSweep({ connections: ['nobody'] }));
  expect(stranger.message).toMatch(/connections\[0\]: unknown connection; known: alibaba, huawei, naver/);
  expect(rig.simulator.state().requests).toEqual(requests);
});
