/** A ledger as lines for people: one for each step, what is the matter below, then the outcome and what to do next. */
import pc from 'picocolors';
import { OUTCOME_MEANS, OUTCOME_NEXT } from '../client/outcome-words.js';
import type { Outcome } from '../contract/failures.js';
import type { Attention, Cause, Ledger, LedgerStep, Move, StepState } from '../contract/ledger.js';
import { printable } from './printable.js';

const COLORS: Readonly<Record<StepState, (text: string) => string>> = {
  planned: pc.dim,
  creating: pc.cyan,
  live: pc.green,
  refused: pc.red,
  uncertain: pc.yellow,
  deleting: pc.magenta,
  deleted: pc.dim,
  kept: pc.blue,
  abandoned: pc.red,
};

export function colorOf(state: StepState): (text: string) => string {
  return COLORS[state];
}

export function paintOutcome(outcome: Outcome): string {
  if (outcome === 'Provisioned') return pc.green(outcome);
  if (outcome === 'Deprovisioned') return pc.dim(outcome);
  return outcome === 'Abandoned' ? pc.yellow(outcome) : pc.red(outcome);
}

/** The steps, aligned; a step that waits or failed says why in a line of its own. Operators' moves stand below. */
export function ledgerLines(ledger: Ledger): string[] {
  const plan = ledger.attention ? [attentionText(ledger.attention)] : [];
  return [...plan, ...stepLines(ledger), ...moveLines(ledger.moves)];
}

function moveLines(moves: readonly Move[]): string[] {
  if (moves.length === 0) return [];
  const lines = moves.map(({ at, by, move, step = '', why, result = 'under way', error = '' }) => {
    const end = result === 'failed' ? `${pc.red('failed')}: ${error}` : result;
    return `  ${printable(at)}  ${printable(by)}: ${[move, step].filter(Boolean).join(' ')} (${printable(why)}), ${end}`;
  });
  return ['', 'moves', ...lines];
}

function stepLines(ledger: Ledger): string[] {
  const steps = Object.entries(ledger.steps);
  const stepWidth = width(steps.map(([key]) => key));
  const kindWidth = width(steps.map(([, { kind }]) => kind));
  const connectionWidth = width(steps.map(([, { connection }]) => connection));
  return steps.flatMap(([key, step]) => {
    const words = [
      key.padEnd(stepWidth),
      colorOf(step.state)(step.state.padEnd(9)),
      printable(step.kind).padEnd(kindWidth),
      printable(step.connection).padEnd(connectionWidth),
      `${printable(step.id ?? '')}${standing(step)}`,
    ];
    return [words.join('  ').trimEnd(), ...noteLines(step).map((note) => `${' '.repeat(stepWidth + 2)}${note}`)];
  });
}

function standing({ adopted, skipped }: LedgerStep): string {
  if (skipped) return ' (skipped)';
  return adopted ? ' (adopted)' : '';
}

function attentionText({ since, reason, requestId, moves }: Attention): string {
  const request = requestId === undefined ? '' : ` Request ${printable(requestId)}.`;
  const possible = moves.length > 0 ? ` Moves: ${moves.map(printable).join(', ')}.` : '';
  return `${pc.yellow('needs an operator')} since ${printable(since)}: ${printable(reason)}.${request}${possible}`;
}

/** The line above says it already. */
function withoutCause(attention: Attention, cause: Cause | undefined): Attention {
  if (!cause) return attention;
  const { requestId, reason, ...rest } = attention;
  const known = requestId === undefined || requestId === cause.requestId;
  return { ...rest, reason: reason.replace(`: ${cause.message}`, ''), ...(known ? {} : { requestId }) };
}

function noteLines({ attention, cause, verified }: LedgerStep): string[] {
  const lines: string[] = [];
  if (cause) lines.push(`${pc.red('failed:')} ${causeText(cause)}`);
  if (attention) lines.push(attentionText(withoutCause(attention, cause)));
  if (verified) lines.push(`looked at ${printable(verified.at)}: ${verified.verdict}`);
  return lines;
}

/** The failure in one line, with what the message does not say already of the provider's own evidence. */
export function causeText({ type, message, provider, operation, status, code, requestId }: Cause): string {
  const evidence = [
    [provider, operation].filter(Boolean).join(' '),
    status === undefined || message.includes(String(status)) ? '' : `HTTP ${status}`,
    code === undefined || message.includes(code) ? '' : `code ${code}`,
    requestId === undefined ? '' : `request ${requestId}`,
  ].filter(Boolean);
  return printable(`${type}: ${message}${evidence.length > 0 ? ` (${evidence.join(', ')})` : ''}`);
}

/** The first failed step's cause: what an open or rolled back run is about. */
export function firstCause(ledger: Ledger): Cause | undefined {
  return Object.values(ledger.steps).find(({ cause }) => cause)?.cause;
}

export function outcomeLines(outcome: Outcome): string[] {
  const next = OUTCOME_NEXT[outcome];
  return [`${paintOutcome(outcome)}: ${OUTCOME_MEANS[outcome]}.`, ...(next ? [`Next: ${next}.`] : [])];
}

function width(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => printable(text).length));
}
