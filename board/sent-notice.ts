/**
 * Tells who sent something what became of it. The address says only what to look for: every word comes from the ledger, or
 * a link could make the board say anything.
 */
import { html } from 'hono/html';
import { isAct, type Offer } from './offers.js';
import { type Html, notice } from './page.js';
import type { PlanFacts } from './plan-facts.js';
import { plain } from './words.js';

export type Sent = Offer;

/** `retry:flow`, `rollback`: as part of an address. */
export function sentText({ act, step }: Sent): string {
  return encodeURIComponent(step === undefined ? act : `${act}:${step}`);
}

export function sentOf(text: string | undefined): Sent | undefined {
  const [act = '', step] = (text ?? '').split(':');
  return isAct(act) ? { act, ...(step && { step }) } : undefined;
}

export function sentNotice({ act, step }: Sent, { ledger, run, outcome }: PlanFacts): Html {
  if (act === 'cancel') {
    const accepted = run.cancelRequested || outcome === 'Cancelled';
    return accepted ? notice('good', html`<p><strong>Sent.</strong> The cancel was accepted.</p>`) : html``;
  }
  const move = ledger?.moves.findLast((one) => one.move === act && one.step === step);
  if (!move) return html``;
  const words = `${move.by}: ${[move.move, move.step].filter(Boolean).join(' ')} (${move.why})`;
  if (move.result === 'failed') {
    return notice('bad', html`<p><strong>Failed.</strong> ${plain(words)}: ${plain(move.error ?? '')}</p>`);
  }
  return move.result === 'done'
    ? notice('good', html`<p><strong>Done.</strong> ${plain(words)}</p>`)
    : notice(
        'info',
        html`<p><strong>Under way.</strong> ${plain(words)}. The cloud is asked; that may take minutes.</p>`,
      );
}
