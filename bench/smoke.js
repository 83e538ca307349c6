/**
 * `npm run bench:smoke`: the two-step saga beside a bare Temporal workflow with two activities that make the same
 * requests; same server, simulator, worker process and run, one after the other. Prints medians and their ratio.
 */
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { openLine } from '../dist/activities/http/line.js';
import { BUILT_IN_KINDS, BUILT_IN_PROVIDERS, ProvisionerPlugin } from '../dist/index.js';
import { startSimulator } from '../dist/simulator/start.js';
import { toConnections } from '../dist/worker/config/connections.js';
import { simulatorConnections } from '../dist/worker/config/simulator-connections.js';
import { startEmbeddedServer } from '../dist/worker/embedded-server/start.js';

const ROUNDS = Number(process.env.ROUNDS ?? 60);
const WARM_UP = 10;
const LIMIT = 1.25;
const LIMITS = { requestsPerMinute: 1_000_000, concurrency: 50 };
const TASK_QUEUE = 'bench';
/** The same bare workflow with eager dispatch, which no queue with a rate limit has: what the limit alone costs. */
const EAGER_QUEUE = 'bench-eager';

Runtime.install({ logger: new DefaultLogger('ERROR') });
const log = (text) => process.stderr.write(`${text}\n`);

const kind = (name) => BUILT_IN_KINDS.find((each) => each.name === name);
const studio = kind('huawei.dataarts-studio.workspace');
const workflow = kind('alibaba.dataworks.workflow');
const studioSpec = (name) => ({ name, eps_id: '0' });
const script = (name) => ({ path: `bench/${name}`, runtime: { command: 'WORKFLOW' } });
const workflowSpec = (name) => ({
  Spec: { version: '1.1.0', kind: 'CycleWorkflow', spec: { workflows: [{ name, script: script(name) }] } },
});

/** The requests that our activities make on a first attempt, and nothing else. */
function bareActivities(connections) {
  const cloudOf = (provider) => {
    const connection = connections.find((each) => each.provider === provider);
    const line = openLine(
      connection,
      BUILT_IN_PROVIDERS.find(({ name }) => name === provider),
    );
    return line.cloud({ userAgent: 'bare', urgent: false });
  };
  const huawei = cloudOf('huawei');
  const alibaba = cloudOf('alibaba');
  // Look, create, look: the name may be taken, and the answer alone does not show what was made.
  return {
    createWorkspace: async (name) => {
      const { projectId: project_id, instanceId: instance_id } = huawei.scope;
      const spec = { ...studioSpec(name), project_id, instance_id };
      await studio.find(huawei, { spec });
      await studio.create(huawei, spec);
      return (await studio.find(huawei, { spec }))[0].id;
    },
    createWorkflow: async (name) => {
      const spec = { ...workflowSpec(name), ProjectId: alibaba.scope.projectId };
      await workflow.find(alibaba, { spec });
      const { id } = await workflow.create(alibaba, spec);
      await workflow.find(alibaba, { spec, id });
      return id;
    },
  };
}

function planOf(name) {
  return {
    name,
    resources: {
      workspace: { kind: studio.name, connection: 'huawei', spec: studioSpec(name) },
      workflow: { kind: workflow.name, connection: 'alibaba', spec: workflowSpec(name), dependsOn: ['workspace'] },
    },
  };
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const quantile = (values, q) => values.toSorted((a, b) => a - b)[Math.floor(values.length * q)];

async function measure(client, simulator, type, name, argument, taskQueue = TASK_QUEUE) {
  const start = performance.now();
  await client.workflow.execute(type, { taskQueue, workflowId: `${type}-${name}-${taskQueue}`, args: [argument] });
  const ms = performance.now() - start;
  // An account that fills up makes every list longer: each round begins with an empty one.
  for (const { id } of simulator.resources.list()) simulator.resources.remove(id);
  return ms;
}

log('starting server, simulator and worker');
const server = await startEmbeddedServer({ port: 0, uiPort: 'none', onProgress: log });
const simulator = await startSimulator();
const configs = simulatorConnections({ endpoint: simulator.endpoint, ...simulator.credentials }, { limits: LIMITS });
const native = await NativeConnection.connect({ address: server.address });
const connection = await Connection.connect({ address: server.address });
const client = new Client({ connection });
const common = {
  connection: native,
  workflowBundle: await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('./workflows.js', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  }),
  activities: bareActivities(toConnections(configs, BUILT_IN_PROVIDERS)),
};
const eagerWorker = await Worker.create({ ...common, taskQueue: EAGER_QUEUE });
const worker = await Worker.create({
  ...common,
  taskQueue: TASK_QUEUE,
  // The bare activities' account has its limit too, as any real one; it also turns eager dispatch off, as for ours.
  maxTaskQueueActivitiesPerSecond: LIMITS.requestsPerMinute / 60,
  plugins: [new ProvisionerPlugin({ connections: configs })],
});
const ours = [];
const bare = [];
const eager = [];
const rounds = async () => {
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    const name = `b_${round}_x`;
    const saga = await measure(client, simulator, 'provision', name, planOf(name));
    const plain = await measure(client, simulator, 'bare', name, name);
    const quick = await measure(client, simulator, 'bare', name, name, EAGER_QUEUE);
    if (round < WARM_UP) continue;
    ours.push(saga);
    bare.push(plain);
    eager.push(quick);
    if ((round - WARM_UP) % 20 === 19) log(`${round - WARM_UP + 1} of ${ROUNDS} rounds`);
  }
};
await eagerWorker.runUntil(worker.runUntil(rounds));
await connection.close();
await native.close();
await simulator.close();
await server.stop();

const row = (label, values) =>
  `${label.padEnd(36)} median ${median(values).toFixed(1).padStart(6)} ms   p90 ${quantile(values, 0.9).toFixed(1).padStart(6)} ms`;
const ratio = median(ours) / median(bare);
process.stdout.write(`${row('provision, two steps', ours)}\n${row('bare workflow, two activities', bare)}\n`);
process.stdout.write(`${row('bare, eager dispatch, no rate limit', eager)}\n`);
process.stdout.write(`ratio ${ratio.toFixed(2)} (wanted: at most ${LIMIT}), ${ROUNDS} rounds each, alternating\n`);
