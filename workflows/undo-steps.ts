/**
 * Backward: delete in reverse dependency order, independent steps at once, until each is verified gone. One failing undo
 * stops only what it depends on; it parks, says why, and tries again by itself for as long as it takes.
 */
import { allHandlersFinished, CancellationScope, condition, workflowInfo } from '@temporalio/workflow';
import { findReferences } from '../contract/find-references.js';
import type { Cause } from '../contract/ledger.js';
import type { MoveName } from '../contract/moves.js';
import type { DeleteInput, DeleteResult, ResolvedStep, VerifyResult } from '../contract/steps.js';
import { readReport } from './activity-report.js';
import type { Book } from './book.js';
import { handOver } from './hand-over.js';
import { deleteOptions, parkedFor } from './policies.js';
import { isAnothers, isReset, takeStock, verify } from './reset.js';
import { callStep } from './step-activity.js';

/** Resolves when every step is at its end. Not cancellable: a cancel does not stop an undo. */
export async function undoSteps(book: Book): Promise<void> {
  await CancellationScope.nonCancellable(async () => {
    const undo = new Undo(book);
    await Promise.race([undo.toTheEnd(), undo.rotation()]);
  });
}

class Undo {
  private inFlight = 0;

  constructor(private readonly book: Book) {}

  async toTheEnd(): Promise<void> {
    let stock = isReset() ? await this.stock() : undefined;
    await this.all();
    // Reset on its way: another run of this chain may have made again what this one has seen gone.
    for (let round = 1; this.mustLookAgain(stock, round); round++) {
      stock = await this.stock();
      await this.all();
    }
  }

  private mustLookAgain(stock: readonly VerifyResult[] | undefined, round: number): boolean {
    return stock ? isAnothers(stock, round) : isReset() || this.book.resetBefore;
  }

  private async stock(): Promise<readonly VerifyResult[]> {
    this.inFlight++;
    const answers = await takeStock(this.book);
    this.inFlight--;
    return answers;
  }

  private async all(): Promise<void> {
    const undone = new Map<string, Promise<void>>();
    for (const step of [...this.book.resolved.steps].reverse()) {
      const dependents = this.book.resolved.steps.filter(({ dependsOn }) => dependsOn.includes(step.key));
      const gone = dependents.map(({ key }) => undone.get(key));
      undone.set(
        step.key,
        Promise.all(gone).then(() => this.undo(step)),
      );
    }
    await Promise.all(undone.values());
  }

  /** A long-parked run continues as new, but never while a delete is in flight. */
  async rotation(): Promise<void> {
    await condition(() => this.mustRotate() && this.inFlight === 0 && allHandlersFinished());
    if (!this.book.stop) throw new Error('An undo without a cause');
    await handOver(this.book);
  }

  private mustRotate(): boolean {
    return workflowInfo().continueAsNewSuggested;
  }

  private async undo(step: ResolvedStep): Promise<void> {
    const { key } = step;
    const { state, adopted } = this.book.step(key);
    if (state !== 'live' && state !== 'uncertain' && state !== 'deleting') return;
    if (adopted || (state === 'live' && this.isHeld(step))) return this.book.move(key, 'kept');
    if (state === 'live' || (state === 'uncertain' && !step.retain)) this.book.move(key, 'deleting');
    while (this.isUnderWay(key)) {
      if (this.book.step(key).attention) await this.waitParked(key);
      await this.book.turns.take(key, () => this.tryToEnd(step));
    }
  }

  /** Retained whatever happens; protected once the plan was provisioned, unless somebody said otherwise. */
  private isHeld({ retain, protect = false }: ResolvedStep): boolean {
    const { stop, provisionedAt } = this.book;
    const included = stop?.by === 'deprovision' && stop.includeProtected;
    return retain || (protect && provisionedAt !== undefined && !included);
  }

  private async tryToEnd(step: ResolvedStep): Promise<void> {
    const { key } = step;
    // An operator's move had its turn meanwhile.
    if (!this.isUnderWay(key)) return;
    this.inFlight++;
    try {
      if (this.book.state(key) === 'uncertain') return await this.keepWhatIsThere(step);
      await this.delete(step);
      this.book.move(key, 'deleted');
    } catch (error) {
      this.park(step, readReport(error, step).cause);
    } finally {
      this.inFlight--;
    }
  }

  private isUnderWay(key: string): boolean {
    return ['deleting', 'uncertain'].includes(this.book.state(key));
  }

  private park({ key }: ResolvedStep, cause: Cause): void {
    const failed = (this.book.failedUndos[key] ?? 0) + 1;
    this.book.failedUndos[key] = failed;
    const reason = `cannot be undone: ${cause.message}; tries again after ${parkedFor(failed) / 60_000} min`;
    // What it lies in is still to be deleted, and would take it along: then it could not be kept.
    const lies = findReferences(this.book.plan.resources[key]?.spec ?? {});
    const falls = lies.some(({ step }) => this.willBeDeleted(step));
    const moves: MoveName[] = falls ? ['retry', 'abandon'] : ['retry', 'adopt', 'abandon'];
    const { requestId } = cause;
    this.book.park(key, { reason, moves, ...(requestId !== undefined && { requestId }) }, { cause });
  }

  private willBeDeleted(key: string): boolean {
    const step = this.book.resolved.steps.find((one) => one.key === key);
    const { state, adopted } = this.book.step(key);
    if (adopted || !step || this.isHeld(step)) return false;
    return state === 'live' || state === 'uncertain' || state === 'deleting';
  }

  /** To be retained, and maybe never made: only what is there is kept. */
  private async keepWhatIsThere(step: ResolvedStep): Promise<void> {
    const { key } = step;
    const since = this.book.traces[key]?.endedAt ?? Date.now();
    const there = await verify(this.book, step, { look: 'anything', since });
    if (there.found) return this.book.move(key, 'kept', { id: there.outputs.id });
    this.book.move(key, 'deleting');
    this.book.move(key, 'deleted');
  }

  private delete(step: ResolvedStep): Promise<DeleteResult> {
    const { key } = step;
    const { id, resent, endedAt } = this.book.traces[key] ?? { resent: true, endedAt: Date.now() };
    const { markedOnly } = this.book.resolved;
    return callStep<DeleteInput, DeleteResult>(this.book, step, {
      verb: 'delete',
      summary: `undo ${key}`,
      options: deleteOptions(this.book.resolved.steps.length),
      input: { ...(id !== undefined && { id }), resent, createEndedAt: endedAt, ...(markedOnly && { markedOnly }) },
    });
  }

  private async waitParked(key: string): Promise<void> {
    const over = () => this.book.asked.has(key) || !this.isUnderWay(key);
    const summary = `PARKED ${key}: send update retry or abandon`;
    if (!over()) await condition(over, parkedFor(this.book.failedUndos[key] ?? 1), { summary });
    this.book.asked.delete(key);
    // The rotation takes over from here; this run has nothing more to do for the step.
    if (this.mustRotate()) await condition(() => false);
  }
}
