/** What a worker process tells of its work: the metrics that a scrape shows, and the lines of its log. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, inject, test } from 'vitest';
import type { Plan } from '../../contract/plan.js';
import { freePort } from '../../worker/embedded-server/free-port.js';
import { METRICS } from '../../worker/telemetry/metric-list.js';
import { outcomeOf } from '../support/closing.js';
import { faultOn } from '../support/faults.js';
import { probeUntil, type Sample, sampleOf, samplesOf } from '../support/probes.js';
import { aiWorkspace, fabric, studio } from '../support/resources.js';
import { useRig } from '../support/rig.js';
import { endWorkerProcess, startWorkerProcess } from '../support/worker-process.js';

const rig = useRig();

/** The late-commit window of the worker's connections, and the send window: nothing is an orphan before. */
const WINDOWS_MS = 6_500;

type Line = Readonly<Record<string, unknown>>;

test('a provisioned, a rolled-back, a parked and a swept plan are all in the metrics and in the log', async () => {
  await rig.stopWorker();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const { simulator, taskQueue: queue } = rig;
  const args = ['--listen', `127.0.0.1:${port}`, '--log-level', 'debug'];
  const worker = startWorkerProcess({ simulator, queue, address: inject('temporalAddress'), args });
  const lines: Line[] = [];
  const rest = collect(worker.process.stderr, lines);
  try {
    await probeUntil(`${url}/readyz`, ({ ok }) => ok);
    const resources = { studio: studio('told_ws'), ai: aiWorkspace('told-ai', { dependsOn: ['studio'] }) };
    const plan: Plan = { name: rig.planName(), managed: true, resources };
    const run = await rig.start(plan);
    await rig.until(run, ({ outcome }) => outcome === 'Provisioned');

    simulator.setFaults(faultOn('undone-ai', { operation: 'aiworkspaces/create', do: 'refuse', status: 400 }));
    const undone = await rig.start({
      name: rig.planName(),
      resources: { fabric: fabric('undone-ws'), ai: aiWorkspace('undone-ai', { dependsOn: ['fabric'] }) },
    });
    expect(await outcomeOf(undone)).toBe('RolledBack');

    simulator.setFaults(faultOn('never-ws', { operation: 'CreateWorkspace', do: 'refuse', status: 400 }));
    const left = await rig.start({
      name: rig.planName(),
      onFailure: 'pause',
      resources: { ai: aiWorkspace('left-ai'), fabric: fabric('never-ws', { dependsOn: ['ai'] }) },
    });
    await rig.until(left, ({ steps }) => steps.fabric?.attention !== undefined);
    await left.terminate('its resource becomes an orphan');
    const settled = sleep(WINDOWS_MS);

    simulator.setFaults([
      faultOn('parked-ai', { operation: 'aiworkspaces/create', do: 'refuse', status: 400 }),
      faultOn('parked-ws', { operation: 'DeleteWorkspace', do: 'refuse', status: 403, count: 1 }),
    ]);
    const parkedPlan: Plan = {
      name: rig.planName(),
      resources: { fabric: fabric('parked-ws'), ai: aiWorkspace('parked-ai', { dependsOn: ['fabric'] }) },
    };
    const parked = await rig.start(parkedPlan);
    await rig.until(parked, ({ steps }) => steps.fabric?.attention !== undefined);

    const scraped = await scrapeUntil(url, (samples) => sampleOf(samples, 'provisioner_plans_attention') === 1);
    holdToList(scraped);
    const of = (name: keyof typeof METRICS, labels: Sample['labels']) => sampleOf(scraped, name, labels);
    const huawei = { provider: 'huawei', connection: 'huawei' };
    const created = { operation: 'CreateManagerWorkSpace', failure: 'none' };
    expect(of('provisioner_requests_total', { ...huawei, ...created, status: '200' })).toBe(1);
    const refused = { provider: 'naver', operation: 'aiworkspaces/create', status: '400', failure: 'InvalidRequest' };
    expect(of('provisioner_requests_total', refused)).toBe(2);
    expect(of('provisioner_resources_created_total', { connection: 'huawei' })).toBe(3);
    expect(of('provisioner_resources_deleted_total', { connection: 'huawei' })).toBe(1);
    const denied = { kind: 'huawei.dataarts-fabric.workspace', action: 'delete', result: 'AccessDenied' };
    expect(of('provisioner_attempts_total', denied)).toBe(1);
    expect(of('provisioner_plans_open', { task_queue: queue })).toBe(2);
    expect(of('provisioner_limiter_queue', huawei)).toBe(0);
    // Before any, so that the first refusal is a rise, and the first orphan.
    const refusals = { kind: 'huawei.dataarts-studio.workspace', connection: 'huawei', result: 'AccessDenied' };
    expect(of('provisioner_attempts_total', { ...refusals, action: 'create' })).toBe(0);
    expect(of('provisioner_orphans_found_total', { kind: 'naver.data-forest.ai-workspace' })).toBe(0);
    expect(of('provisioner_resources_created_total', { connection: 'alibaba' })).toBe(0);
    expect(of('provisioner_resources_deleted_total', { connection: 'alibaba' })).toBe(0);
    const buckets = scraped.filter(({ name }) => name === 'provisioner_request_duration_seconds_bucket');
    expect(buckets.map(({ labels }) => labels.le)).toContain('0.025');
    const sumOf = (name: string) => sampleOf(scraped, `${name}_sum`, huawei);
    expect(sumOf('provisioner_request_duration_seconds')).toBeGreaterThan(0);
    expect(sumOf('provisioner_limiter_wait_seconds')).toBeGreaterThan(0);
    expect(sampleOf(scraped, 'temporal_request')).toBeGreaterThan(0);

    await parked.executeUpdate('retry', { args: [{ step: 'fabric', by: 'ada', why: 'access is back' }] });
    expect(await outcomeOf(parked)).toBe('RolledBack');
    await settled;
    const sweep = await rig.client.workflow.start('sweepOrphans', {
      ...{ taskQueue: queue, workflowId: `${queue}-sweep`, args: [{ delete: true, graceMs: 0 }] },
    });
    rig.track(sweep.workflowId);
    await sweep.result();
    const swept = samplesOf(await (await fetch(`${url}/metrics`)).text());
    holdToList(swept);
    const at = { kind: 'naver.data-forest.ai-workspace', connection: 'naver' };
    expect(sampleOf(swept, 'provisioner_resources_live', at)).toBe(2);
    expect(sampleOf(swept, 'provisioner_orphans_found_total', at)).toBe(1);
    expect(sampleOf(swept, 'provisioner_resources_deleted_total', at)).toBe(1);
    expect(sampleOf(swept, 'provisioner_sweep_time_seconds', at)).toBeGreaterThan(1_700_000_000);
    const names = new Set(swept.map(({ name }) => name.replace(/_(bucket|sum|count)$/, '')));
    expect(Object.keys(METRICS).filter((name) => !names.has(name))).toEqual([]);

    await run.cancel();
    await outcomeOf(run);
    await sleep(300);
    expect(rest()).toBe('');
    const step = { plan: plan.name, step: 'studio', kind: 'huawei.dataarts-studio.workspace', connection: 'huawei' };
    const ids = { workflowId: run.workflowId, runId: run.firstExecutionRunId, attempt: 1 };
    expect(lines).toContainEqual(
      expect.objectContaining({
        ...{ level: 'debug', msg: 'Cloud request', provider: 'huawei', operation: 'CreateManagerWorkSpace' },
        ...{ ...step, ...ids, status: 200, requestId: expect.any(String), durationMs: expect.any(Number) },
      }),
    );
    const requestId = expect.stringMatching(/./);
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 'info', msg: 'Created', ...step, ...ids, requestId }),
    );
    const { name } = parkedPlan;
    const fabricOf = { plan: name, step: 'fabric', connection: 'huawei', requestId };
    const failed = lines.filter(({ msg, plan }) => msg === 'Delete failed' && plan === name);
    const denied403 = { failure: 'AccessDenied', code: expect.stringMatching(/./) };
    expect(failed).toEqual([expect.objectContaining({ level: 'info', ...fabricOf, ...denied403 })]);
    const told = lines.filter(({ msg, plan }) => msg === 'Parked' && plan === name);
    expect(told).toEqual([expect.objectContaining({ level: 'warn', ...fabricOf, requestId: failed[0]?.requestId })]);
    expect(lines.filter((line) => 'taskToken' in line)).toEqual([]);
  } finally {
    await endWorkerProcess(worker);
    await rig.startWorker();
  }
}, 180_000);

