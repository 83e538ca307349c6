/** What a started plan says of itself on the Temporal UI's User Metadata tab, for ever: its steps, before any state. */

import { findReferences } from '../contract/find-references.js';
import type { Plan } from '../contract/plan.js';

/** Temporal takes at most 20 kB of details; the rest of that is the heading and the closing row. */
const MAX_BYTES = 19_000;

/** The UI's tables have no padding between columns; an em space makes some. */
const GAP = '\u2003';

/** Plain and short: the list shows about 30 characters. */
export function staticSummary(plan: Plan): string {
  const count = Object.keys(plan.resources).length;
  return `${count} ${count === 1 ? 'resource' : 'resources'}: ${plan.name}`.slice(0, 100);
}

export function staticDetails(plan: Plan): string {
  const rows = Object.entries(plan.resources).map(([step, { kind, connection, spec, dependsOn = [], retain }]) => {
    const needs = [...new Set([...dependsOn, ...findReferences(spec).map((reference) => reference.step)])];
    const cells = [retain ? `${step} (retained)` : step, kind, connection, needs.join(', ') || 'nothing'];
    return `| ${cells.map((text) => `${cell(text)}${GAP}`).join(' | ')} |`;
  });
  const lines = [
    `Plan **${cell(plan.name)}**`,
    '',
    `| ${['step', 'kind', 'connection', 'needs'].map((name) => `${name}${GAP}`).join(' | ')} |`,
    '| :--- | :--- | :--- | :--- |',
  ];
  let bytes = 0;
  for (const [index, row] of rows.entries()) {
    bytes += Buffer.byteLength(row) + 1;
    if (bytes > MAX_BYTES) return [...lines, `| and ${rows.length - index} more | | | |`].join('\n');
    lines.push(row);
  }
  return lines.join('\n');
}

/** The UI renders Markdown in details and passes raw HTML through, so neither may come from a plan. */
function cell(text: string): string {
  return text.slice(0, 60).replace(/[<>&|`*[\]$\\]/g, (char) => `&#${char.charCodeAt(0)};`);
}
