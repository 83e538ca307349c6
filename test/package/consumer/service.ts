/**
 * A stranger's service: a worker with the plugin and a client. One plan is provisioned, one is refused and undone, and the histories
 * of both are replayed. `service.js ADDRESS own|prebuilt`; says what it saw as JSON.
 */
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { ProvisionerPlugin } from 'temporal-provisioner';
import { definePlan, ProvisionerClient, ProvisionFailedError } from 'temporal-provisioner/client';
import { type Outcome, workflowIdOf } from 'temporal-provisioner/contract';
import { simulatorConnections, startSimulator } from 'temporal-provisioner/testing';
import { prebuiltWorkflowBundle } from 'temporal-provisioner/workflow-bundle';

const [address = '', whose] = process.argv.slice(2);
const workflows: Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'> =
  whose === 'prebuilt'
    ? { workflowBundle: prebuiltWorkflowBundle() }
    : { workflowsPath: fileURLToPath(new URL('./workflows.js', import.meta.url)) };
const taskQueue = `stranger-${process.pid}`;

const simulator = await startSimulator();
const connections = simulatorConnections({ endpoint: simulator.endpoint, ...simulator.credentials });
const connection = await NativeConnection.connect({ address });
const worker = await Worker.create({
  ...workflows,
  connection,
  taskQueue,
  plugins: [new ProvisionerPlugin({ connections })],
});
const client = new Client({ connection: await Connection.connect({ address }) });
const provisioner = new ProvisionerClient({ client, taskQueue });

function planOf(name: string) {
  return definePlan({
    name: `${taskQueue}-${name}`,
    resources: {
      fabric: { kind: 'huawei.dataarts-fabric.workspace', connection: 'huawei', spec: { name: `${name}-ws` } },
      studio: {
        kind: 'huawei.dataarts-studio.workspace',
        connection: 'huawei',
        dependsOn: ['fabric'],
        spec: { name: `${name}_studio`, eps_id: '0' },
      },
    },
  });
}

async function outcomeOf(name: string): Promise<Outcome | 'Provisioned'> {
  const handle = await provisioner.provision(planOf(name));
  return await handle.result().then(
    () => 'Provisioned' as const,
    (error: unknown) => {
      if (error instanceof ProvisionFailedError) return error.outcome;
      throw error;
    },
  );
}

const alive = () => simulator.state().resources.map(({ name }) => name);

/** As the JSON that the command line and the Temporal UI export: two copies of protobufjs could not read it. */
async function replay(name: string): Promise<void> {
  const history = await client.workflow.getHandle(workflowIdOf(`${taskQueue}-${name}`)).fetchHistory();
  const exported: unknown = JSON.parse(historyToJSON(history));
  await Worker.runReplayHistory(workflows, exported);
}

/** Where a run waits, as the Temporal UI shows it to whoever looks for a stuck one. */
async function stackOf(name: string): Promise<readonly string[]> {
  const { workflowId } = await provisioner.provision({ ...planOf(name), approval: 'required' });
  const run = client.workflow.getHandle(workflowId);
  const stack = await run.query<string>('__stack_trace');
  await run.cancel();
  await run.result().catch(() => undefined);
  return stack.split('\n').filter((line) => line.includes('temporal-provisioner'));
}

const seen = await worker.runUntil(async () => {
  const first = await outcomeOf('first');
  const afterFirst = alive();
  simulator.setFaults({ operation: 'CreateManagerWorkSpace', do: 'refuse' });
  const second = await outcomeOf('second');
  const afterSecond = alive();
  return { node: process.version, first, afterFirst, second, afterSecond, stack: await stackOf('third') };
});
await replay('first');
await replay('second');
process.stdout.write(`${JSON.stringify(seen)}\n`);
await client.connection.close();
await connection.close();
await simulator.close();
