/** Traces as a collector gets them from the command line and a worker, each in a process of its own. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { workflowIdOf } from '../../contract/names.js';
import type { Plan } from '../../contract/plan.js';
import { TRACE_HEADER } from '../../worker/telemetry/run-span.js';
import { type CliEnd, type RunningCli, runCli } from '../cli-process.js';
import { search } from '../support/canaries.js';
import { faultOn } from '../support/faults.js';
import { type OtlpReceiver, type Span, startOtlpReceiver } from '../support/otlp-receiver.js';
import { aiWorkspace, studio } from '../support/resources.js';
import { useRig } from '../support/rig.js';
import { endWorkerProcess, startWorkerProcess } from '../support/worker-process.js';

vi.setConfig({ testTimeout: 120_000 });

const CONTROL = 'harmless-bird-5d1e';
const huawei = { accessKey: 'CANARYHUAWEIAK00001', secretKey: 'canary-huawei-secret-key' };
const naver = { accessKey: 'CANARYNAVERAK000001', secretKey: 'canary-naver-secret-key' };
const rig = useRig({ simulator: { credentials: { huawei, naver } } });

let receiver: OtlpReceiver;
let worker: RunningCli;
/** Batches leave at once: a test need not wait five seconds for each. */
const env = () => ({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint, OTEL_BSP_SCHEDULE_DELAY: '100' });

beforeAll(async () => {
  await rig.stopWorker();
  receiver = await startOtlpReceiver();
  worker = startWorkerProcess({
    simulator: rig.simulator,
    address: inject('temporalAddress'),
    queue: rig.taskQueue,
    env: { ...env(), OTEL_SERVICE_NAME: 'our-worker' },
  });
});
afterAll(async () => {
  await endWorkerProcess(worker);
  await receiver.close();
});

async function provision(plan: Plan, more: Readonly<Record<string, string>> = env()): Promise<CliEnd> {
  const file = join(mkdtempSync(join(tmpdir(), 'traces-')), 'plan.json');
  writeFileSync(file, JSON.stringify(plan));
  rig.track(workflowIdOf(plan.name));
  const args = ['provision', file, '--task-queue', rig.taskQueue, '--address', inject('temporalAddress'), '--json'];
  return await runCli(args, { env: more });
}

/** Of one plan's trace, once its run has ended. */
async function traceOf({ name }: Plan): Promise<readonly Span[]> {
  const ofRun = (span: Span) =>
    span.name === 'RunWorkflow:provision' && span.attributes.temporalWorkflowId === workflowIdOf(name);
  await receiver.until((spans) => spans.some(ofRun));
  const run = receiver.spans.find(ofRun);
  return receiver.spans.filter(({ traceId }) => traceId === run?.traceId);
}

/** Names from the root down to the first span of this name. */
function pathTo(spans: readonly Span[], name: string): readonly string[] {
  const found = spans.find((span) => span.name === name);
  if (!found) return [`no ${name} among ${spans.map((span) => span.name).join(', ')}`];
  const path = [found];
  for (let child: Span | undefined = found; child && child.parentSpanId !== ''; ) {
    const parent: string = child.parentSpanId;
    child = spans.find(({ spanId }) => spanId === parent);
    if (child) path.unshift(child);
    else return [`nobody is ${parent}`, ...path.map((span) => span.name)];
  }
  return path.map((span) => span.name);
}

const STUDIO = 'huawei.dataarts-studio.workspace';

test('a provisioned plan is one trace from the client through run and activity to each request', async () => {
  const plan: Plan = { name: rig.planName(), resources: { studio: studio(CONTROL.replaceAll('-', '_')) } };
  expect((await provision(plan)).code).toBe(0);
  await receiver.until((all) => all.some(({ name }) => name === 'POST CreateManagerWorkSpace'));
  const spans = await traceOf(plan);
  const activity = ['StartWorkflow:provision', 'RunWorkflow:provision', `StartActivity:${STUDIO}.create`];
  expect(pathTo(spans, 'POST CreateManagerWorkSpace')).toEqual([
    ...activity,
    ...[`RunActivity:${STUDIO}.create`, 'POST CreateManagerWorkSpace'],
  ]);
  expect(pathTo(spans, 'RunActivity:provisioner.resolvePlan').slice(0, 2)).toEqual(activity.slice(0, 2));
  const services = Object.fromEntries(spans.map(({ name, service }) => [name.split(':')[0], service]));
  expect(services).toMatchObject({ StartWorkflow: 'temporal-provisioner', RunWorkflow: 'our-worker' });
  const request = spans.find(({ name }) => name === 'POST CreateManagerWorkSpace');
  expect(request).toMatchObject({ kind: 3, status: 0 });
  expect(request?.attributes).toMatchObject({
    ...{ 'http.request.method': 'POST', 'server.address': '127.0.0.1', 'http.response.status_code': '200' },
    ...{ 'provisioner.connection': 'huawei', 'provisioner.operation': 'CreateManagerWorkSpace' },
    'provisioner.request_id': expect.any(String),
  });
  expect(spans.every((span) => BigInt(span.endTimeUnixNano) >= BigInt(span.startTimeUnixNano))).toBe(true);
  expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
});

