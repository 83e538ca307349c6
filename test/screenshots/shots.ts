/** The pictures in the docs, each under the name of its file in `docs/images/`. A new one is a new entry. */
import type { Page } from 'playwright-core';
import type { ProvisionHandle } from '../../client/handle.js';
import { TemporalPage } from '../support/temporal-page.js';
import type { Stage } from './stage.js';

export interface Shot {
  readonly name: string;
  /** Brings the page to where it is to be taken. */
  readonly show: (page: Page, stage: Stage, uiUrl: string) => Promise<void>;
}

const COLUMNS = ['Status', 'Workflow ID', 'ProvisionerPlan', 'ProvisionerOutcome', 'ProvisionerAttention', 'Start'];

/** The run's name at the top, and its timeline down to the last bar. */
const FROM_NAME = 60;
/** The tabs at the top, and the details down to what is to be pasted. */
const FROM_TABS = 190;

/** Above the tabs is nothing that scrolls by itself. */
async function scroll(page: Page, by: number): Promise<void> {
  await page.mouse.move(750, 100);
  await page.mouse.wheel(0, by);
  // Nothing lights up under it there.
  await page.mouse.move(0, 0);
}

const runOf = ({ workflowId, runId }: ProvisionHandle) => ({ workflowId, firstExecutionRunId: runId });

async function timelineOf(page: Page, uiUrl: string, handle: ProvisionHandle, text: string): Promise<void> {
  const ui = new TemporalPage(page, uiUrl);
  await ui.open(runOf(handle), 'timeline');
  await ui.timeline(text);
  await page.locator('.cm-line').filter({ visible: true }).first().waitFor();
  await scroll(page, FROM_NAME);
}

export const SHOTS: readonly Shot[] = [
  {
    name: 'list-with-columns',
    async show(page, { parked }, uiUrl) {
      const ui = new TemporalPage(page, uiUrl);
      await ui.chooseColumns(COLUMNS);
      await ui.list();
      await ui.row(parked.workflowId);
    },
  },
  { name: 'timeline-running', show: (page, { running }, url) => timelineOf(page, url, running, '4 of 4 workflow') },
  {
    name: 'metadata-tab',
    async show(page, { parked }, uiUrl) {
      const ui = new TemporalPage(page, uiUrl);
      await ui.open(runOf(parked), 'user-metadata');
      await ui.showsNow('waits for an operator');
      await scroll(page, FROM_TABS);
    },
  },
  {
    name: 'parked-move',
    async show(page, { parked }, uiUrl) {
      const ui = new TemporalPage(page, uiUrl);
      await ui.open(runOf(parked), 'timeline');
      const dialog = await ui.startUpdate('retry');
      const request = { step: 'workflow', by: 'alice', why: 'quota raised, ticket 4711' };
      await ui.paste(dialog, JSON.stringify(request, null, 2));
    },
  },
  { name: 'rolled-back', show: (page, { rolledBack }, url) => timelineOf(page, url, rolledBack, 'undo studio') },
  {
    name: 'board-list',
    async show(page, { board }) {
      await page.goto(board.url);
      await page.getByRole('link', { name: 'orders' }).waitFor();
    },
  },
  {
    name: 'board-plan',
    async show(page, { board }) {
      await page.goto(`${board.url}/plans/orders`);
      await page.locator('summary').first().click();
      await page.getByText('Quota: 100').first().waitFor();
    },
  },
  {
    name: 'board-steps',
    async show(page, { board }) {
      await page.goto(`${board.url}/plans/orders`);
      await page.getByRole('heading', { name: 'Steps' }).evaluate((heading) => heading.scrollIntoView());
    },
  },
  { name: 'cancelled', show: (page, { cancelled }, url) => timelineOf(page, url, cancelled, 'undo studio') },
];
