/** One look at a provisioned resource: how it is now, compared with its spec. What cannot be read is told, not thrown. */
import type { Drift } from '../contract/drift.js';
import type { LedgerStep } from '../contract/ledger.js';
import type { ReadInput, ResolvedStep } from '../contract/steps.js';
import { causeOf } from './activity-report.js';
import type { Book } from './book.js';
import { readOptions } from './policies.js';
import { callStep } from './step-activity.js';

export async function lookAt(
  caller: Pick<Book, 'resolved' | 'spec' | 'owner'>,
  step: ResolvedStep,
  entry: LedgerStep,
): Promise<Drift> {
  const { id = '', adopted = false, skipped } = entry;
  if (skipped) return { verdict: 'skipped', differences: [], compared: [] };
  try {
    return await callStep<ReadInput, Drift>(caller, step, {
      verb: 'read',
      summary: `look at ${step.key}`,
      options: readOptions(caller.resolved.steps.length),
      input: { id, adopted },
    });
  } catch (error) {
    return { verdict: 'unread', differences: [], compared: [], why: causeOf(error, step).message };
  }
}
