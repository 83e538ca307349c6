/** The command line against server, worker and simulator: what it prints, its exit codes, and what Ctrl-C leaves. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { workflowIdOf } from '../../contract/names.js';
import type { Plan } from '../../contract/plan.js';
import { type CliEnd, runCli, startCli } from '../cli-process.js';
import { aiWorkspace, fabric } from '../support/resources.js';
import { useRig } from '../support/rig.js';

const rig = useRig();
const folder = mkdtempSync(join(tmpdir(), 'cli-e2e-'));

function planOf(more: Partial<Plan> = {}): Plan {
  const name = rig.planName();
  return { name, resources: { ai: aiWorkspace(), fabric: fabric('fabric-ws', { dependsOn: ['ai'] }) }, ...more };
}

function fileOf(plan: Plan): string {
  const file = join(folder, `${plan.name}.json`);
  writeFileSync(file, JSON.stringify(plan));
  return file;
}

const at = (...args: string[]) => [...args, '--address', inject('temporalAddress')];
const provisionArgs = (plan: Plan, ...more: string[]) => {
  rig.track(workflowIdOf(plan.name));
  return at('provision', fileOf(plan), '--task-queue', rig.taskQueue, ...more);
};
const provision = (plan: Plan, ...more: string[]): Promise<CliEnd> => runCli(provisionArgs(plan, ...more));
const jsonOf = ({ stdout }: CliEnd) => JSON.parse(stdout) as Record<string, unknown>;

const refuseFabric = () => rig.simulator.setFaults({ operation: 'CreateWorkspace', do: 'refuse' });
const slowFabric = (ms: number) => rig.simulator.setFaults({ operation: 'CreateWorkspace', do: 'slow', ms });

describe('provision', () => {
  it('tells each change of state, then ledger and outputs, and ends with 0; again it attaches', async () => {
    slowFabric(600);
    const plan = planOf();
    const first = await provision(plan);
    expect([first.code, first.stderr]).toEqual([0, '']);
    expect(first.stdout).toMatch(/ai: live[\s\S]*fabric: creating[\s\S]*fabric: live/);
    expect(first.stdout).toMatch(/^fabric\.id = \S+/m);
    expect(first.stdout).toContain('Provisioned: every resource is live.');
    const requests = rig.simulator.state().requests;
    const again = jsonOf(await provision(plan, '--json'));
    expect(again).toMatchObject({ plan: plan.name, outcome: 'Provisioned', ledger: { outcome: 'Provisioned' } });
    expect(rig.simulator.state().requests).toEqual(requests);
  });

  it('that fails ends with 1, ledger and cause in one JSON document, and nothing is left', async () => {
    refuseFabric();
    const end = await provision(planOf(), '--json');
    expect([end.code, end.stderr]).toEqual([1, '']);
    expect(jsonOf(end)).toMatchObject({
      outcome: 'RolledBack',
      error: expect.stringMatching(/^Rolled back: fabric failed/),
      cause: { provider: 'huawei', operation: 'CreateWorkspace', requestId: expect.any(String) },
      ledger: { steps: { ai: { state: 'deleted' }, fabric: { state: 'refused' } } },
    });
    expect(rig.alive()).toEqual([]);
  });

  it('shows a rollback in plain words, with the next step', async () => {
    refuseFabric();
    const { code, stdout } = await provision(planOf());
    expect(code).toBe(1);
    expect(stdout).toMatch(/ai: deleted/);
    expect(stdout).toMatch(/RolledBack: nothing of this plan is alive/);
    expect(stdout).toMatch(/^Next: /m);
  });

  it('that only the worker can refuse ends with 2 and every problem', async () => {
    const stranger = { connection: 'nobody' };
    const resources = { a: fabric('fabric-x', stranger), b: fabric('fabric-y', stranger) };
    const end = await provision(planOf({ resources }), '--json');
    expect(end.code).toBe(2);
    expect(jsonOf(end)).toMatchObject({
      outcome: 'NotStarted',
      problems: [{ path: 'resources.a.connection' }, { path: 'resources.b.connection' }],
    });
  });

  it('of another plan under a taken name ends with 2 and says what to do', async () => {
    const plan = planOf();
    expect((await provision(plan)).code).toBe(0);
    const { code, stderr } = await provision({ ...plan, onFailure: 'pause' });
    expect(code).toBe(2);
    expect(stderr).toMatch(/another name/);
  });

  it('that pauses for an operator ends with 3, and cancel --wait rolls it back', async () => {
    refuseFabric();
    const plan = planOf({ onFailure: 'pause' });
    const parked = await provision(plan, '--json');
    expect(parked.code).toBe(3);
    expect(jsonOf(parked)).toMatchObject({ outcome: null, attention: ['fabric'] });
    const status = await runCli(at('status', plan.name));
    expect(status.code).toBe(3);
    expect(status.stdout).toMatch(/needs an operator since .*Moves: retry, adopt, skip, rollback/);
    const cancelled = await runCli(at('cancel', plan.name, '--wait'));
    expect(cancelled.code).toBe(1);
    expect(cancelled.stdout).toMatch(/ai: deleted/);
    expect(rig.alive()).toEqual([]);
  });

  it('interrupted by Ctrl-C leaves the workflow running and says how to come back', async () => {
    slowFabric(2_000);
    const plan = planOf();
    const running = startCli(provisionArgs(plan));
    await running.until(/fabric: creating/);
    running.process.kill('SIGINT');
    const { code, stderr } = await running.ended;
    expect(code).toBe(130);
    expect(stderr).toMatch(new RegExp(`runs on.*provisioner --address \\S+ .*status ${plan.name}`));
    const back = await provision(plan, '--json');
    expect([back.code, jsonOf(back).outcome]).toEqual([0, 'Provisioned']);
  });

  it('detached returns at once; status and cancel take it from there', async () => {
    // Longer than three commands take to start on a busy machine; a cancel waits for the answer.
    slowFabric(15_000);
    const plan = planOf();
    expect(jsonOf(await provision(plan, '--detach', '--json'))).toMatchObject({ detached: true });
    const running = await runCli(at('status', plan.name, '--json'));
    expect([running.code, jsonOf(running).outcome]).toEqual([0, null]);
    expect(jsonOf(await runCli(at('cancel', plan.name, '--json')))).toMatchObject({ cancelRequested: true });
    const end = await provision(plan, '--json');
    expect([end.code, jsonOf(end).outcome]).toEqual([1, 'Cancelled']);
    const after = await runCli(at('status', plan.name, '--json'));
    expect(after.code).toBe(1);
    expect(jsonOf(after)).toMatchObject({ outcome: 'Cancelled', ledgerSource: 'memo' });
    expect((await runCli(at('cancel', plan.name))).code).toBe(2);
  });
});

describe('with no worker alive', () => {
  it('provision says so, and status still shows the ledger', async () => {
    await rig.stopWorker();
    const plan = planOf();
    const running = startCli(provisionArgs(plan));
    await running.until(/no worker answers/);
    running.process.kill('SIGINT');
    await running.ended;
    const status = await runCli(at('status', plan.name));
    expect(status.code).toBe(0);
    expect(status.stdout).toMatch(/fabric +planned/);
    expect(status.stderr).toMatch(/No worker answers/);
    await rig.startWorker();
    expect((await provision(plan)).code).toBe(0);
  });
});

describe('list, status and setup', () => {
  it('show what is there as one JSON document each', async () => {
    const plan = planOf();
    expect((await provision(plan)).code).toBe(0);
    const { provisionings } = jsonOf(await runCli(at('list', '--json'))) as { provisionings: { plan: string }[] };
    expect(provisionings.map((each) => each.plan)).toContain(plan.name);
    expect(jsonOf(await runCli(at('list', '--attention', '--json')))).toHaveProperty('provisionings');
    expect(jsonOf(await runCli(at('setup', '--json')))).toEqual({ namespace: 'default', created: [] });
  });

  it('of a name or namespace that does not exist end with 2 and 4, one line each', async () => {
    const unknown = await runCli(at('status', 'no-such-plan'));
    expect([unknown.code, unknown.stderr.trim().split('\n').length]).toEqual([2, 1]);
    const nowhere = await runCli(at('list', '--namespace', 'no-such-namespace'));
    expect([nowhere.code, nowhere.stderr.trim().split('\n').length]).toEqual([4, 1]);
    expect(nowhere.stderr).toMatch(/no-such-namespace does not exist/);
  });
});

describe('worker', () => {
  /** A configuration as a user writes it: secrets by reference, here to the rig's simulator. */
  function configOf(taskQueue: string): { config: string; env: Record<string, string> } {
    const { endpoint, huawei, naver } = rig.simulator.description;
    const limits = { requestsPerMinute: 6_000 };
    const common = { endpoint, simulator: true, lateCommitWindow: '1s', limits };
    const connections = {
      huawei: {
        ...common,
        provider: 'huawei',
        scope: { projectId: huawei.projectId, instanceId: huawei.instanceId },
        credentials: { accessKey: { env: 'HUAWEI_AK' }, secretKey: { env: 'HUAWEI_SK' } },
      },
      naver: {
        ...common,
        provider: 'naver',
        scope: { accountId: naver.accountId },
        credentials: { accessKey: { env: 'NAVER_AK' }, secretKey: { env: 'NAVER_SK' } },
      },
    };
    const config = join(folder, `${taskQueue}.yaml`);
    writeFileSync(config, JSON.stringify({ connections, taskQueue }));
    return {
      config,
      env: {
        HUAWEI_AK: huawei.accessKey,
        HUAWEI_SK: huawei.secretKey,
        NAVER_AK: naver.accessKey,
        NAVER_SK: naver.secretKey,
      },
    };
  }

  it('from a configuration runs plans, and ends well on SIGTERM', async () => {
    const { config, env } = configOf('cli-worker');
    const worker = startCli(at('worker', '--config', config), { env });
    const plan = planOf();
    rig.track(workflowIdOf(plan.name));
    const end = await runCli(at('provision', fileOf(plan), '--task-queue', 'cli-worker', '--json'));
    expect([end.code, jsonOf(end).outcome]).toEqual([0, 'Provisioned']);
    worker.process.kill('SIGTERM');
    const { code, stderr } = await worker.ended;
    expect(code).toBe(0);
    expect(stderr).toMatch(/Worker for huawei \(simulator\), naver \(simulator\)/);
    for (const secret of Object.values(env)) expect(stderr).not.toContain(secret);
  });

  it('in a namespace without search attributes ends with 4 and names setup, which creates them', async () => {
    const { config, env } = configOf('cli-worker-bare');
    await rig.client.workflowService.registerNamespace({
      namespace: 'bare',
      workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
    });
    const bare = (...args: string[]) => at(...args, '--namespace', 'bare');
    // A new namespace takes the server some seconds to know everywhere.
    while ((await runCli(bare('list'))).code !== 0);
    const refused = await runCli(bare('worker', '--config', config), { env });
    expect([refused.code, refused.stderr]).toEqual([
      4,
      expect.stringMatching(/lacks the search attributes .*provisioner setup/),
    ]);
    expect(refused.stderr).not.toMatch(/^\s+at .*:\d+/m);
    expect((jsonOf(await runCli(bare('setup', '--json'))) as { created: string[] }).created).toHaveLength(4);
    const worker = startCli(bare('worker', '--config', config), { env });
    const end = await runCli(bare('provision', fileOf(planOf()), '--task-queue', 'cli-worker-bare', '--json'));
    expect(end.code).toBe(0);
    worker.process.kill('SIGTERM');
    expect((await worker.ended).code).toBe(0);
  });
});

describe('up', () => {
  it('gives server, simulator and worker in one process, and ends all of them on Ctrl-C', async () => {
    const up = startCli(['up', '--port', '0', '--json'], { cwd: folder });
    const { address, simulator } = JSON.parse(await up.until(/\n}\n/)) as {
      address: string;
      simulator: { endpoint: string };
    };
    const end = await runCli(['provision', fileOf(planOf()), '--json', '--address', address]);
    expect([end.code, jsonOf(end).outcome]).toEqual([0, 'Provisioned']);
    const state = (await (await fetch(`${simulator.endpoint}/__simulator/state`)).json()) as { resources: unknown[] };
    expect(state.resources).toHaveLength(2);
    up.process.kill('SIGINT');
    expect((await up.ended).code).toBe(0);
    expect((await runCli(['list', '--address', address])).code).toBe(4);
  });
});
