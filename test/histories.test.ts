/** Every history that was ever recorded replays against the workflows as they are shipped: runs in flight go on. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, type ReplayResult, type ReplayWorkerOptions, Runtime, Worker } from '@temporalio/worker';
import { expect, test } from 'vitest';
import type { RunSpan } from '../worker/telemetry/run-span.js';
import { TRACE_WORKFLOW } from '../worker/telemetry/trace-workflow-path.js';
import { SCENARIOS } from './record/scenarios.js';

const folder = new URL('histories/', import.meta.url);
const names = readdirSync(folder).map((file) => file.replace(/\.json$/, ''));
const REMEDY = 'see "When a history breaks" in CONTRIBUTING.md';

// A replay that fails is reported by the test, and logged only by the way.
Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined) });

interface Recorded {
  readonly events: readonly { readonly workflowExecutionStartedEventAttributes?: { readonly workflowId: string } }[];
}

const read = (name: string) => readFileSync(new URL(`${name}.json`, folder), 'utf8');

function* histories() {
  for (const name of names) {
    const history = JSON.parse(read(name)) as Recorded;
    const { workflowId = '' } = history.events[0]?.workflowExecutionStartedEventAttributes ?? {};
    // What is replayed does not depend on the workflow's id, so that the report can name the file in it.
    yield { workflowId: `${name}.json (${workflowId})`, history };
  }
}

const SHIPPED = fileURLToPath(new URL('support/shipped-workflows.ts', import.meta.url));

async function replayed(more: Partial<ReplayWorkerOptions> = {}): Promise<ReplayResult[]> {
  const results: ReplayResult[] = [];
  const options = { workflowsPath: SHIPPED, ...more };
  for await (const result of Worker.runReplayHistories(options, histories())) results.push(result);
  return results;
}

test('every recorded history replays against the workflows that are shipped', { timeout: 120_000 }, async () => {
  const results = await replayed();
  expect(results.length).toBeGreaterThan(30);
  expect(results).toHaveLength(names.length);
  const broken = results.flatMap(({ workflowId, error }) => (error ? [`${workflowId}: ${error.message}`] : []));
  expect(broken, REMEDY).toEqual([]);
});

test('tracing may be turned on with runs in flight: every history replays with it, too', {
  timeout: 120_000,
}, async () => {
  const told: string[] = [];
  const results = await replayed({
    interceptors: { workflowModules: [TRACE_WORKFLOW] },
    sinks: {
      provisionerTrace: { span: { fn: (_, { name }: RunSpan) => void told.push(name), callDuringReplay: true } },
    },
  });
  expect(results).toHaveLength(names.length);
  expect(results.flatMap(({ workflowId, error }) => (error ? [`${workflowId}: ${error.message}`] : []))).toEqual([]);
  expect(told).toContain('RunWorkflow:provision');
  expect(told).toContain('StartActivity:huawei.dataarts-studio.workspace.delete');
});

test('each scenario has its history in the repository, and each history its scenario', () => {
  const wanted = SCENARIOS.flatMap(({ files }) => files);
  expect(names.sort(), 'run npm run histories:record').toEqual([...wanted].sort());
});

test('no history tells on what machine it was recorded', () => {
  expect(names.filter((name) => /"\d+@/.test(read(name)))).toEqual([]);
});
