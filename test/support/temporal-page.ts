/**
 * Pages of the Temporal UI as an operator opens and drives them. What a workflow says of itself stands there in frames: one
 * each for the summary, the details given at its start, and the current details.
 */
import type { FrameLocator, Locator, Page } from 'playwright-core';
import type { ProvisionRun } from './rig.js';

/** Where the UI keeps which columns its reader chose, by namespace. */
const COLUMNS_KEY = 'namespace-workflow-table-columns';

/** Beside it stand the current details; without a summary or details it has no frame. */
const GIVEN = '[data-testid="user-metadata"]';

type Tab = 'timeline' | 'user-metadata' | 'memo';

export class TemporalPage {
  constructor(
    readonly page: Page,
    private readonly base: string,
  ) {}

  /** The list of workflows that a query finds, as a bookmark opens it. */
  async list(query?: string): Promise<void> {
    const search = query === undefined ? '' : `?query=${encodeURIComponent(query)}`;
    await this.page.goto(`${this.base}/namespaces/default/workflows${search}`);
  }

  /** As if its reader had chosen them; before the first page. */
  async chooseColumns(labels: readonly string[]): Promise<void> {
    const value = JSON.stringify({ default: labels.map((label) => ({ label })) });
    const set = `localStorage.setItem(${JSON.stringify(COLUMNS_KEY)}, ${JSON.stringify(value)})`;
    await this.page.addInitScript(set);
  }

  /** Cells by the list's headings, of the row of one workflow. */
  async row(workflowId: string): Promise<Readonly<Record<string, string>>> {
    const table = this.page.locator('table').first();
    const row = table
      .locator('tbody tr')
      .filter({ has: this.page.getByRole('link', { name: workflowId, exact: true }) });
    await row.waitFor();
    const [names, cells] = await Promise.all([
      table.locator('thead th').allInnerTexts(),
      row.locator('td').allInnerTexts(),
    ]);
    return Object.fromEntries(names.map((name, index) => [name.trim(), cells[index]?.trim() ?? '']));
  }

  async open({ workflowId, firstExecutionRunId }: Pick<ProvisionRun, 'workflowId' | 'firstExecutionRunId'>, tab: Tab) {
    await this.page.goto(`${this.base}/namespaces/default/workflows/${workflowId}/${firstExecutionRunId}/${tab}`);
  }

  /** The labels of the bars in the timeline, once there is one with this text. */
  async timeline(text: string): Promise<string[]> {
    const labels = this.page.locator('button.event');
    await labels.filter({ hasText: text }).first().waitFor();
    return (await labels.allTextContents()).map((label) => label.trim());
  }

  /** What is given at a start, for ever. */
  get details(): FrameLocator {
    return this.page.frameLocator(`${GIVEN} iframe >> nth=-1`);
  }

  /** What the run says now, as far as a worker answers. */
  get currentDetails(): FrameLocator {
    return this.page.frameLocator(`${GIVEN} + div iframe`);
  }

  /** Resolves when the current details hold the text. They are fetched once, and again on the key R. */
  async showsNow(text: string): Promise<FrameLocator> {
    const frame = this.currentDetails;
    const there = frame.getByText(text).first();
    for (;;) {
      try {
        await there.waitFor({ timeout: 2_000 });
        return frame;
      } catch {
        await this.page.locator('body').press('r');
      }
    }
  }

  /** Opens the dialog and chooses the update by its name. */
  async startUpdate(name: string): Promise<Locator> {
    await this.page.getByRole('button', { name: 'More Actions' }).click();
    await this.page.getByRole('menu').getByText('Send an Update').click();
    const dialog = this.page.getByTestId('update-confirmation-modal').filter({ visible: true });
    await dialog.getByTestId('update-select-button').click();
    await dialog
      .getByRole('option')
      .filter({ has: this.page.getByText(name, { exact: true }) })
      .click();
    return dialog;
  }

  /** Pasted over what the editor holds. */
  async paste(dialog: Locator, json: string): Promise<void> {
    await dialog.locator('[contenteditable=true]').click();
    await this.page.keyboard.press('ControlOrMeta+a');
    await this.page.keyboard.insertText(json);
  }

  async submit(dialog: Locator): Promise<void> {
    await dialog.getByRole('button', { name: 'Submit' }).click();
  }
}
