/** The ledger as the Temporal UI renders Markdown: raw HTML passes through there, so everything a cloud said is escaped. */
import type { Ledger, LedgerStep } from '../contract/ledger.js';

/** The UI's tables have no padding between columns; an em space makes some. */
const GAP = '\u2003';

export function escapeMarkdown(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/[\r\n]+/g, ' ')
    .replace(/([|\\`*_[\]$~#])/g, '\\$1');
}

function note({ adopted, attention, cause }: LedgerStep): string {
  if (attention) return `**waits:** ${escapeMarkdown(attention.reason)}`;
  if (cause) return escapeMarkdown(`${cause.type}: ${cause.message}`);
  return adopted ? 'adopted' : '';
}

function row(key: string, step: LedgerStep): string {
  // What matters first: the page cuts wide tables on the right.
  const cells = [key, step.state, note(step), escapeMarkdown(step.id ?? ''), step.kind];
  return `| ${cells.map((cell) => `${cell}${GAP}`).join(' | ')} |`;
}

/** `simulated`: connections that reach only the simulator. */
export function ledgerAsMarkdown({ plan, outcome, steps }: Ledger, simulated: readonly string[]): string {
  const waiting = Object.entries(steps).filter(([, { attention }]) => attention);
  const lines = [`### Plan ${plan}: ${outcome ?? (waiting.length > 0 ? 'waits for an operator' : 'in progress')}`, ''];
  if (simulated.length > 0) lines.push(`On the simulator, nothing real is touched: ${simulated.join(', ')}`, '');
  for (const [key, { attention }] of waiting) {
    lines.push(
      `**${key}** ${escapeMarkdown(attention?.reason ?? '')} (since ${attention?.since}). Moves: ${attention?.moves.join(', ')}.`,
      '',
    );
  }
  const head = ['step', 'state', 'note', 'id', 'kind'].map((cell) => `${cell}${GAP}`).join(' | ');
  lines.push(
    `| ${head} |`,
    '|:---|:---|:---|:---|:---|',
    ...Object.entries(steps).map(([key, step]) => row(key, step)),
  );
  return lines.join('\n');
}
