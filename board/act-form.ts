/** One form for each thing that can be done. Works without a script; what was refused comes back with what was typed. */
import { html } from 'hono/html';
import type { Problem } from '../contract/failures.js';
import { findReferences } from '../contract/find-references.js';
import { MOVE_LIMITS } from '../contract/moves.js';
import type { Plan } from '../contract/plan.js';
import { ACT_WORDS, type FieldName } from './act-words.js';
import type { Offer } from './offers.js';
import type { Html } from './page.js';
import type { PlanFacts } from './plan-facts.js';
import { plain } from './words.js';

/** What was sent and not carried out. */
export interface Refused extends Offer {
  readonly typed: Readonly<Record<string, string>>;
  readonly message: string;
  readonly problems: readonly Problem[];
}

export interface Around {
  readonly facts: PlanFacts;
  /** The hidden field that proves where the form was. */
  readonly formToken: Html;
  /** Who sent something from this browser before. */
  readonly by: string;
  readonly refused: Refused | undefined;
}

export function formIdOf({ act, step }: Offer): string {
  return step === undefined ? `act-${act}` : `act-${act}-${step}`;
}

export function actForm(offer: Offer, around: Around): Html {
  const { act, step } = offer;
  const { facts, formToken, refused } = around;
  const { title, does, fields, grave, signed } = ACT_WORDS[act];
  const id = formIdOf(offer);
  const back = refused && formIdOf(refused) === id ? refused : undefined;
  const of = step === undefined ? '' : ` ${step}`;
  return html`<details id="${id}" class="act${grave ? ' grave' : ''}"${back ? html` open` : ''}>
<summary>${title}${of}…</summary>
<form id="${id}-form" method="post" action="/plans/${encodeURIComponent(facts.name)}"${back ? html` data-keep="refused"` : ''}>
${formToken}<input type="hidden" name="act" value="${act}"><input type="hidden" name="step" value="${step ?? ''}">
<input type="hidden" name="run" value="${facts.handle.workflowId}/${facts.handle.runId}">
<p id="${id}-does">${does}</p>
${back ? html`<div class="notice bad" role="alert" id="${id}-refused" tabindex="-1"${back.problems.length === 0 ? html` autofocus` : ''}><p><strong>Not done.</strong> ${plain(back.message)}</p></div>` : ''}
${fields.map((name) => field(name, offer, around, back))}
${signed ? signature(id, around, back) : ''}
<div class="buttons"><button class="${grave ? 'grave' : 'main'}" aria-describedby="${id}-does">${title}${of}</button></div>
</form>
</details>`;
}

/** Where its form is no more: it was decided elsewhere meanwhile. What was typed is not lost. */
export function refusedNotice({ act, step, message, typed }: Refused): Html {
  const words = [ACT_WORDS[act].title, step].filter(Boolean).join(' ');
  return html`<div class="notice bad" role="alert" id="refused" data-keep="refused" tabindex="-1" autofocus><p><strong>Not done.</strong> ${plain(words)}: ${plain(message)}</p>${
    typed.why ? html`<p>Your reason was: ${plain(typed.why)}</p>` : ''
  }</div>`;
}

function signature(id: string, { by }: Around, back: Refused | undefined): Html {
  return html`${input(id, 'by', { label: 'Who decides', value: back?.typed.by ?? by, most: MOVE_LIMITS.by, autocomplete: 'name' }, back)}
${input(id, 'why', { label: 'Why', hint: 'It stands in the ledger, for everybody to read.', value: back?.typed.why ?? '', most: MOVE_LIMITS.why }, back)}`;
}

