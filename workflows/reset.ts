/**
 * After `temporal workflow reset` the history may lie: what it calls live may have been undone by the run before, and
 * what it never started may exist. So a reset run takes stock of the clouds before it believes its own book.
 */
import { patched, workflowInfo } from '@temporalio/workflow';
import type { Cause } from '../contract/ledger.js';
import type { ResolvedStep, VerifyInput, VerifyResult } from '../contract/steps.js';
import { readReport } from './activity-report.js';
import type { Book } from './book.js';
import { deleteOptions } from './policies.js';
import { callStep } from './step-activity.js';

/** Names the marker that a reset run leaves where its own part of the history begins. */
const RESET = 'temporal-provisioner.reset';

/**
 * Whether this run was reset, asked where it matters. What it replays was decided by the run before, which was not: the
 * marker says from where on the answer is yes, and says it in every later replay, where the run ids may not (a replay of
 * an exported history runs under the original run's id).
 */
export function isReset(): boolean {
  const { runId, originalExecutionRunId, unsafe } = workflowInfo();
  return (unsafe.isReplaying || runId !== originalExecutionRunId) && patched(RESET);
}

/** Exported for the undo, which asks the same of what is to be kept and may not have been made. */
export async function verify(
  book: Book,
  step: ResolvedStep,
  how: Pick<VerifyInput, 'look' | 'since'>,
): Promise<VerifyResult> {
  const { id } = book.step(step.key);
  return callStep<VerifyInput, VerifyResult>(book, step, {
    verb: 'verify',
    summary: `verify ${step.key}`,
    options: deleteOptions(book.resolved.steps.length),
    input: { ...(id !== undefined && { id }), ...how },
  });
}

/**
 * Whether what was asked the clouds was asked by another run: this one was reset behind the answers, and replays them.
 * Told by a numbered marker, for the same reason as {@link isReset}.
 */
export function isAnothers(answers: readonly VerifyResult[], round: number): boolean {
  const { runId, unsafe } = workflowInfo();
  const another = unsafe.isReplaying || answers.some(({ by }) => by !== runId);
  return answers.length > 0 && another && patched(`${RESET}.${round}`);
}

/** Before Provisioned, when all steps are live: each must still be there. One that is missing makes the run roll back. */
export async function verifyLiveSteps(book: Book): Promise<void> {
  for (let round = 1; !book.stop; round++) {
    const answers = await verifyOnce(book, Date.now());
    if (!isAnothers(answers, round)) return;
  }
}

async function verifyOnce(book: Book, since: number): Promise<VerifyResult[]> {
  const answers: VerifyResult[] = [];
  await Promise.all(
    book.resolved.steps.map(async (step) => {
      // Of what an operator skipped there is nothing to be seen.
      if (book.step(step.key).skipped) return;
      const cause = await missing(book, step, since, answers);
      if (!cause) return;
      book.move(step.key, 'uncertain', { cause });
      book.stopFor({ by: 'failure', step: step.key, cause });
    }),
  );
  return answers;
}

async function missing(
  book: Book,
  step: ResolvedStep,
  since: number,
  answers: VerifyResult[],
): Promise<Cause | undefined> {
  try {
    const answer = await verify(book, step, { look: 'usable', since });
    answers.push(answer);
    if (answer.found) return undefined;
    return { type: 'NotFound', message: 'gone since this run was reset', provider: step.provider };
  } catch (error) {
    return readReport(error, step).cause;
  }
}

/**
 * Before an undo, and after one that was reset on its way: whatever another run of this chain may have created counts as
 * possibly made. A step waits for those it needs: the outputs of one that is found complete the specs of the others.
 */
export async function takeStock(book: Book): Promise<VerifyResult[]> {
  const answers: VerifyResult[] = [];
  const absent = new Map<string, Promise<boolean>>();
  const since = Date.now();
  for (const step of book.resolved.steps) {
    const needs = step.dependsOn.map((key) => absent.get(key));
    absent.set(
      step.key,
      Promise.all(needs).then((gone) => takeStockOf(book, step, { since, answers, without: gone.includes(true) })),
    );
  }
  await Promise.all(absent.values());
  return answers;
}

interface Stock {
  readonly since: number;
  readonly answers: VerifyResult[];
  /** Something that the step needs is proved absent. */
  readonly without: boolean;
}

/** Resolves to true where nothing of ours can be there. */
async function takeStockOf(book: Book, step: ResolvedStep, { since, answers, without }: Stock): Promise<boolean> {
  const { key } = step;
  const { state, adopted } = book.step(key);
  if (!['planned', 'refused', 'deleted'].includes(state)) {
    // Another run may have made it again: seen gone once proves nothing yet.
    if (!adopted) book.traces[key] = { ...book.traces[key], resent: true, endedAt: since };
    return false;
  }
  // Nothing hangs on what does not exist, and without its id nobody could look.
  if (without && JSON.stringify(book.spec(step)).includes('"$ref"')) return true;
  let answer: VerifyResult | undefined;
  try {
    answer = await verify(book, step, { look: 'anything', since });
    answers.push(answer);
  } catch {
    // Nobody knows: then the undo has to find out, and parks if it cannot either.
  }
  if (answer?.found === false) return step.ifExists === 'fail';
  if (answer?.found) book.outputs[key] = answer.outputs;
  const id = answer?.found ? answer.outputs.id : undefined;
  book.traces[key] = { ...(id !== undefined && { id }), resent: true, endedAt: since };
  book.move(key, 'uncertain', id !== undefined ? { id } : {});
  return false;
}
