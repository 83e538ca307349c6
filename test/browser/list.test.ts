/** The list of workflows: what its filters find, and what its columns tell. */
import { readFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { useTemporalUi } from '../support/browser.js';
import { outcomeOf } from '../support/closing.js';
import { fabric } from '../support/resources.js';
import { type ProvisionRun, useRig } from '../support/rig.js';
import { pausedPlan } from '../support/stuck-plans.js';

const rig = useRig();
const browser = useTemporalUi();
const HOW_TO = new URL('../../docs/how-to/watch-in-the-temporal-ui.md', import.meta.url);

/** Those of the how-to and its picture. */
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

/** The filters that the how-to gives, in its order. */
const queries = [...readFileSync(HOW_TO, 'utf8').matchAll(/^\/namespaces\/default\/workflows\?query=(.*)$/gm)].map(
  ([, query = '']) => decodeURIComponent(query),
);

test('each filter of the how-to finds what waits, was rolled back, has a name, or a connection', async () => {
  const { waiting, refused, made } = runs;
  const wanted = [[waiting], [refused], [made], [waiting, refused, made]];
  expect(queries).toHaveLength(wanted.length);
  for (const [index, query] of queries.entries()) {
    await browser.ui.list(`${query.replace("'orders'", `'${planOf(made)}'`)} AND TaskQueue = '${rig.taskQueue}'`);
    for (const run of wanted[index] ?? []) await link(run).waitFor();
    const others = Object.values(runs).filter((run) => !wanted[index]?.includes(run));
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
  await page.getByText('Configure Workflows Table').first().waitFor();
  for (const name of COLUMNS.slice(2, 5)) await page.getByText(name, { exact: true }).first().waitFor();
  await giveUp(runs.waiting);
});