test('a plan that is rolled back shows what failed, and each undo, in the same trace', async () => {
  const plan: Plan = {
    name: rig.planName(),
    resources: { studio: studio('undone_ws'), ai: aiWorkspace('undone-ai', { dependsOn: ['studio'] }) },
  };
  rig.simulator.setFaults(faultOn('undone-ai', { operation: 'aiworkspaces/create', do: 'refuse', status: 400 }));
  expect((await provision(plan)).code).toBe(1);
  const spans = await traceOf(plan);
  expect(pathTo(spans, 'POST BatchDeleteWorkspaces')).toEqual([
    ...['StartWorkflow:provision', 'RunWorkflow:provision', `StartActivity:${STUDIO}.delete`],
    ...[`RunActivity:${STUDIO}.delete`, 'POST BatchDeleteWorkspaces'],
  ]);
  const refused = spans.find(({ name }) => name === 'POST aiworkspaces/create');
  expect(refused).toMatchObject({ status: 2, attributes: { 'error.type': 'InvalidRequest' } });
  const run = spans.find(({ name }) => name === 'RunWorkflow:provision');
  expect(run).toMatchObject({ status: 2, attributes: { 'error.type': 'RolledBack' } });
  const failed = spans.find(({ name }) => name === 'StartActivity:naver.data-forest.ai-workspace.create');
  expect(failed).toMatchObject({ status: 2, attributes: { 'error.type': 'InvalidRequest' } });
});

test('a plan that was started without a trace has one of its own, with the run as its root', async () => {
  const plan: Plan = { name: rig.planName(), resources: { studio: studio('alone_ws') } };
  expect((await provision(plan, {})).code).toBe(0);
  const spans = await traceOf(plan);
  expect(pathTo(spans, 'POST CreateManagerWorkSpace').slice(0, 2)).toEqual([
    'RunWorkflow:provision',
    `StartActivity:${STUDIO}.create`,
  ]);
});

test('of what a caller put into the header only the ids of the trace are passed on, and no baggage', async () => {
  const ids = { traceparent: `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`, tracestate: 'vendor=1' };
  const headers = { [TRACE_HEADER]: defaultPayloadConverter.toPayload({ ...ids, baggage: CONTROL, other: 1 }) };
  const { connection } = rig.client;
  const caller = new Client({
    connection,
    interceptors: { workflow: [{ start: (input, next) => next({ ...input, headers }) }] },
  });
  const plan: Plan = { name: rig.planName(), resources: { studio: studio('carried_ws') } };
  const workflowId = workflowIdOf(plan.name);
  rig.track(workflowId);
  const run = await caller.workflow.start('provision', { taskQueue: rig.taskQueue, workflowId, args: [plan] });
  await run.result();
  const { events } = await run.fetchHistory();
  const carried = (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) => {
    const header = scheduled?.header?.fields?.[TRACE_HEADER];
    return header ? [defaultPayloadConverter.fromPayload(header)] : [];
  });
  expect(carried.length).toBeGreaterThan(0);
  const ours = { ...ids, traceparent: expect.stringMatching(`^00-${'ab'.repeat(16)}-(?!cdcd)[0-9a-f]{16}-01$`) };
  expect(carried).toEqual(carried.map(() => ours));
});

test('no key, secret or query is in anything that the collector gets', () => {
  expect(receiver.spans.length).toBeGreaterThan(30);
  const places = { traces: receiver.raw() };
  expect(search(places, [rig.taskQueue.slice(5)])).toHaveLength(1);
  expect(search(places, [...Object.values(huawei), ...Object.values(naver)])).toEqual([]);
  const urls = receiver.spans.flatMap(({ attributes }) => attributes['url.full'] ?? []);
  expect(urls.length).toBeGreaterThan(5);
  expect(urls.filter((url) => String(url).includes('?'))).toEqual([]);
});
