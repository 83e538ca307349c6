/** What the command line says and does of plans after the day they were made. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { deprovisionIdOf, workflowIdOf } from '../../contract/names.js';
import type { Plan } from '../../contract/plan.js';
import { type CliEnd, runCli, startCli } from '../cli-process.js';
import { aiWorkspace, fabric } from '../support/resources.js';
import { useRig } from '../support/rig.js';

const rig = useRig();
const folder = mkdtempSync(join(tmpdir(), 'cli-deprovision-'));
const at = (...args: string[]) => [...args, '--address', inject('temporalAddress')];
const queue = () => ['--task-queue', rig.taskQueue];
const jsonOf = ({ stdout }: CliEnd) => JSON.parse(stdout) as Record<string, unknown>;
const why = ['--why', 'the quarter is over', '--by', 'ada'];

function planOf(more: Partial<Plan> = {}): Plan {
  return { name: rig.planName(), resources: { ai: aiWorkspace(), fabric: fabric() }, ...more };
}

function fileOf(name: string, content: unknown): string {
  const file = join(folder, name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

async function provisioned(plan: Plan, ...more: string[]): Promise<CliEnd> {
  rig.track(workflowIdOf(plan.name));
  return await runCli(at('provision', fileOf(`${plan.name}.json`, plan), ...queue(), ...more));
}

function deprovision(plan: Plan, ...more: string[]): Promise<CliEnd> {
  rig.track(deprovisionIdOf(plan.name));
  return runCli(at('deprovision', plan.name, ...why, ...queue(), ...more));
}

describe('deprovision', () => {
  it('tells each change of state and ends with 0; status and list say so, and the plan can be made again', async () => {
    const plan = planOf();
    await provisioned(plan);
    const end = await deprovision(plan);
    expect([end.code, end.stderr]).toEqual([0, '']);
    expect(end.stdout).toMatch(/ai: deleted/);
    expect(end.stdout).toMatch(/^Deprovisioned: what was provisioned is deleted again/m);
    expect(rig.alive()).toEqual([]);
    const status = await runCli(at('status', plan.name));
    expect([status.code, status.stdout]).toEqual([0, expect.stringMatching(/^Deprovisioned since: /m)]);
    const list = await runCli(at('list'));
    expect(list.stdout).toMatch(new RegExp(`^${plan.name} +deprovisioned again`, 'm'));
    expect((await provisioned(plan)).code).toBe(0);
    expect(rig.alive()).toHaveLength(2);
    expect(jsonOf(await runCli(at('status', plan.name, '--json')))).not.toHaveProperty('deprovisioned');
    const again = jsonOf(await deprovision(plan, '--json'));
    expect(again).toMatchObject({ plan: plan.name, outcome: 'Deprovisioned', ledger: { moves: [{ by: 'ada' }] } });
    expect(again).not.toHaveProperty('error');
  });

  it('of what is protected ends with 2 and the step, and with --include-protected with 0', async () => {
    const plan = planOf({ resources: { kept: fabric('guarded-ws', { protect: true }) } });
    await provisioned(plan);
    const refused = await deprovision(plan, '--json');
    expect(refused.code).toBe(2);
    expect(jsonOf(refused)).toMatchObject({ outcome: 'NotStarted', problems: [{ path: 'resources.kept.protect' }] });
    expect(rig.alive()).toEqual(['guarded-ws']);
    expect((await deprovision(plan, '--include-protected')).code).toBe(0);
    expect(rig.alive()).toEqual([]);
  });

  it('of what was exported works with the file, and with the document of provision, when the history is gone', {
    timeout: 150_000,
  }, async () => {
    const [first, second] = [planOf(), planOf({ resources: { other: fabric('other-ws') } })];
    await provisioned(first);
    const exported = await runCli(at('export', first.name));
    const document = await provisioned(second, '--json');
    expect([exported.code, document.code]).toEqual([0, 0]);
    await rig.forget(workflowIdOf(first.name), workflowIdOf(second.name));
    const nothing = await deprovision(first, '--json');
    expect([nothing.code, nothing.stdout]).toEqual([2, expect.stringMatching(/give its manifest \(--manifest FILE\)/)]);
    const by = (plan: Plan, { stdout }: CliEnd) =>
      deprovision(plan, '--manifest', fileOf(`${plan.name}-manifest.json`, stdout));
    expect((await by(first, exported)).code).toBe(0);
    expect(rig.alive()).toEqual(['other-ws']);
    expect((await by(second, document)).code).toBe(0);
    expect(rig.alive()).toEqual([]);
    const status = await runCli(at('status', first.name, '--json'));
    expect(jsonOf(status)).toMatchObject({ workflowId: deprovisionIdOf(first.name), outcome: 'Deprovisioned' });
  });

  it('of a file that is no manifest, or of another plan, ends with 2 before anything is started', async () => {
    const plan = planOf();
    const given = (content: unknown) =>
      runCli(at('deprovision', plan.name, ...why, '--manifest', fileOf('given.json', content), '--json'));
    const owner = { namespace: 'default', workflowId: 'w', runId: 'r' };
    const other = { manifest: 1, plan: { ...plan, name: 'other' }, owner, steps: {} };
    for (const [content, path] of [
      [{ secret: 'hunter2' }, 'manifest'],
      [{ ...other, manifest: 2 }, 'manifest.manifest'],
      [{ ...other, steps: { ai: { state: 'live' }, fabric: { state: 'live' } } }, 'manifest.plan.name'],
    ] as const) {
      const end = await given(content);
      expect([end.code, jsonOf(end)]).toEqual([
        2,
        expect.objectContaining({ problems: [{ path, message: expect.any(String) }] }),
      ]);
      expect(end.stdout).not.toContain('hunter2');
    }
    const unsaid = await runCli(at('deprovision', plan.name));
    expect([unsaid.code, unsaid.stderr]).toEqual([2, expect.stringMatching(/--why/)]);
    const discover = await runCli(at('deprovision', plan.name, ...why, '--discover', '--json'));
    expect([discover.code, jsonOf(discover)]).toEqual([
      2,
      expect.objectContaining({
        problems: [{ path: 'includeProtected', message: expect.stringMatching(/^with disc/) }],
      }),
    ]);
  });

  it('that parks ends with 3, status names the commands, and an operator lets go', async () => {
    const plan = planOf({ resources: { fabric: fabric('stuck-ws') } });
    await provisioned(plan);
    rig.simulator.setFaults({ operation: 'DeleteWorkspace', do: 'refuse' });
    const parked = await deprovision(plan, '--json');
    expect([parked.code, jsonOf(parked)]).toEqual([3, expect.objectContaining({ attention: ['fabric'] })]);
    const status = await runCli(at('status', plan.name));
    expect(status.code).toBe(3);
    expect(status.stdout).toMatch(/abandon \S+ fabric --confirm NAME/);
    const waits = jsonOf(await runCli(at('list', '--attention', '--json'))) as { provisionings: { plan: string }[] };
    expect(waits.provisionings.map((each) => each.plan)).toContain(plan.name);
    const end = await runCli(at('abandon', plan.name, 'fabric', '--confirm', 'stuck-ws', ...why, '--wait', '--json'));
    expect([end.code, jsonOf(end)]).toEqual([3, expect.objectContaining({ outcome: 'Abandoned' })]);
  });

  it('of a managed plan that is open makes it give up its resources itself', async () => {
    const plan = planOf({ managed: true });
    expect((await provisioned(plan)).code).toBe(0);
    const end = await deprovision(plan, '--json');
    expect([end.code, jsonOf(end)]).toEqual([
      0,
      expect.objectContaining({ workflowId: workflowIdOf(plan.name), outcome: 'Deprovisioned' }),
    ]);
    rig.untrack(deprovisionIdOf(plan.name));
    expect(rig.alive()).toEqual([]);
    expect((await provisioned(plan)).code).toBe(0);
    expect((await deprovision(plan)).code).toBe(0);
    rig.untrack(deprovisionIdOf(plan.name));
  });

  it('interrupted by Ctrl-C goes on, and the same command attaches to it', async () => {
    const plan = planOf({ resources: { fabric: fabric('slow-ws') } });
    await provisioned(plan);
    rig.simulator.setFaults({ operation: 'DeleteWorkspace', do: 'slow', ms: 2_000 });
    rig.track(deprovisionIdOf(plan.name));
    const running = startCli(at('deprovision', plan.name, ...why, ...queue()));
    await running.until(/fabric: deleting/);
    running.process.kill('SIGINT');
    expect((await running.ended).code).toBe(130);
    expect((await deprovision(plan)).code).toBe(0);
    expect(rig.alive()).toEqual([]);
  });
});