/** Whole lines as JSON; answers what is left, or what is none. */
function collect(stream: NodeJS.ReadableStream | null, lines: Line[]): () => string {
  let text = '';
  stream?.on('data', (chunk: string) => {
    const parts = (text + chunk).split('\n');
    text = parts.pop() ?? '';
    for (const part of parts) lines.push(JSON.parse(part) as Line);
  });
  return () => text;
}

/** Counts are made anew at most every 15 s. */
async function scrapeUntil(url: string, wanted: (samples: readonly Sample[]) => boolean): Promise<readonly Sample[]> {
  for (;;) {
    const samples = samplesOf(await (await fetch(`${url}/metrics`)).text());
    if (wanted(samples)) return samples;
    await sleep(500);
  }
}

/** Every metric of ours is in the list, with just its labels, and none of them holds an id. */
function holdToList(samples: readonly Sample[]): void {
  const list: Readonly<Record<string, { readonly labels: readonly string[] }>> = METRICS;
  const ours = samples.filter(({ name }) => name.startsWith('provisioner_'));
  expect(ours.length).toBeGreaterThan(20);
  for (const { name, labels } of ours) {
    const listed = list[name.replace(/_(bucket|sum|count)$/, '')];
    const { le: _, namespace, ...own } = labels;
    expect(namespace, name).toBe('default');
    expect(Object.keys(own).sort(), name).toEqual([...(listed?.labels ?? ['?'])].sort());
  }
}
