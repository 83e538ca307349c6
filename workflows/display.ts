/**
 * The ledger as the Temporal UI renders Markdown: raw HTML passes through there, so everything a cloud or an operator
 * said is escaped. What waits comes first, with the JSON of each possible move in a fence, where quotes stay straight.
 */
import { consoleLink } from '../contract/console-link.js';
import type { VerifyReport } from '../contract/deprovision.js';
import type { Attention, Ledger, LedgerStep, Move } from '../contract/ledger.js';
import type { MoveName } from '../contract/moves.js';
import type { ResolvedPlan, ResolvedStep } from '../contract/steps.js';
import { MAX_PASTED } from './policies.js';

/** The UI's tables have no padding between columns; an em space makes some. */
const GAP = '\u2003';

export function escapeMarkdown(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/[\r\n]+/g, ' ')
    .replace(/([|\\`*_[\]$~#])/g, '\\$1');
}

function note({ adopted, skipped, attention, cause, verified }: LedgerStep): string {
  if (attention) return `**waits:** ${escapeMarkdown(attention.reason)}`;
  if (cause) return escapeMarkdown(`${cause.type}: ${cause.message}`);
  if (verified) return `${verified.verdict} at ${verified.at}`;
  if (skipped) return 'skipped';
  return adopted ? 'adopted' : '';
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => `${cell}${GAP}`).join(' | ')} |`;
  return [line(head), `|${':---|'.repeat(head.length)}`, ...rows.map(line)];
}

function idWithLink(id: string, console: string | undefined): string {
  const text = escapeMarkdown(id);
  return id && console ? `[${text}](${consoleLink(console, id)})` : text;
}

/** What must be typed besides who and why. An empty text is to be filled in. */
const FIELDS: Readonly<Partial<Record<MoveName, object>>> = {
  adopt: { id: '' },
  skip: { outputs: { id: '' } },
  abandon: { confirm: '' },
};

function toPaste(move: MoveName, step: string | undefined): string[] {
  const wantsStep = step !== undefined && move !== 'rollback' && move !== 'deprovision';
  const request = { ...(wantsStep && { step }), by: '', why: '', ...FIELDS[move] };
  return [`Update **${move}**:`, '', '```json', JSON.stringify(request, null, 2), '```', ''];
}

/** Its name as an operator types it to let go of it. */
export function nameToConfirm(step: Pick<ResolvedStep, 'key' | 'name'> | undefined, id: string | undefined): string {
  return step?.name ?? id ?? step?.key ?? '';
}

function waiting(
  { reason, since, moves, requestId }: Attention,
  step: { readonly key: string; readonly name: string } | undefined,
): string[] {
  const request = requestId === undefined ? '' : ` Provider request ${escapeMarkdown(requestId)}.`;
  const names = moves.length > 1 ? `${moves.slice(0, -1).join(', ')} or ${moves.at(-1)}` : moves.join('');
  const todo = moves.length > 0 ? ` Send the update ${names} (More Actions, Send an Update).` : '';
  const confirm = moves.includes('abandon')
    ? ` To abandon, confirm with the name ${escapeMarkdown(step?.name ?? '')}.`
    : '';
  return [`**${step?.key ?? 'The plan'}** ${escapeMarkdown(reason)} (since ${since}).${request}${todo}${confirm}`, ''];
}

function movesMade(moves: readonly Move[]): string[] {
  if (moves.length === 0) return [];
  const rows = moves.map(({ at, by, move, step = '', why, result = 'under way', error }) =>
    [at, by, `${move} ${step}`.trim(), why, error === undefined ? result : `${result}: ${error}`].map(escapeMarkdown),
  );
  return ['', ...table(['at', 'by', 'move', 'why', 'result'], rows)];
}

export function ledgerAsMarkdown(
  { plan, outcome, steps, attention, moves }: Ledger,
  { simulated, steps: resolved = [] }: Pick<ResolvedPlan, 'simulated'> & Partial<Pick<ResolvedPlan, 'steps'>>,
): string {
  const waits = Object.entries(steps).flatMap(([key, step]) => {
    const name = nameToConfirm(resolved.find((one) => one.key === key) ?? { key }, step.id);
    return step.attention ? [{ attention: step.attention, step: { key, name } }] : [];
  });
  const all = [...(attention ? [{ attention, step: undefined }] : []), ...waits];
  const lines = [`### Plan ${plan}: ${outcome ?? (all.length > 0 ? 'waits for an operator' : 'in progress')}`, ''];
  if (simulated.length > 0) lines.push(`On the simulator, nothing real is touched: ${simulated.join(', ')}`, '');
  for (const { attention, step } of all) lines.push(...waiting(attention, step));
  // What matters first: the page cuts wide tables on the right.
  const rows = Object.entries(steps).map(([key, step]) => {
    const at = resolved.find((one) => one.key === key)?.console;
    return [key, step.state, note(step), idWithLink(step.id ?? '', at), step.kind];
  });
  lines.push(...table(['step', 'state', 'note', 'id', 'kind'], rows), ...movesMade(moves));
  const pasted = all
    .slice(0, MAX_PASTED)
    .flatMap(({ attention, step }) => attention.moves.flatMap((move) => toPaste(move, step?.key)));
  return [...lines, ...(pasted.length > 0 ? ['', ...pasted] : [])].join('\n');
}

export function verifiedAsMarkdown({ plan, simulated, steps }: VerifyReport): string {
  const rows = Object.entries(steps).map(([key, { verdict, differences, why, id = '', kind }]) => {
    const words = why ?? differences.map(({ field }) => field).join(', ');
    return [key, verdict, escapeMarkdown(words), escapeMarkdown(id), kind];
  });
  const real = simulated.length > 0 ? [`On the simulator, nothing real is touched: ${simulated.join(', ')}`, ''] : [];
  return [`### Plan ${plan}: verified`, '', ...real, ...table(['step', 'is', 'note', 'id', 'kind'], rows)].join('\n');
}
