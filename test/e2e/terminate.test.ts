/** `temporal workflow terminate` cannot be undone from inside: what it leaves is alive, marked, and in a ledger. */
import { expect, inject, test } from 'vitest';
import { formatMarker } from '../../contract/marker.js';
import { runCli } from '../cli-process.js';
import { faultOn, untilMet } from '../support/faults.js';
import { fabric, studio } from '../support/resources.js';
import { useRig } from '../support/rig.js';
import { flagsOf, temporal } from '../support/temporal-cli.js';

const rig = useRig();

test('a run that is terminated leaves marked resources and a ledger that status reads without a worker', async () => {
  const slow = faultOn('late-ws', { operation: 'CreateWorkspace', do: 'slow', ms: 5000 });
  rig.simulator.setFaults(slow);
  const plan = {
    name: rig.planName(),
    resources: { first: studio(), late: fabric('late-ws', { dependsOn: ['first'] }) },
  };
  const run = await rig.start(plan);
  await untilMet(rig, run, slow);
  await temporal('workflow', 'terminate', ...flagsOf(run), '--reason', 'a test');
  await rig.stopWorker();
  const owner = { namespace: 'default', workflowId: run.workflowId, runId: run.firstExecutionRunId, keep: false };
  const marked = Object.fromEntries(
    rig.simulator.state().resources.map(({ name, description }) => [name, description]),
  );
  // The create in flight took effect, though its answer found nobody any more.
  expect(marked).toEqual({
    studio_ws: formatMarker({ ...owner, step: 'first' }),
    'late-ws': formatMarker({ ...owner, step: 'late' }),
  });
  const { code, stdout } = await runCli(['status', plan.name, '--json', '--address', inject('temporalAddress')]);
  expect(code).toBe(3);
  const id = rig.simulator.state().resources.find(({ name }) => name === 'studio_ws')?.id;
  expect(JSON.parse(stdout)).toMatchObject({
    outcome: 'Abandoned',
    ledgerSource: 'history',
    ledger: { steps: { first: { state: 'live', id }, late: { state: 'creating' } } },
  });
  await rig.startWorker();
});
