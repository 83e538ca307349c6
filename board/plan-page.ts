/** One plan: how it stands and what to do next, what waits for a decision, its steps, and who decided what. */
import { html } from 'hono/html';
import { OUTCOME_MEANS, OUTCOME_NEXT } from '../client/outcome-words.js';
import { WORKFLOW } from '../contract/names.js';
import { type Around, actForm, formIdOf, refusedNotice } from './act-form.js';
import { graph } from './graph.js';
import { movesHistory } from './moves-history.js';
import { type Decision, decisionsOf, endingsOf } from './offers.js';
import { type Html, notice } from './page.js';
import { isOwned, type PlanFacts } from './plan-facts.js';
import { type Sent, sentNotice } from './sent-notice.js';
import { standingBadge } from './states.js';
import { causeLine, stepsTable } from './steps-table.js';
import { age, clock, plain, webLink } from './words.js';

export interface PlanView extends Omit<Around, 'facts'> {
  readonly facts: PlanFacts;
  /** What was sent from here a moment ago. */
  readonly sent: Sent | undefined;
  readonly now: number;
}

export function planBody(view: PlanView): Html {
  const { facts, now, sent } = view;
  const decisions = decisionsOf(facts);
  return html`<p class="crumbs"><a href="/">Plans</a></p>
<div class="headline"><h1>${plain(facts.ledger?.plan ?? facts.name)}</h1>${standing(facts, decisions)}</div>
${sent ? sentNotice(sent, facts) : ''}${isHomeless(view, decisions) && view.refused ? refusedNotice(view.refused) : ''}
${notices(facts)}
${outcomeWords(facts, decisions)}
${factsList(facts, now)}
${decisions.length > 0 ? html`<section id="decisions" aria-labelledby="decisions-title"><h2 id="decisions-title">Waits for a decision</h2>${decisions.map((each) => decision(each, view))}</section>` : ''}
${facts.ledger ? steps(facts, now) : html`<p class="empty">There is no ledger: the workflow was not started with a plan.</p>`}
${endings(view)}
<section id="moves" aria-labelledby="moves-title"><h2 id="moves-title">Moves</h2>${movesHistory(facts.ledger?.moves ?? [])}</section>`;
}

/** What was refused is said in its form, unless there is none any more. */
function isHomeless({ facts, refused }: PlanView, decisions: readonly Decision[]): boolean {
  const offers = [...decisions.flatMap((each) => each.offers), ...endingsOf(facts)];
  return refused !== undefined && !offers.some((offer) => formIdOf(offer) === formIdOf(refused));
}

function standing({ run, outcome, ledger, givenUp }: PlanFacts, decisions: readonly Decision[]): Html {
  const words = standingBadge({
    status: outcome === undefined ? 'RUNNING' : run.status,
    outcome: outcome ?? ledger?.outcome,
    attention: decisions.length > 0,
    deprovisioned: givenUp === 'done',
    deprovisioning: run.type === WORKFLOW.deprovision,
  });
  return html`<p class="standing" data-step="plan" data-says="${outcome ?? (decisions.length > 0 ? 'needs an operator' : 'running')}">${words}</p>`;
}

function notices({ simulated, source, outcome, givenUp }: PlanFacts): Html {
  return html`${
    simulated.length > 0
      ? notice(
          'info',
          html`<p><strong>Simulator.</strong> Nothing real is touched: ${simulated.map(plain).join(', ')}</p>`,
        )
      : ''
  }${
    outcome === undefined && source === 'history'
      ? notice(
          'warn',
          html`<p><strong>No worker answers.</strong> This is what the history tells, without what waits for a decision. Start one with <code>provisioner worker</code>.</p>`,
        )
      : ''
  }${givenUp === 'under way' ? notice('info', html`<p>A deprovisioning of it is about to begin.</p>`) : ''}`;
}

function outcomeWords(facts: PlanFacts, decisions: readonly Decision[]): Html {
  const { failure } = facts;
  return html`<div class="lead"><p>${meaning(facts, decisions)}</p>${
    failure ? html`<p>${plain(failure.message)}</p>${failure.facts ? causeLine(failure.facts) : ''}` : ''
  }${
    failure && failure.problems.length > 0
      ? html`<ul>${failure.problems.map(({ path, message }) => html`<li><code>${plain(path)}</code>: ${plain(message)}</li>`)}</ul>`
      : ''
  }</div>`;
}

function meaning(facts: PlanFacts, decisions: readonly Decision[]): Html {
  const { outcome, givenUp, run } = facts;
  if (givenUp === 'done')
    return html`Deprovisioned since: what it provisioned is deleted again, but what was to be kept.`;
  if (outcome !== undefined) {
    const next = OUTCOME_NEXT[outcome];
    return html`<strong>${outcome}</strong>: ${OUTCOME_MEANS[outcome]}.${next === undefined ? '' : html` <strong>Next:</strong> ${next}.`}`;
  }
  if (decisions.length > 0) return html`It is open, and somebody has to decide. <a href="#decisions">Decide below</a>.`;
  if (run.type === WORKFLOW.deprovision) return html`Running: what was provisioned is being deleted again.`;
  if (isOwned(facts)) return html`Provisioned and managed: it stays open as the owner of its resources.`;
  if (run.cancelRequested) return html`Running, and cancelled: what was made is being deleted again.`;
  return html`Running: its resources are being created.`;
}

function factsList({ run, ui }: PlanFacts, now: number): Html {
  const { startTime, closeTime } = run;
  const link = webLink(ui);
  const links = link
    ? html`<div><dt>Temporal UI</dt><dd><a href="${link}">Workflow</a>, <a href="${link}/user-metadata">User Metadata</a></dd></div>`
    : '';
  const end = closeTime ? html`<time datetime="${closeTime.toISOString()}">${clock(closeTime)}</time>` : 'still open';
  return html`<dl class="facts">
<div><dt>Started</dt><dd><time datetime="${startTime.toISOString()}">${clock(startTime)}</time> <span class="soft">${age(startTime.toISOString(), now)} ago</span></dd></div>
<div><dt>Ended</dt><dd>${end}</dd></div>
<div><dt>Workflow</dt><dd><code>${plain(run.workflowId)}</code></dd></div>
<div><dt>Run</dt><dd><code>${run.runId}</code></dd></div>
${links}</dl>`;
}

function steps(facts: PlanFacts, now: number): Html {
  return html`<section aria-labelledby="steps-title"><h2 id="steps-title">Steps</h2>${graph(facts, now)}${stepsTable(facts, now)}</section>`;
}

function decision({ step, attention, offers }: Decision, view: PlanView): Html {
  const { reason, requestId, since } = attention;
  const heading = step === undefined ? 'The plan waits' : `${step} waits`;
  const id = step === undefined ? 'waits' : `waits-${step}`;
  return html`<article class="decision" id="${id}" aria-labelledby="${id}-title"><h3 id="${id}-title">${heading}</h3>
<p class="reason">${sentence(plain(reason))} <span class="soft">for <time datetime="${plain(since)}">${age(since, view.now) ?? plain(since)}</time></span>${requestId === undefined ? '' : html` <span class="soft">· request</span> <code>${plain(requestId)}</code>`}</p>
${offers.length > 0 ? html`<div class="acts">${offers.map((offer) => actForm(offer, view))}</div>` : ''}</article>`;
}

function endings(view: PlanView): Html {
  const offers = endingsOf(view.facts);
  if (offers.length === 0) return html``;
  return html`<section id="endings" aria-labelledby="endings-title"><h2 id="endings-title">End it</h2><div class="acts">${offers.map((offer) => actForm(offer, view))}</div></section>`;
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
