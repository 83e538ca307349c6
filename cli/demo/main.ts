/** `npm run demo`: the main job on this machine, twice: once to its end, once refused by the last cloud and undone. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import pc from 'picocolors';
import { parse } from 'yaml';
import { BUILT_IN_KINDS } from '../../activities/providers/built-in.js';
import { ProvisionerClient } from '../../client/client.js';
import type { Plan } from '../../contract/plan.js';
import type { Simulator } from '../../simulator/start.js';
import { aborted, interruption } from '../context.js';
import { endProcess } from '../end-process.js';
import { EXIT, type ExitCode } from '../exit.js';
import { failureOf } from '../failure-of.js';
import { showOutputs } from '../follow.js';
import { ledgerLines } from '../ledger-table.js';
import { Output } from '../output.js';
import { printable } from '../printable.js';
import { chooseView } from '../progress.js';
import { type Stack, startStack } from '../stack.js';
import { workflowUrl } from '../ui-link.js';
import { type WatchEnd, watch } from '../watch.js';
import { countOf, prove } from './proof.js';
import { secondPlan } from './second-plan.js';

/** The simulator answers within a millisecond; this slow, eyes can follow. */
const SLOW_MS = 700;
const SLOW_OPERATIONS = [
  ...['CreateManagerWorkSpace', 'CreateWorkspace', 'aiworkspaces/create', 'CreateWorkflowDefinition'],
  ...['BatchDeleteWorkspaces', 'DeleteWorkspace', 'aiworkspaces/delete'],
];

interface Demo {
  readonly output: Output;
  readonly stack: Stack;
  readonly simulator: Simulator;
  readonly provisioner: ProvisionerClient;
  readonly signal: AbortSignal;
}

const { values } = parseArgs({ options: { keep: { type: 'boolean' }, verbose: { type: 'boolean' } } });
const out = new Output({ json: false, verbose: values.verbose ?? false });
try {
  process.exitCode = await main(out, values.keep ? 'keep' : 'stop');
} catch (error) {
  process.exitCode = out.fail(failureOf(error)) || EXIT.defect;
}
await endProcess();

async function main(output: Output, afterwards: 'keep' | 'stop'): Promise<ExitCode> {
  const signal = interruption();
  output.line(pc.bold('Starting a Temporal server, the simulator of the clouds, and a worker'));
  const stack = await startStack({
    port: 0,
    simulatorPort: 0,
    logLevel: 'ERROR',
    onProgress: (text) => output.line(`  ${text}`),
  });
  const { server, simulator } = stack;
  if (!simulator) throw new Error('The demo runs on the simulator only.');
  const connection = await Connection.connect({ address: server.address });
  try {
    const client = new Client({ connection, namespace: server.namespace });
    const demo = { output, stack, simulator, provisioner: new ProvisionerClient({ client }), signal };
    output.line(`  server ${server.address}, UI ${server.uiUrl}`);
    output.line(`  simulator ${simulator.endpoint}: nothing real is touched`);
    const held = (await runBoth(demo)) && !signal.aborted;
    if (afterwards === 'keep' && !signal.aborted) {
      simulator.clearFaults();
      output.line(`\nStays up until Ctrl-C. UI ${server.uiUrl}, --address ${server.address}`);
      await Promise.race([aborted(signal), stack.ended]);
    }
    return held ? EXIT.provisioned : EXIT.undone;
  } finally {
    await stack.stop();
    await connection.close();
  }
}

async function runBoth(demo: Demo): Promise<boolean> {
  const plan = examplePlan();
  demo.simulator.setFaults(SLOW_OPERATIONS.map((operation) => ({ operation, do: 'slow', ms: SLOW_MS })));
  if (!(await provisionAll(demo, plan))) return false;
  return await provisionRefused(demo, secondPlan(plan, new Map(BUILT_IN_KINDS.map((kind) => [kind.name, kind]))));
}

/** First: everything becomes live. */
async function provisionAll(demo: Demo, plan: Plan): Promise<boolean> {
  const { output, simulator } = demo;
  const count = Object.keys(plan.resources).length;
  output.line(pc.bold(`\n1. Plan ${plan.name}: ${count} resources on three clouds`));
  const end = await run(demo, plan);
  if (end.end !== 'provisioned') return fail(output, 'the first plan was not provisioned', end);
  showOutputs(output, end.result, Object.keys(plan.resources));
  const alive = countOf(plan.name, simulator.state());
  output.line(`The simulator holds ${alive} resources with the plan's marker.`);
  return alive === count || fail(output, `${count} were expected`, end);
}

/** Second: the last cloud refuses, and everything made before is deleted again. */
async function provisionRefused(demo: Demo, plan: Plan): Promise<boolean> {
  const { output, simulator } = demo;
  output.line(pc.bold(`\n2. The same as ${plan.name}, and DataWorks refuses CreateWorkflowDefinition`));
  simulator.setFaults({
    operation: 'CreateWorkflowDefinition',
    do: 'refuse',
    status: 403,
    code: 'Forbidden.Access',
    message: 'Access is forbidden. (a fault set by the demo)',
  });
  const before = simulator.state();
  const end = await run(demo, plan);
  const proof = prove(plan.name, before, simulator.state());
  if (end.end !== 'failed') return fail(output, 'the second plan did not fail', end);
  const { failure } = end;
  output.line(printable(failure.message));
  output.line(pc.bold('\nProof, from the simulator’s own state'));
  output.line(`  create requests ${proof.createRequests}, delete requests ${proof.deleteRequests}`);
  output.line(`  resources with the second plan's marker: ${proof.left.length}`);
  output.line(`  resources that differ from before: ${proof.changed.length}`);
  const undone = Object.values(failure.ledger?.steps ?? {}).filter(({ state }) => state === 'deleted').length;
  const made = Object.keys(plan.resources).length - 1;
  const held =
    failure.outcome === 'RolledBack' &&
    undone === made &&
    proof.deleteRequests >= made &&
    proof.left.length === 0 &&
    proof.changed.length === 0;
  if (!held) return fail(output, `${failure.outcome}, ${undone} of ${made} undone`, end);
  output.line(pc.green(`  ${undone} made, ${undone} deleted again, nothing left behind`));
  return true;
}

async function run({ output, stack, provisioner, signal }: Demo, plan: Plan): Promise<WatchEnd> {
  const handle = await provisioner.provision(plan);
  const view = chooseView({ stream: process.stdout });
  const watching = watch(handle, { view, signal, intervalMs: 100 });
  const end = await Promise.race([watching, stack.ended.then(() => ({ end: 'left' }) as const)]);
  output.line();
  for (const line of ledgerLines(await handle.ledger())) output.line(line);
  const { server } = stack;
  const { workflowId, runId } = handle;
  if (server.uiUrl) output.line(`\n${workflowUrl(server.uiUrl, { namespace: server.namespace, workflowId, runId })}`);
  output.line();
  return end;
}

function fail(output: Output, what: string, end: WatchEnd): false {
  const why = end.end === 'failed' ? `: ${printable(end.failure.message)}` : ` (${end.end})`;
  output.note(`${pc.red('The demo failed')}: ${what}${why}`);
  return false;
}

function examplePlan(): Plan {
  for (const root of ['../../', '../../../']) {
    // The sources lie one folder higher than the build output.
    const file = new URL(`${root}examples/flagship.yaml`, import.meta.url);
    try {
      return parse(readFileSync(file, 'utf8')) as Plan;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  throw new Error('examples/flagship.yaml is missing.');
}
