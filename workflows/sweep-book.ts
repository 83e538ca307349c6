/** The sweep's book: its report as it grows, which the query and the Temporal UI show at every moment. */
import { defineQuery, setCurrentDetails, setHandler } from '@temporalio/workflow';
import { QUERY } from '../contract/names.js';
import type {
  CarriedSweep,
  Finding,
  Orphan,
  ResolvedSweep,
  SweepAct,
  SweepCounts,
  SweepOutcome,
  SweepPage,
  SweepPageInput,
  SweepProblem,
  SweepReport,
  SweepTarget,
} from '../contract/sweep.js';
import { escapeMarkdown } from './display.js';
import { SWEEP } from './policies.js';

const reportQuery = defineQuery<SweepReport>(QUERY.report);

function add(counts: SweepCounts, more: SweepCounts): SweepCounts {
  return Object.fromEntries(
    Object.entries(more).map(([key, count]) => [key, counts[key as keyof SweepCounts] + count]),
  ) as unknown as SweepCounts;
}

export class SweepBook {
  /** For each target the id to go on behind, null where it is done. */
  readonly positions: (string | null)[];
  private report: SweepReport;

  constructor(
    readonly sweep: ResolvedSweep,
    carried?: CarriedSweep,
  ) {
    const { delete: deletes, graceMs, targets, skipped, simulated } = sweep;
    this.positions = [...(carried?.positions ?? targets.map(() => ''))];
    this.report = carried?.report ?? {
      delete: deletes,
      graceMs,
      counts: { unmarked: 0, elsewhere: 0, live: 0, kept: 0, young: 0, orphan: 0, unknown: 0 },
      orphans: [],
      unknown: [],
      acted: { deleted: 0, gone: 0, left: 0, failed: 0 },
      acts: [],
      problems: [],
      skipped,
      simulated,
      done: false,
    };
    setHandler(reportQuery, () => this.report);
    this.show();
  }

  target(index: number): SweepTarget {
    const target = this.sweep.targets[index];
    if (!target) throw new Error(`Sweep: no target ${index}`);
    return target;
  }

  targetOf({ connection, kind }: Finding): SweepTarget {
    return this.target(this.sweep.targets.findIndex((each) => each.connection === connection && each.kind === kind));
  }

  /** Targets that are not at their end, as many as one page takes. */
  open(): number[] {
    return this.sweep.targets
      .map((_, index) => index)
      .filter((index) => this.positions[index] !== null)
      .slice(0, SWEEP.targets);
  }

  listed(index: number, page: SweepPage): readonly Orphan[] {
    this.positions[index] = page.next ?? null;
    const { counts, unknown, orphans } = this.report;
    this.change({
      counts: add(counts, page.counts),
      unknown: [...unknown, ...page.unknown].slice(0, SWEEP.listed),
      ...(!this.sweep.delete && { orphans: [...orphans, ...page.orphans.map(asFinding)].slice(0, SWEEP.listed) }),
    });
    return page.orphans;
  }

  acted(orphan: Orphan, act: SweepOutcome): void {
    const { acted, acts } = this.report;
    const entry: SweepAct = { ...asFinding(orphan), ...act, at: new Date().toISOString() };
    this.change({
      acted: { ...acted, [entry.result]: acted[entry.result] + 1 },
      acts: acts.length < SWEEP.listed ? [...acts, entry] : acts,
    });
  }

  problem(index: number, message: string): void {
    const { connection, kind } = this.target(index);
    this.positions[index] = null;
    const problem: SweepProblem = { connection, kind, message };
    this.change({ problems: [...this.report.problems, problem].slice(0, SWEEP.listed) });
  }

  /** How many more of each a page may name: what is only reported, as long as the report has room. */
  room(targets: number): SweepPageInput['room'] {
    const { orphans, unknown } = this.report;
    const share = Math.max(SWEEP.orphansOfTarget, Math.ceil(SWEEP.orphans / targets));
    return {
      orphans: this.sweep.delete ? share : SWEEP.listed - orphans.length,
      unknown: SWEEP.listed - unknown.length,
    };
  }

  end(): SweepReport {
    this.change({ done: true });
    return this.report;
  }

  carry(): CarriedSweep {
    return { sweep: this.sweep, report: this.report, positions: this.positions };
  }

  now(): SweepReport {
    return this.report;
  }

  private change(change: Partial<SweepReport>): void {
    this.report = { ...this.report, ...change };
    this.show();
  }

  private show(): void {
    const { counts, acted, problems, simulated, done } = this.report;
    const pairs = Object.entries({ ...counts, ...(this.sweep.delete && acted) });
    const lines = [`### Sweep: ${done ? 'done' : 'in progress'}`, ''];
    if (simulated.length > 0) lines.push(`On the simulator, nothing real is touched: ${simulated.join(', ')}`, '');
    lines.push(pairs.map(([what, count]) => `${what} ${count}`).join(', '), '');
    for (const { connection, kind, message } of problems) {
      lines.push(`* ${connection}, ${kind}: ${escapeMarkdown(message)}`);
    }
    setCurrentDetails(lines.join('\n'));
  }
}

function asFinding({ verdict, connection, kind, id, name, owner, why }: Orphan): Finding {
  return { verdict, connection, kind, id, name, owner, why };
}
