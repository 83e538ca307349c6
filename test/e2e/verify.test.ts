/** Whether what a plan provisioned is there and as planned: by its run, and by what was exported when that is gone. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { ProvisionerClient } from '../../client/client.js';
import { deprovisionIdOf, verifyIdOf, workflowIdOf } from '../../contract/names.js';
import type { Plan } from '../../contract/plan.js';
import { type CliEnd, runCli } from '../cli-process.js';
import { aiWorkspace, fabric } from '../support/resources.js';
import { useRig } from '../support/rig.js';

const rig = useRig();
const folder = mkdtempSync(join(tmpdir(), 'verify-'));
const at = (...args: string[]) => [...args, '--address', inject('temporalAddress'), '--task-queue', rig.taskQueue];
const jsonOf = ({ stdout }: CliEnd) => JSON.parse(stdout) as Record<string, unknown>;

async function provisioned(more: Partial<Plan> = {}): Promise<Plan> {
  const resources = { ai: aiWorkspace(), fabric: fabric('fabric-ws', { dependsOn: ['ai'] }) };
  const plan = { name: rig.planName(), resources, ...more };
  await (await rig.start(plan)).result();
  return plan;
}

function verify(plan: Plan, ...more: string[]): Promise<CliEnd> {
  rig.track(verifyIdOf(plan.name));
  return runCli(at('verify', plan.name, ...more));
}

function idOf(name: string): string {
  return rig.simulator.resources.list().find((each) => each.name === name)?.id ?? '';
}

it('of what is as planned ends with 0 and says how much of it was compared', async () => {
  const plan = await provisioned();
  const end = await verify(plan);
  expect([end.code, end.stderr]).toEqual([0, '']);
  expect(end.stdout).toMatch(/^ai +same +naver\.data-forest\.ai-workspace +\S+ +\(\d+ fields? compared\)$/m);
  expect(end.stdout).toMatch(/^2 of 2 are as planned\.$/m);
});

it('of a field that somebody changed ends with 5, and names the field with both values', async () => {
  const plan = await provisioned({
    resources: { fabric: fabric('drift-ws', { spec: { name: 'drift-ws', description: 'mine' } }) },
  });
  const [{ description = '' } = {}] = rig.simulator.resources.list();
  rig.simulator.resources.edit(idOf('drift-ws'), { fields: { description: description.replace('mine', 'theirs') } });
  const end = await verify(plan);
  expect([end.code, end.stdout]).toEqual([
    5,
    expect.stringMatching(/ description: planned "mine \[.*", is "theirs \[/),
  ]);
  expect(jsonOf(await verify(plan, '--json'))).toMatchObject({
    plan: plan.name,
    simulated: ['huawei'],
    steps: {
      fabric: {
        verdict: 'differs',
        differences: [
          { field: 'description', planned: expect.stringMatching(/^mine /), actual: expect.stringMatching(/^theirs /) },
        ],
      },
    },
  });
});

it('of what is gone ends with 5, and with 3 of what could not be looked at', async () => {
  const plan = await provisioned();
  rig.simulator.setFaults({ operation: 'aiworkspaces/getList', do: 'refuse' });
  const unread = await verify(plan, '--json');
  expect([unread.code, jsonOf(unread)]).toMatchObject([
    3,
    { steps: { ai: { verdict: 'unread' }, fabric: { verdict: 'same' } } },
  ]);
  rig.simulator.clearFaults();
  rig.simulator.resources.remove(idOf('fabric-ws'));
  const missing = await verify(plan, '--json');
  expect([missing.code, jsonOf(missing)]).toMatchObject([5, { steps: { fabric: { verdict: 'missing' } } }]);
});

it('of a plan that is under way or was undone ends with 2, and of one that was terminated never with 0', async () => {
  rig.simulator.setFaults({ operation: 'aiworkspaces/create', do: 'refuse' });
  const resources = { fabric: fabric('left-ws'), ai: aiWorkspace('never-ai', { dependsOn: ['fabric'] }) };
  const plan: Plan = { name: rig.planName(), onFailure: 'pause', resources };
  const run = await rig.start(plan);
  await rig.until(run, ({ steps }) => steps.ai?.attention !== undefined);
  const early = await verify(plan);
  expect([early.code, early.stderr]).toEqual([
    2,
    expect.stringMatching(/plan: it is not provisioned: its run is still/),
  ]);
  await run.terminate('a test');
  rig.simulator.clearFaults();
  const left = await verify(plan);
  expect([left.code, left.stdout]).toEqual([
    5,
    expect.stringMatching(/^It ended Abandoned: only what [\s\S]*^1 of 1 are/m),
  ]);
  const deprovisioned = await provisioned();
  const id = deprovisionIdOf(deprovisioned.name);
  rig.track(id);
  await runCli(at('deprovision', deprovisioned.name, '--why', 'over'));
  const gone = await verify(deprovisioned);
  expect([gone.code, gone.stderr]).toEqual([2, expect.stringMatching(/nothing to verify: it was deprovisioned since/)]);
});

it('by another manifest than the one under way is refused, as is a workflow id that something else has', async () => {
  const plan = await provisioned();
  const provisioner = new ProvisionerClient({ client: rig.client, taskQueue: rig.taskQueue });
  const manifest = await provisioner.export(plan.name);
  rig.track(verifyIdOf(plan.name));
  rig.simulator.setFaults({ operation: 'aiworkspaces/getList', do: 'slow', ms: 3_000 });
  const first = provisioner.verify({ plan: plan.name });
  await rig.nextCall('aiworkspaces/getList');
  await expect(provisioner.verify({ plan: plan.name, manifest })).rejects.toMatchObject({
    name: 'PlanConflictError',
    message: expect.stringMatching(/^A different verification of \S+ is running: wait for its end/),
  });
  expect(await provisioner.verify({ plan: plan.name })).toEqual(await first);
  const foreign: Plan = { name: rig.planName(), approval: 'required', resources: { it: fabric('other-ws') } };
  const other = await rig.start(foreign, verifyIdOf(foreign.name));
  await expect(provisioner.verify({ plan: foreign.name })).rejects.toMatchObject({ name: 'PlanConflictError' });
  await other.cancel();
  await other.result().catch(() => undefined);
});

it('of a plan whose history is gone takes what was exported, and of an unknown one ends with 2', {
  timeout: 150_000,
}, async () => {
  const plan = await provisioned();
  const file = join(folder, 'manifest.json');
  writeFileSync(file, (await runCli(['export', plan.name, '--address', inject('temporalAddress')])).stdout);
  await rig.forget(workflowIdOf(plan.name));
  const unknown = await verify(plan);
  expect([unknown.code, unknown.stderr]).toEqual([
    2,
    expect.stringMatching(/plan: the server knows no run of it; give its manifest/),
  ]);
  expect((await verify(plan, '--manifest', file)).code).toBe(0);
});
