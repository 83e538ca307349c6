/**
 * The saga on DBOS: a workflow of steps, with the undo of what was made in the catch. It recovers what was under way when it
 * is launched again. A cancel is `cancelWorkflow`, which by its documentation ends a workflow before its next step and undoes
 * nothing; a careful saga takes a message for it. Runs from here, where the peers' packages are.
 */
import { DBOS } from '@dbos-inc/dbos-sdk';
import { isFinal, openCloudCalls } from '../../.cache/bench/bench/cloud-calls.js';

const calls = openCloudCalls(JSON.parse(process.env.BENCH_SIMULATOR));

const shouldRetry = (error) => !isFinal(error);
const step = (name, work) => DBOS.runStep(work, { name, retriesAllowed: true, maxAttempts: 10, shouldRetry });

async function run(name) {
  await step('create workspace', () => calls.workspace.create(name));
  try {
    await step('create workflow', () => calls.workflow.create(name));
  } catch (error) {
    await step('remove workspace', () => calls.workspace.remove(name));
    throw error;
  }
}

/** Undos registered before their creates; a cancel is a message that is looked for between the steps. */
async function runCarefully(name) {
  const compensations = [];
  const unlessCancelled = async () => {
    if (await DBOS.recv('cancel', 0)) throw new Error('cancelled');
  };
  try {
    await unlessCancelled();
    compensations.push(() => step('remove workspace', () => calls.workspace.remove(name)));
    await step('create workspace', () => calls.workspace.create(name));
    await unlessCancelled();
    compensations.push(() => step('remove workflow', () => calls.workflow.remove(name)));
    await step('create workflow', () => calls.workflow.create(name));
    await unlessCancelled();
  } catch (error) {
    for (const compensate of compensations.reverse()) await compensate();
    throw error;
  }
}

const careful = process.env.BENCH_SAGA === 'careful';
const saga = DBOS.registerWorkflow(careful ? runCarefully : run, { name: 'saga' });

function tell(name, handle) {
  handle.getResult({ pollingIntervalMs: 20 }).then(
    () => process.send({ name, ending: 'done' }),
    () => process.send({ name, ending: 'undone' }),
  );
}

process.on('message', async ({ do: what, saga: { name } }) => {
  if (what === 'start') {
    const handle = await DBOS.startWorkflow(saga, { workflowID: name })(name);
    process.send({ name, accepted: 'start' });
    tell(name, handle);
  }
  // Asked again after a kill: the workflow has been recovered, or had ended before.
  if (what === 'await') tell(name, DBOS.retrieveWorkflow(name));
  if (what === 'cancel') {
    if (careful) await DBOS.send(name, true, 'cancel').catch(() => undefined);
    else await DBOS.cancelWorkflow(name);
    process.send({ name, accepted: 'cancel' });
  }
});

DBOS.setConfig({ name: 'bench', systemDatabaseUrl: process.env.BENCH_DATABASE, logLevel: 'error' });
await DBOS.launch();
process.send({ ready: true });
