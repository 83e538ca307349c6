/**
 * The steps of a plan as a drawing, from left to right in the order in which they are made. For eyes only: the table below
 * it says the same, and more.
 */
import { html } from 'hono/html';
import type { LedgerStep } from '../contract/ledger.js';
import { directOf, layersOf, needsOf } from './layers.js';
import type { Html } from './page.js';
import type { PlanFacts } from './plan-facts.js';
import { iconPath, STATE_LOOKS, WAITS } from './states.js';
import { age, cut } from './words.js';

const NODE = { width: 204, height: 66 } as const;
const GAP = { x: 64, y: 18 } as const;
const EDGE = 12;

/** What fits into a node at the style's size of letters. */
const LETTERS = { step: 20, line: 25 } as const;

interface Place {
  readonly x: number;
  readonly y: number;
}

export function graph({ ledger, plan }: Pick<PlanFacts, 'ledger' | 'plan'>, now: number): Html {
  const steps = Object.entries(ledger?.steps ?? {});
  const needs = needsOf(
    steps.map(([step]) => step),
    plan,
  );
  const layers = layersOf(needs);
  const tallest = Math.max(1, ...layers.map((layer) => layer.length));
  const height = 2 * EDGE + tallest * (NODE.height + GAP.y) - GAP.y;
  const width = 2 * EDGE + layers.length * (NODE.width + GAP.x) - GAP.x;
  const places = placesOf(layers, height);
  const lines = [...directOf(needs)].flatMap(([step, needed]) =>
    needed.map((other) => edge(places.get(other), places.get(step), ledger?.steps[other])),
  );
  const nodes = steps.map(([step, facts]) => node(step, facts, places.get(step) ?? { x: 0, y: 0 }, now));
  const label = `Drawing of ${steps.length === 1 ? 'the step' : `the ${steps.length} steps`}; the table below says the same.`;
  return html`<div class="wide graph" role="group" aria-label="Drawing of the steps" tabindex="0">
<svg id="graph" role="img" aria-label="${label}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
${lines}${nodes}</svg></div>`;
}

function placesOf(layers: readonly (readonly string[])[], height: number): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  layers.forEach((layer, column) => {
    const top = (height - (layer.length * (NODE.height + GAP.y) - GAP.y)) / 2;
    layer.forEach((step, row) => {
      places.set(step, { x: EDGE + column * (NODE.width + GAP.x), y: top + row * (NODE.height + GAP.y) });
    });
  });
  return places;
}

/** From the right of what is needed to the left of what needs it. */
function edge(from: Place | undefined, to: Place | undefined, needed: LedgerStep | undefined): Html {
  if (!from || !to) return html``;
  const [x1, y1] = [from.x + NODE.width, from.y + NODE.height / 2];
  const [x2, y2] = [to.x - 1, to.y + NODE.height / 2];
  const bend = GAP.x / 2;
  const done = needed?.state === 'live' || needed?.state === 'kept';
  return html`<g class="edge${done ? ' done' : ''}"><path d="M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2 - 6} ${y2}"/><path class="tip" d="M${x2 - 7} ${y2 - 4}L${x2} ${y2}L${x2 - 7} ${y2 + 4}z"/></g>`;
}

function node(step: string, facts: LedgerStep, { x, y }: Place, now: number): Html {
  const { state, since, attention, kind, id } = facts;
  const look = attention ? WAITS : STATE_LOOKS[state];
  const spent = age(attention?.since ?? since, now);
  const words = `${attention ? `${state}, waits` : state}${spent === undefined ? '' : ` · ${spent}`}`;
  return html`<g id="node-${step}" class="node ${look.tone}" transform="translate(${x} ${y})">
<title>${step}: ${words}</title>
<rect class="card" width="${NODE.width}" height="${NODE.height}" rx="8"/><rect class="bar" width="5" height="${NODE.height}" rx="2.5"/>
<g transform="translate(14 10)">${iconPath(look)}</g>
<text class="name" x="38" y="23">${cut(step, LETTERS.step)}</text>
<text class="state" x="38" y="41">${words}</text>
<text class="id" x="38" y="57">${cut(id ?? kind, LETTERS.line)}</text>
</g>`;
}
