/** The list of workflows: what its filters find, and what its columns tell. */
import { beforeEach, expect, test } from 'vitest';
import { useTemporalUi } from '../support/browser.js';
import { outcomeOf } from '../support/closing.js';
import { fabric } from '../support/resources.js';
import { type ProvisionRun, useRig } from '../support/rig.js';
import { pausedPlan } from '../support/stuck-plans.js';

const rig = useRig();
const browser = useTemporalUi();

/** In the order in which docs/how-to/watch-in-the-temporal-ui.md names them. */
const COLUMNS = ['Status', 'Workflow ID', 'ProvisionerPlan', 'ProvisionerOutcome', 'ProvisionerAttention', 'Start'];

interface Runs {
  readonly waiting: ProvisionRun;
  readonly refused: ProvisionRun;
  readonly made: ProvisionRun;
}

/** One that waits, one rolled back, one provisioned; visibility lags behind what is closed. */
async function threeRuns(): Promise<Runs> {
  const { run: waiting } = await pausedPlan(rig);
  rig.simulator.setFaults({ operation: 'CreateWorkspace', do: 'refuse', status: 400, match: { name: 'refused-ws' } });
  const [refused, made] = await Promise.all([
    rig.start({ name: rig.planName(), resources: { base: fabric('refused-ws') } }),
    rig.start({ name: rig.planName(), resources: { base: fabric('made-ws') } }),
  ]);
  await Promise.all([outcomeOf(refused), outcomeOf(made)]);
  return { waiting, refused, made };
}

async function giveUp(run: ProvisionRun): Promise<void> {
  await run.cancel();
  await outcomeOf(run);
}

const planOf = ({ workflowId }: ProvisionRun) => workflowId.slice('provision-'.length);
const link = (run: ProvisionRun) => browser.ui.page.getByRole('link', { name: run.workflowId, exact: true });

let runs: Runs;
beforeEach(async () => {
  runs = await threeRuns();
});

test('filters by our attributes find what waits, what was rolled back, and one plan by its name', async () => {
  const { waiting, refused, made } = runs;
  const found: readonly [string, ProvisionRun][] = [
    ['ProvisionerAttention = true', waiting],
    ["ProvisionerOutcome = 'RolledBack'", refused],
    [`ProvisionerPlan = '${planOf(made)}'`, made],
  ];
  for (const [query, wanted] of found) {
    await browser.ui.list(`${query} AND TaskQueue = '${rig.taskQueue}'`);
    await link(wanted).waitFor();
    const others = Object.values(runs).filter((run) => run !== wanted);
    for (const other of others) expect(await link(other).count(), query).toBe(0);
  }
  await giveUp(waiting);
});

test('columns of our attributes tell apart what the status alone shows alike', async () => {
  const { waiting, refused, made } = runs;
  await browser.ui.chooseColumns(COLUMNS);
  await browser.ui.list(`TaskQueue = '${rig.taskQueue}'`);
  expect(await browser.ui.row(waiting.workflowId)).toMatchObject({
    ProvisionerPlan: planOf(waiting),
    ProvisionerOutcome: '',
    ProvisionerAttention: 'TRUE',
    Status: 'RUNNING',
  });
  expect(await browser.ui.row(refused.workflowId)).toMatchObject({
    Status: 'FAILED',
    ProvisionerOutcome: 'RolledBack',
  });
  expect(await browser.ui.row(made.workflowId)).toMatchObject({
    Status: 'COMPLETED',
    ProvisionerOutcome: 'Provisioned',
  });
  await giveUp(waiting);
});

test('our attributes are offered as columns by their names, for the reader to choose', async () => {
  const { page } = browser.ui;
  await browser.ui.list(`TaskQueue = '${rig.taskQueue}'`);
  await link(runs.made).waitFor();
  await page.getByTestId('workflows-summary-table-configuration-button').click();
  for (const name of COLUMNS.slice(2, 5)) await page.getByText(name, { exact: true }).first().waitFor();
  await giveUp(runs.waiting);
});
