/** The list of plans. Every view of it is an address: filters are parameters, and a page is visibility's own token. */
import { html } from 'hono/html';
import type { Listed, ListFilter, ListPage } from '../client/listing.js';
import { OUTCOMES, type Outcome } from '../contract/failures.js';
import { deprovisionIdOf, workflowIdOf } from '../contract/names.js';
import { type Html, notice, wide } from './page.js';
import { standingBadge } from './states.js';
import { clock, plain } from './words.js';

export const PAGE_SIZE = 50;

/** What the address says. */
export interface View {
  readonly filter: ListFilter;
  readonly pageToken?: string | undefined;
}

/** What somebody typed goes on as it is: whether it can be asked is the client's to say, in its own words. */
export function viewOf(query: Readonly<Record<string, string>>): View {
  const { outcome, attention, running, name, page } = query;
  return {
    filter: {
      ...(outcome && { outcome: outcome as Outcome }),
      ...(attention && { attention: true }),
      ...(running && { running: true }),
      ...(name && { prefix: name.trim() }),
    },
    ...(page && { pageToken: page }),
  };
}

function addressOf({ outcome, attention, running, prefix }: ListFilter, pageToken?: string): string {
  const query = new URLSearchParams({
    ...(attention && { attention: '1' }),
    ...(running && { running: '1' }),
    ...(outcome && { outcome }),
    ...(prefix && { name: prefix }),
    ...(pageToken && { page: pageToken }),
  });
  return query.size > 0 ? `/?${query}` : '/';
}

export interface Listing {
  readonly view: View;
  readonly page: ListPage;
  /** Of the view; undefined where visibility does not count. */
  readonly count: number | undefined;
  readonly waiting: number | undefined;
}

export function plansAddress({ filter, pageToken }: View): string {
  return addressOf(filter, pageToken);
}

export function plansBody({ view, page, count, waiting }: Listing): Html {
  const { filter } = view;
  return html`<div class="headline"><h1>Plans</h1>${counted(page, count)}</div>
${
  waiting && !filter.attention
    ? notice(
        'warn',
        html`<p><a href="${addressOf({ attention: true })}">${waiting === 1 ? '1 plan needs' : `${waiting} plans need`} an operator</a></p>`,
      )
    : ''
}
${filters(filter)}
${page.provisionings.length === 0 ? nothing(view) : table(page.provisionings)}
${pager(view, page)}`;
}

function counted({ provisionings }: ListPage, count: number | undefined): Html {
  const shown = provisionings.length;
  const of = count === undefined || count <= shown ? '' : ` of ${count.toLocaleString('en')}`;
  return html`<p class="count">${shown}${of} shown</p>`;
}

const VIEWS: readonly (readonly [string, ListFilter])[] = [
  ['All', {}],
  ['Needs an operator', { attention: true }],
  ['Running', { running: true }],
  ...OUTCOMES.map((outcome) => [outcome, { outcome }] as const),
];

function filters(filter: ListFilter): Html {
  const { prefix, ...kind } = filter;
  const links = VIEWS.map(([label, each]) => {
    const current = addressOf(kind) === addressOf(each);
    const href = addressOf({ ...each, ...(prefix && { prefix }) });
    return html`<li><a href="${href}"${current ? html` aria-current="page"` : ''}>${label}</a></li>`;
  });
  const hidden = Object.entries(kind).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value === true ? '1' : value}">`,
  );
  return html`<nav aria-label="Filters" class="filters"><ul>${links}</ul></nav>
<form class="find" method="get" action="/" role="search">
${hidden}<label for="name">Name begins with</label>
<input id="name" name="name" value="${prefix ?? ''}" maxlength="63" autocomplete="off" spellcheck="false">
<button>Find</button>
${prefix ? html`<a href="${addressOf(kind)}">Any name</a>` : ''}
</form>`;
}

function nothing({ filter, pageToken }: View): Html {
  if (pageToken)
    return html`<p class="empty">This page is empty by now. <a href="${addressOf(filter)}">First page</a></p>`;
  if (filter.attention) return html`<p class="empty">No plan needs an operator.</p>`;
  if (addressOf(filter) !== '/') return html`<p class="empty">No plan is like that. <a href="/">All plans</a></p>`;
  return html`<p class="empty">There are none yet. Start one with <code>provisioner provision FILE</code>.</p>`;
}

function table(provisionings: readonly Listed[]): Html {
  return wide(
    'Plans',
    html`<table class="plans"><caption class="unseen">Plans, what is open first</caption>
<thead><tr><th scope="col">Plan</th><th scope="col">State</th><th scope="col">Connections</th><th scope="col">Started</th><th scope="col">Closed</th></tr></thead>
<tbody>${provisionings.map(row)}</tbody></table>`,
  );
}

function row(listed: Listed): Html {
  const { plan, workflowId, runId, connections, startTime, closeTime, deprovisioned = false } = listed;
  const ours = [workflowIdOf(plan), deprovisionIdOf(plan)].includes(workflowId);
  const state = standingBadge({ ...listed, deprovisioned, deprovisioning: workflowId === deprovisionIdOf(plan) });
  return html`<tr id="run-${runId}">
<th scope="row"><a href="/plans/${encodeURIComponent(ours ? plan : workflowId)}">${plain(plan)}</a>${ours ? '' : html` <span class="soft">workflow ${plain(workflowId)}</span>`}</th>
<td>${state}</td>
<td>${connections.map(plain).join(', ')}</td>
<td><time datetime="${startTime.toISOString()}">${clock(startTime)}</time></td>
<td>${closeTime ? html`<time datetime="${closeTime.toISOString()}">${clock(closeTime)}</time>` : html`<span class="soft">open</span>`}</td>
</tr>`;
}

function pager({ filter, pageToken }: View, { nextPageToken }: ListPage): Html {
  if (!pageToken && !nextPageToken) return html``;
  return html`<nav class="pager" aria-label="Pages">
${pageToken ? html`<a href="${addressOf(filter)}">First page</a>` : ''}
${nextPageToken ? html`<a rel="next" href="${addressOf(filter, nextPageToken)}">Next page</a>` : html`<span class="soft">Last page</span>`}
</nav>`;
}
