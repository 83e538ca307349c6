/**
 * The ledger as the Temporal UI renders Markdown: raw HTML passes through there, so everything a cloud or an operator
 * said is escaped. What waits comes first, with the JSON of each possible move in a fence, where quotes stay straight.
 * The page cuts wide tables: what may be long stands in lists, which wrap.
 */
import { consoleLink } from '../contract/console-link.js';
import type { VerifyReport } from '../contract/deprovision.js';
import type { Attention, Ledger, LedgerStep, Move } from '../contract/ledger.js';
import type { MoveName } from '../contract/moves.js';
import type { ResolvedPlan, ResolvedStep } from '../contract/steps.js';
import { MAX_PASTED } from './policies.js';

/** The UI's tables have no padding between columns; an em space makes some. */
const GAP = '\u2003';

/** By backslashes alone: the page shows named entities as they are written, and fills in `{namespace}` and its like. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').replace(/[&<|\\`*_[\]}$~#]/g, '\\$&');
}

function stateOf({ state, adopted, skipped, attention }: LedgerStep): string {
  const more = [skipped ? 'skipped' : adopted && 'adopted', attention && '**waits**'].filter(Boolean);
  return [state, ...more].join(', ');
}

/** Of a step that waits it was said above. */
function remarks([key, { attention, cause, verified }]: readonly [string, LedgerStep]): string[] {
  const failed = cause && !attention ? [escapeMarkdown(`${cause.type}: ${cause.message}`)] : [];
  const seen = verified ? [`${verified.verdict} at ${verified.at}`] : [];
  return [...failed, ...seen].map((words) => `* **${key}** ${words}`);
}

function realOrNot(simulated: readonly string[]): string[] {
  return simulated.length > 0 ? [`On the simulator, nothing real is touched: ${simulated.join(', ')}`, ''] : [];
}

function list(head: string, items: readonly string[]): string[] {
  return items.length > 0 ? ['', head, '', ...items] : [];
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

function moveMade({ at, by, move, step, why, result, error }: Move): string {
  const what = [at, `${by}:`, move, step, `(${why}):`, result ?? 'under way'].filter(Boolean).join(' ');
  return `* ${escapeMarkdown(error === undefined ? what : `${what}: ${error}`)}`;
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
  lines.push(...realOrNot(simulated));
  for (const { attention, step } of all) lines.push(...waiting(attention, step));
  const rows = Object.entries(steps).map(([key, step]) => {
    const at = resolved.find((one) => one.key === key)?.console;
    return [key, stateOf(step), idWithLink(step.id ?? '', at), step.kind];
  });
  lines.push(...table(['step', 'state', 'id', 'kind'], rows));
  lines.push(...list('Notes:', Object.entries(steps).flatMap(remarks)));
  lines.push(...list('Moves:', moves.map(moveMade)));
  const pasted = all
    .slice(0, MAX_PASTED)
    .flatMap(({ attention, step }) => attention.moves.flatMap((move) => toPaste(move, step?.key)));
  return [...lines, ...(pasted.length > 0 ? ['', ...pasted] : [])].join('\n');
}

export function verifiedAsMarkdown({ plan, simulated, steps }: VerifyReport): string {
  const all = Object.entries(steps);
  const rows = all.map(([key, { verdict, id = '', kind }]) => [key, verdict, escapeMarkdown(id), kind]);
  const remarks = all.flatMap(([key, { differences, why }]) => {
    const words = why ?? differences.map(({ field }) => field).join(', ');
    return words ? [`* **${key}** ${escapeMarkdown(words)}`] : [];
  });
  const lines = [
    `### Plan ${plan}: verified`,
    '',
    ...realOrNot(simulated),
    ...table(['step', 'is', 'id', 'kind'], rows),
  ];
  return [...lines, ...list('Notes:', remarks)].join('\n');
}
