/** The ledger's steps as a table: everything that is known of each, in words. */
import { html } from 'hono/html';
import type { Difference } from '../contract/drift.js';
import type { Attention, Cause, LedgerStep } from '../contract/ledger.js';
import { needsOf } from './layers.js';
import { type Html, wide } from './page.js';
import type { PlanFacts } from './plan-facts.js';
import { badge, STATE_LOOKS, WAITS } from './states.js';
import { age, clock, plain, webLink } from './words.js';

export function stepsTable({ ledger, plan, links }: Pick<PlanFacts, 'ledger' | 'plan' | 'links'>, now: number): Html {
  const steps = Object.entries(ledger?.steps ?? {});
  const needs = needsOf(
    steps.map(([step]) => step),
    plan,
  );
  const rows = steps.map(([step, facts]) => row(step, facts, { needs: needs.get(step) ?? [], link: links[step], now }));
  return wide(
    'Steps',
    html`<table class="steps"><caption class="unseen">Steps of the plan, in its order</caption>
<thead><tr><th scope="col">Step</th><th scope="col">State</th><th scope="col">For</th><th scope="col">Resource</th><th scope="col">Request id</th><th scope="col">What is known</th></tr></thead>
<tbody>${rows}</tbody></table>`,
  );
}

interface Beside {
  readonly needs: readonly string[];
  readonly link: string | undefined;
  readonly now: number;
}

function row(step: string, facts: LedgerStep, { needs, link, now }: Beside): Html {
  const { state, attention, since, requestId } = facts;
  const says = attention ? `${state}, waits` : state;
  return html`<tr id="step-${step}" data-step="${step}" data-says="${says}">
<th scope="row">${step}${needs.length > 0 ? html`<span class="soft line">needs ${needs.join(', ')}</span>` : ''}</th>
<td>${badge(STATE_LOOKS[state], standing(facts))}${attention ? html` ${badge(WAITS, 'waits')}` : ''}</td>
<td class="number">${since === undefined ? html`<span class="soft">–</span>` : html`<time datetime="${plain(since)}">${age(since, now) ?? plain(since)}</time>`}</td>
<td>${resource(facts, link)}</td>
<td>${requestId === undefined ? html`<span class="soft">–</span>` : html`<code>${plain(requestId)}</code>`}</td>
<td>${known(facts, now)}</td>
</tr>`;
}

function standing({ state, adopted, skipped }: LedgerStep): string {
  if (skipped) return `${state} (skipped)`;
  return adopted ? `${state} (adopted)` : state;
}

function resource({ kind, connection, id }: LedgerStep, link: string | undefined): Html {
  const href = webLink(link);
  const shown = id === undefined ? '' : html`<code>${plain(id)}</code>`;
  const linked = href
    ? html`<a href="${href}" rel="noreferrer">${shown || 'console'}<span class="unseen"> in the cloud’s console</span></a>`
    : shown;
  return html`${linked}<span class="soft line">${plain(kind)} on ${plain(connection)}</span>`;
}

function known({ cause, attention, verified }: LedgerStep, now: number): Html {
  return html`${cause ? causeLine(cause) : ''}${attention ? waitsLine(attention, cause, now) : ''}${
    verified
      ? html`<p>Looked at ${clock(verified.at)}: ${verified.verdict}${verified.why === undefined ? '' : `, ${plain(verified.why)}`}</p>${differences(verified.differences)}`
      : ''
  }`;
}

/** What the cause says already stands once. */
function waitsLine({ reason, requestId, since }: Attention, cause: Cause | undefined, now: number): Html {
  const words = cause ? reason.replace(`: ${cause.message}`, '') : reason;
  const request = requestId === cause?.requestId ? undefined : requestId;
  const time = html`<time datetime="${plain(since)}">${age(since, now) ?? plain(since)}</time>`;
  return html`<p><strong>Waits</strong> for ${time}: ${plain(words)}${requestOf(request)}</p>`;
}

/** What the cloud said, and its own evidence. */
export function causeLine({ type, message, provider, operation, status, code, requestId }: Cause): Html {
  const evidence = [
    [provider, operation].filter(Boolean).join(' '),
    status === undefined ? '' : `HTTP ${status}`,
    code === undefined ? '' : `code ${code}`,
  ].filter(Boolean);
  return html`<p class="cause"><strong>${type}</strong>: ${plain(message)}${evidence.length > 0 ? html` <span class="soft">(${plain(evidence.join(', '))})</span>` : ''}${requestOf(requestId)}</p>`;
}

function requestOf(requestId: string | undefined): Html {
  return requestId === undefined ? html`` : html` <span class="soft">request</span> <code>${plain(requestId)}</code>`;
}

function differences(list: readonly Difference[]): Html {
  if (list.length === 0) return html``;
  const items = list.map(({ field, planned, actual }) => {
    const values =
      planned === undefined && actual === undefined ? '' : `: planned ${json(planned)}, is ${json(actual)}`;
    return html`<li><code>${plain(field)}</code>${values}</li>`;
  });
  return html`<ul class="differences">${items}</ul>`;
}

function json(value: unknown): string {
  return plain(JSON.stringify(value) ?? 'nothing');
}
