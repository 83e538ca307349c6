/** The sweep's decisions as pure functions of what was seen and told: what is model-checked is what runs. */
import type { Marker } from '../contract/marker.js';
import type { Finding, SweepCounts, SweepVerdict } from '../contract/sweep.js';
import { SWEEP_VERDICTS } from '../contract/sweep.js';
import type { Chain } from './owner/chain.js';
import type { OwnerReading } from './owner/read-owner.js';
import { SEND_WINDOW_MS } from './policies.js';

/** A resource with a marker of this namespace, as the cloud shows it. */
export interface Marked {
  readonly kind: string;
  readonly marker: Marker;
  readonly createdAt?: number;
}

export interface SweepClock {
  /** Server time. */
  readonly now: number;
  readonly graceMs: number;
  /** The kind's late-commit window. */
  readonly windowMs: number;
}

export type Judgement =
  | { readonly verdict: Exclude<SweepVerdict, 'unmarked' | 'elsewhere' | 'unknown' | 'orphan'> }
  | { readonly verdict: 'unknown'; readonly why: string }
  | { readonly verdict: 'orphan'; readonly lastRunId: string; readonly closedAt: number; readonly rank: number };

export function judge({ kind, marker, createdAt }: Marked, owner: OwnerReading, clock: SweepClock): Judgement {
  if (owner.state === 'unknown') return { verdict: 'unknown', why: owner.why };
  if (owner.state !== 'closed') return { verdict: 'live' };
  const step = owner.steps.get(marker.step);
  // Then the marker was not written by this owner, whatever it says.
  if (step?.kind !== kind) return { verdict: 'unknown', why: 'its owner’s plan has no such step of this kind' };
  // Also where the owner was ended from outside: the marker says that it was to be retained whatever happens.
  if (marker.keep || step.state === 'kept' || step.state === 'abandoned') return { verdict: 'kept' };
  const { closedAt, lastRunId } = owner;
  if (ripeAt(closedAt, createdAt, clock) > clock.now) return { verdict: 'young' };
  return { verdict: 'orphan', lastRunId, closedAt, rank: step.rank };
}

/**
 * From when on what a closed owner left may be deleted. Never before a create that it had under way can take effect no
 * more: what is verified gone then stays gone.
 */
function ripeAt(closedAt: number, createdAt: number | undefined, { graceMs, windowMs }: SweepClock): number {
  return Math.max(closedAt, createdAt ?? closedAt) + Math.max(graceMs, SEND_WINDOW_MS + windowMs);
}

/**
 * Asked again right before each request that deletes: why it must not leave, or undefined. A chain whose last run is
 * still the one that it was judged by cannot have changed its mind: closed runs do not.
 */
export function whyLeaveAlone(chain: Chain, lastRunId: string): string | undefined {
  if (chain.state === 'unknown') return chain.why;
  if (chain.state !== 'closed') return chain.state === 'open' ? 'its owner is open again' : 'its owner is Provisioned';
  return chain.last.runId === lastRunId ? undefined : 'its owner ran again; the next sweep judges it anew';
}

function noCounts(): { [verdict in SweepVerdict]: number } {
  return Object.fromEntries(SWEEP_VERDICTS.map((verdict) => [verdict, 0])) as { [verdict in SweepVerdict]: number };
}

/** In an order of its own: no cloud lists by id. */
export function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : Number(a.id > b.id);
}

/** Keeps those with the smallest ids of all that it is given, at most `size` of them, in twice that memory. */
export class Smallest<T extends { readonly id: string }> {
  private kept: T[] = [];
  private dropped = false;

  constructor(private readonly size: number) {}

  add(item: T): void {
    this.kept.push(item);
    if (this.kept.length >= 2 * this.size) this.cut();
  }

  /** Sorted by id; `more`: there were others behind. */
  end(): { readonly items: readonly T[]; readonly more: boolean } {
    this.cut();
    return { items: this.kept, more: this.dropped };
  }

  private cut(): void {
    this.kept.sort(byId);
    this.dropped ||= this.kept.length > this.size;
    this.kept = this.kept.slice(0, this.size);
  }
}

export interface Judged<Found extends Finding = Finding> {
  readonly id: string;
  readonly verdict: SweepVerdict;
  /** For a verdict that somebody should know of. */
  readonly finding?: Found;
}

export interface CutPage<Found extends Finding> {
  readonly counts: SweepCounts;
  readonly findings: readonly Found[];
  /** The last id of the page, where it ends before the last of what was judged. */
  readonly cutAt?: string;
}

/**
 * Findings beyond the room for them are only counted. Where orphans are to be deleted the page ends instead: each of them
 * has to be named once.
 */
export function cutPage<Found extends Finding>(
  judged: readonly Judged<Found>[],
  room: { readonly orphans: number; readonly unknown: number },
  orphans: 'delete' | 'report',
): CutPage<Found> {
  const counts = noCounts();
  const findings: Found[] = [];
  let cutAt: string | undefined;
  for (const [index, { verdict, finding }] of judged.entries()) {
    if (orphans === 'delete' && verdict === 'orphan' && counts.orphan >= room.orphans) {
      cutAt = judged[index - 1]?.id;
      break;
    }
    counts[verdict] += 1;
    const fits = verdict === 'orphan' ? counts.orphan <= room.orphans : counts.unknown <= room.unknown;
    if (finding && fits) findings.push(finding);
  }
  return { counts, findings, ...(cutAt !== undefined && { cutAt }) };
}
