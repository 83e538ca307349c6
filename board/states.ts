/** States and outcomes as a word, a shape and a colour: each of the three alone tells them apart. */
import { html, raw } from 'hono/html';
import type { StepState } from '../contract/ledger.js';
import type { Html } from './page.js';

type Tone = 'calm' | 'busy' | 'good' | 'bad' | 'doubt' | 'ending' | 'kept' | 'waits';

interface Look {
  readonly tone: Tone;
  /** Of a 16 by 16 drawing; stroked. */
  readonly path: string;
}

const RING = 'M8 2.2a5.8 5.8 0 1 1 0 11.6a5.8 5.8 0 1 1 0-11.6z';

export const WAITS: Look = { tone: 'waits', path: 'M8 2.4 14.2 13.4H1.8zM8 6.4v3.2M8 11.4v.2' };

export const STATE_LOOKS: Readonly<Record<StepState, Look>> = {
  planned: { tone: 'calm', path: RING },
  creating: { tone: 'busy', path: `${RING}M8 5v6M5 8h6` },
  live: { tone: 'good', path: `${RING}M5.2 8.2l2 2 3.6-4` },
  refused: { tone: 'bad', path: `${RING}M5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4` },
  uncertain: { tone: 'doubt', path: `${RING}M6.4 6.6a1.7 1.7 0 1 1 2.4 1.6c-.6.3-.8.6-.8 1.2M8 11.2v.2` },
  deleting: { tone: 'ending', path: `${RING}M5 8h6` },
  deleted: { tone: 'calm', path: `${RING}M4.2 11.8l7.6-7.6` },
  kept: { tone: 'kept', path: 'M8 1.8 14.2 8 8 14.2 1.8 8z' },
  abandoned: { tone: 'bad', path: 'M5.2 1.8h5.6l3.4 3.4v5.6l-3.4 3.4H5.2L1.8 10.8V5.2zM8 5v3.6M8 10.8v.2' },
};

function icon({ path }: Look): Html {
  return html`<svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false"><path d="${path}"/></svg>`;
}

export function badge(look: Look, words: string): Html {
  return html`<span class="badge ${look.tone}">${icon(look)}<span>${words}</span></span>`;
}

/** How a plan stands, of which the list and the plan's own page know the same facts. */
export interface Standing {
  /** Temporal's own word. */
  readonly status: string;
  readonly outcome?: string | undefined;
  readonly attention: boolean;
  readonly deprovisioned: boolean;
  /** It is the run of a deprovisioning. */
  readonly deprovisioning: boolean;
}

export function standingBadge(standing: Standing): Html {
  const [look, words] = lookOf(standing);
  return badge(look, words);
}

function lookOf({ status, outcome, attention, deprovisioned, deprovisioning }: Standing): readonly [Look, string] {
  const { live, creating, deleting, deleted, refused, abandoned, planned } = STATE_LOOKS;
  if (attention) return [WAITS, 'needs an operator'];
  if (deprovisioned) return [deleted, 'Deprovisioned since'];
  if (status === 'RUNNING') {
    if (deprovisioning) return [deleting, 'deprovisioning'];
    return outcome === 'Provisioned' ? [live, 'Provisioned (managed)'] : [creating, 'running'];
  }
  switch (outcome ?? (status === 'COMPLETED' ? 'Provisioned' : undefined)) {
    case 'Provisioned':
      return [live, 'Provisioned'];
    case 'Deprovisioned':
      return [deleted, 'Deprovisioned'];
    case 'Abandoned':
      return [abandoned, 'Abandoned'];
    case 'RolledBack':
    case 'Cancelled':
    case 'NotStarted':
      return [refused, outcome ?? ''];
    default:
      return [planned, status.toLowerCase().replaceAll('_', ' ')];
  }
}

/** The same shape inside another drawing. The path is ours. */
export function iconPath({ path }: Look): Html {
  return raw(`<path class="icon" d="${path}"/>`);
}