function field(name: FieldName, { act, step }: Offer, { facts }: Around, back: Refused | undefined): Html {
  const id = formIdOf({ act, ...(step !== undefined && { step }) });
  const known = step === undefined ? undefined : facts.ledger?.steps[step];
  switch (name) {
    case 'id': {
      const value = back?.typed.id ?? (known?.state === 'deleting' ? (known.id ?? '') : '');
      return input(id, name, { label: 'Id of the resource in its cloud', value, most: MOVE_LIMITS.text }, back);
    }
    case 'confirm': {
      const label = 'Name of the resource';
      const hint = 'As the plan names it, as a sign that you know what is let go of.';
      return input(id, name, { label, hint, value: back?.typed.confirm ?? '', most: MOVE_LIMITS.text }, back);
    }
    case 'outputs':
      return outputsField(id, step ?? '', facts.plan, back);
    case 'typed': {
      const label = `Type the plan’s name, ${facts.ledger?.plan ?? facts.name}, to go on`;
      return input(id, name, { label, value: back?.typed.typed ?? '', most: MOVE_LIMITS.text }, back);
    }
    case 'includeProtected':
      return protectedField(id, facts.plan, back);
  }
}

interface Input {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly most: number;
  readonly autocomplete?: string;
}

function input(form: string, name: string, field: Input, back: Refused | undefined): Html {
  const { label, hint, value, most, autocomplete = 'off' } = field;
  const id = `${form}-${name}`;
  const told = [...(hint === undefined ? [] : [`${id}-hint`]), ...(problemOf(name, back) ? [`${id}-problem`] : [])];
  return html`<div class="field"><label for="${id}">${label}</label>
${hint === undefined ? '' : html`<p class="hint" id="${id}-hint">${hint}</p>`}${problemLine(id, name, back)}
<input id="${id}" name="${name}" value="${value}" maxlength="${most}" required autocomplete="${autocomplete}" spellcheck="false"${described(told, name, back)}></div>`;
}

function outputsField(form: string, step: string, plan: Plan | undefined, back: Refused | undefined): Html {
  const id = `${form}-outputs`;
  const wanted = ['id', ...wantedOf(step, plan)];
  const told = [`${id}-hint`, ...(problemOf('outputs', back) ? [`${id}-problem`] : [])];
  return html`<div class="field"><label for="${id}">Outputs</label>
<p class="hint" id="${id}-hint">One <code>name=value</code> a line, or a JSON object. Wanted: ${[...new Set(wanted)].map((name, index) => html`${index > 0 ? ', ' : ''}<code>${name}</code>`)}.</p>${problemLine(id, 'outputs', back)}
<textarea id="${id}" name="outputs" rows="3" maxlength="${MOVE_LIMITS.outputsBytes}" required spellcheck="false"${described(told, 'outputs', back)}>
${back?.typed.outputs ?? ''}</textarea></div>`;
}

/** What other steps refer to. */
function wantedOf(step: string, plan: Plan | undefined): readonly string[] {
  const references = Object.values(plan?.resources ?? {}).flatMap(({ spec }) => findReferences(spec));
  return references.filter((reference) => reference.step === step).map(({ output }) => output);
}

/** Only where something is protected, or where nobody knows. */
function protectedField(form: string, plan: Plan | undefined, back: Refused | undefined): Html {
  const names = Object.entries(plan?.resources ?? {}).flatMap(([step, { protect }]) => (protect ? [step] : []));
  if (plan && names.length === 0) return html``;
  const id = `${form}-includeProtected`;
  const checked = back?.typed.includeProtected === 'true';
  return html`<div class="field tick"><input type="checkbox" id="${id}" name="includeProtected" value="true"${checked ? html` checked` : ''}>
<label for="${id}">Delete what is protected, too${names.length > 0 ? `: ${names.join(', ')}` : ''}</label></div>`;
}

function problemOf(name: string, back: Refused | undefined): string | undefined {
  return back?.problems.find(({ path }) => path === name || path.startsWith(`${name}.`))?.message;
}

function problemLine(id: string, name: string, back: Refused | undefined): Html {
  const problem = problemOf(name, back);
  return problem === undefined ? html`` : html`<p class="problem" id="${id}-problem">${plain(problem)}</p>`;
}

/** The first field that is wrong has the focus when the page comes back. */
function described(ids: readonly string[], name: string, back: Refused | undefined): Html {
  const wrong = problemOf(name, back) !== undefined;
  const first = wrong && back?.problems[0]?.path.split('.')[0] === name;
  return html`${ids.length > 0 ? html` aria-describedby="${ids.join(' ')}"` : ''}${wrong ? html` aria-invalid="true"` : ''}${first ? html` autofocus` : ''}`;
}
