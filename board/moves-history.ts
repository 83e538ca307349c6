/** Who decided what, when and why, and what became of it: the ledger's own list, the latest first. */
import { html } from 'hono/html';
import type { Move } from '../contract/ledger.js';
import { type Html, wide } from './page.js';
import { badge, STATE_LOOKS } from './states.js';
import { clock, plain } from './words.js';

export function movesHistory(moves: readonly Move[]): Html {
  if (moves.length === 0) return html`<p class="empty">Nobody has decided anything yet.</p>`;
  return wide(
    'Moves',
    html`<table class="moves"><caption class="unseen">Moves, the latest first</caption>
<thead><tr><th scope="col">When</th><th scope="col">Who</th><th scope="col">Move</th><th scope="col">Why</th><th scope="col">Result</th></tr></thead>
<tbody>${moves.toReversed().map(row)}</tbody></table>`,
  );
}

function row({ at, by, move, step, id, why, result, error }: Move): Html {
  return html`<tr>
<td><time datetime="${plain(at)}">${clock(at)}</time></td>
<th scope="row">${plain(by)}</th>
<td>${move}${step === undefined ? '' : ` ${step}`}${id === undefined ? '' : html` <code>${plain(id)}</code>`}</td>
<td>${plain(why)}</td>
<td>${resultBadge(result)}${error === undefined ? '' : html`<p>${plain(error)}</p>`}</td>
</tr>`;
}

function resultBadge(result: Move['result']): Html {
  if (result === 'done') return badge(STATE_LOOKS.live, 'done');
  return result === 'failed' ? badge(STATE_LOOKS.refused, 'failed') : badge(STATE_LOOKS.creating, 'under way');
}
